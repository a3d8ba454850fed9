"""Who saw whom: clients met therapists who were shown to them, and some of them left.

Nothing here is random in the sense that an analyst would like: a client sees a few therapists who
are eligible, have a place and look right by their profiles, picks one, stays longer where the fit
is good, and may try another after leaving.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seed.clients import Client
from seed.draw import generator
from seed.sight import look, pair_effects, possible
from seed.tables import Bools, Floats
from seed.therapists import Therapist
from seed.truth import Effects
from seed.world import World

# All figures here are choices, unless a source stands beside them.
WINDOW_DAYS = 730
_LAST_ARRIVAL = 21  # days before today
_SHOWN = 3
_CHOSEN = (0.55, 0.27, 0.18)  # by rank among those shown
_PROFILE_NOISE = 0.08  # sd of what moves a ranking besides profiles, in score
_ON_OFFER = 0.85  # share of therapists with an open door at a given time
_PLACES_PER_NEED = 2.4  # places for every client expected at a time
_NEW = 0.18  # share of therapists who joined in the last `_NEW_DAYS`
_NEW_DAYS = 150
MOST_SESSIONS = 20
_PLANNED = (2.4, 4.2)  # shape and scale of the planned number of sessions
# Dropout is 19.7 % on average; the intercept is set to give that, the slope is a choice.
_DROPOUT_INTERCEPT = -1.1
_DROPOUT_SLOPE = 0.75  # per point of the pair's fit above the clinic's mean
_ANOTHER = {True: 0.5, False: 0.04}  # chance of another therapist, after dropping out or not
_MOST_THERAPISTS = 3
_WAIT_DAYS, _WAITS = 7, 4


@dataclass(frozen=True, slots=True)
class Pairing:
    """One client with one therapist.

    `client` and `therapist` are positions, `days` counts from the start of the window to the first
    session, `fit` is the pair's fit at its first session without leniency, in points.
    """

    client: int
    therapist: int
    day: int
    sessions: int
    dropped_out: bool
    fit: float


def simulate_pairings(
    seed: int,
    therapists: Sequence[Therapist],
    clients: Sequence[Client],
    effects: Effects,
    world: World,
) -> list[Pairing]:
    """Every pairing of the window, in the order of the first sessions.

    Clients arrive evenly over the window. Where nobody has a place they wait, and after a month
    the clinic makes one.
    """
    return _Clinic(seed, therapists, clients, effects, world).run()


def dropout(fit: float) -> float:
    """The chance that a client leaves before the planned end; `fit` in points above the mean."""
    return float(1.0 / (1.0 + np.exp(_DROPOUT_SLOPE * fit - _DROPOUT_INTERCEPT)))


class _Clinic:
    """The state of the simulation: whose places are taken until when."""

    def __init__(
        self,
        seed: int,
        therapists: Sequence[Therapist],
        clients: Sequence[Client],
        effects: Effects,
        world: World,
    ) -> None:
        self._rng = generator(seed, "pairings")
        self._pair_sd = world.sd("pair")
        self._mean = world.mean
        intakes = [client.intake for client in clients]
        self._open = possible(therapists, intakes)
        self._look = look(therapists, intakes)
        self._fit = world.mean + pair_effects(therapists, intakes, effects, world)
        self._joined = self._draw_joined(len(therapists))
        self._places = self._draw_places(len(therapists), len(clients))
        self._taken = np.zeros(len(therapists), dtype=np.int64)
        self._ends: list[tuple[int, int]] = []

    def run(self) -> list[Pairing]:
        arrivals = np.sort(self._rng.integers(0, WINDOW_DAYS - _LAST_ARRIVAL, len(self._open)))
        queue = [(int(day), client, 0, 1) for client, day in enumerate(arrivals)]
        pairings: list[Pairing] = []
        while queue:
            day, client, waited, nth = heapq.heappop(queue)
            self._free_places(day)
            offered = self._open[client] if waited == _WAITS else self._available(client, day)
            if offered.any():
                pairing = self._meet(client, day, offered)
                pairings.append(pairing)
                self._maybe_another(queue, pairing, nth)
            else:
                heapq.heappush(queue, (day + _WAIT_DAYS, client, waited + 1, nth))
        return sorted(pairings, key=lambda one: (one.day, one.client))

    def _meet(self, client: int, day: int, offered: Bools) -> Pairing:
        therapist = self._choose(client, offered)
        fit = float(self._fit[client, therapist] + self._pair_sd * self._rng.standard_normal())
        planned = int(np.clip(round(self._rng.gamma(*_PLANNED)), 1, MOST_SESSIONS))
        dropped_out = self._rng.random() < dropout(fit - self._mean) and planned > 1
        sessions = 1 + int((planned - 1) * self._rng.random() ** 1.5) if dropped_out else planned
        so_far = max(1, (WINDOW_DAYS - 1 - day) // 7)
        if sessions > so_far:
            sessions, dropped_out = so_far, False
        self._open[client, therapist] = False
        self._taken[therapist] += 1
        heapq.heappush(self._ends, (day + 7 * sessions, therapist))
        return Pairing(client, therapist, day, sessions, dropped_out, fit)

    def _choose(self, client: int, offered: Bools) -> int:
        """One of the three that look best on paper, as likely as its rank says."""
        look = self._look[client] + _PROFILE_NOISE * self._rng.standard_normal(len(offered))
        shown = np.argsort(np.where(offered, -look, np.inf))[: min(_SHOWN, int(offered.sum()))]
        chances = np.array(_CHOSEN[: len(shown)])
        return int(self._rng.choice(shown, p=chances / chances.sum()))

    def _available(self, client: int, day: int) -> Bools:
        door = self._rng.random(len(self._joined)) < _ON_OFFER
        room = self._taken < self._places
        available: Bools = self._open[client] & (self._joined <= day) & room & door
        return available

    def _free_places(self, day: int) -> None:
        while self._ends and self._ends[0][0] <= day:
            self._taken[heapq.heappop(self._ends)[1]] -= 1

    def _maybe_another(
        self, queue: list[tuple[int, int, int, int]], last: Pairing, nth: int
    ) -> None:
        day = last.day + 7 * last.sessions + int(self._rng.integers(3, 30))
        wants = self._rng.random() < _ANOTHER[last.dropped_out] and nth < _MOST_THERAPISTS
        if wants and day < WINDOW_DAYS - _LAST_ARRIVAL and self._open[last.client].any():
            heapq.heappush(queue, (day, last.client, 0, nth + 1))

    def _draw_joined(self, therapists: int) -> Floats:
        """The day each therapist joined; most were there before the window began."""
        new = self._rng.random(therapists) < _NEW
        since = WINDOW_DAYS - self._rng.random(therapists) * _NEW_DAYS
        return np.where(new, since, 0.0)

    def _draw_places(self, therapists: int, clients: int) -> Floats:
        """Places for this clinic's clients: more therapists than clients still leaves one each."""
        at_a_time = 1.25 * clients * 9 * 7 / WINDOW_DAYS / therapists
        drawn = 1.0 + self._rng.poisson(_PLACES_PER_NEED * at_a_time, therapists)
        return np.asarray(drawn, dtype=np.float64)
