"""What happened in the clinic, and why: the truth that the rows of a clinic were made from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.shared_codes import SHARED
from seed.clients import Client
from seed.draw import generator
from seed.pairings import Pairing, simulate_pairings
from seed.tables import Floats
from seed.therapists import Therapist
from seed.truth import Effects, draw_effects, growth
from seed.world import World

Integers = npt.NDArray[np.int64]

# Share of sessions that are rated at all, a choice: the first always, so that every client is
# known; `_LATER` from the third on.
_FIRST, _SECOND, _LATER = 1.0, 0.7, 0.5


@dataclass(frozen=True, slots=True)
class Sessions:
    """Rated sessions as columns, (rows,) each.

    `pairing` is a position in the list of pairings, `number` counts from 1, and `fit` is the fit
    of that session in points, not cut off at 0 or 10.
    """

    pairing: Integers
    number: Integers
    fit: Floats


@dataclass(frozen=True, slots=True)
class Truth:
    """What the ratings were made from.

    `therapists` and `clients` are complete, `leniency` is (clients,) in points, and `sessions`
    holds the fit behind every row of ratings, in the same order.
    """

    world: World
    therapists: Sequence[Therapist]
    clients: Sequence[Client]
    effects: Effects
    pairings: Sequence[Pairing]
    sessions: Sessions
    leniency: Floats


def simulate(
    seed: int, therapists: Sequence[Therapist], clients: Sequence[Client], world: World
) -> Truth:
    """Two years of a clinic: effects are drawn, clients meet therapists, sessions are rated."""
    effects = draw_effects(seed, len(therapists), len(SHARED["needs"]), world)
    pairings = simulate_pairings(seed, therapists, clients, effects, world)
    leniency = world.sd("leniency") * generator(seed, "leniency").standard_normal(len(clients))
    sessions = _rated_sessions(seed, pairings, leniency, world)
    return Truth(world, therapists, clients, effects, pairings, sessions, leniency)


def _rated_sessions(
    seed: int, pairings: Sequence[Pairing], leniency: Floats, world: World
) -> Sessions:
    rng = generator(seed, "sessions")
    held = np.array([one.sessions for one in pairings], dtype=np.int64)
    pairing = np.repeat(np.arange(len(pairings)), held)
    number = np.arange(held.sum()) - np.repeat(held.cumsum() - held, held) + 1
    share = np.select([number == 1, number == 2], [_FIRST, _SECOND], _LATER)
    rated = rng.random(len(number)) < share
    pairing, number = pairing[rated], number[rated]
    client = np.array([one.client for one in pairings], dtype=np.int64)[pairing]
    fit = np.array([one.fit for one in pairings], dtype=np.float64)[pairing] + leniency[client]
    form = world.sd("session") * rng.standard_normal(len(number))
    return Sessions(pairing, number, fit + growth(number.astype(np.float64)) + form)
