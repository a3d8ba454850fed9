"""Logs of choices in simulated clinics, where it is known what another weighting leads to.

A clinic's clients are lined up once under every weighting. A log is drawn from it anew each time: a
client, one of the arrangements, a choice, and how the two get on, with noise. What is to be told is
the mean fit of all the clinic's clients under a weighting, which is then known exactly.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from bench.dataset import Codes, Floats
from bench.seeded import seeded
from matching.arrange import ARRANGEMENTS
from matching.availability import Availability, AvailabilityRules
from matching.choosing import Choosing
from matching.engine import LineUp, lined_up
from matching.estimators import Outcomes
from matching.learning.learned import Learned
from matching.learning.train import train
from matching.off_policy import features, weights
from matching.roster import Roster
from matching.standing import Standing
from matching.vocabulary import Vocabulary
from matching.weighting import Weighting

SHOWN = 3
# How clients choose by rank: a choice, steeper than attention.
BY_RANK = np.array([0.6, 0.25, 0.15])
# Points: how generously clients rate, and what one session's rating is off by.
LENIENCY, NOISE = 0.8, 0.4
# Of a log's choices, how many are a second one of the client before.
AGAIN = 0.2

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_VOCABULARY = Vocabulary.shared()


@dataclass(frozen=True, slots=True)
class Lists:
    """Every prepared list of n clients under one weighting.

    `orders` (n, ARRANGEMENTS, SHOWN) holds roster rows, `chances` (n, therapists, SHOWN) the chance
    of each to stand at each rank, `known` (n, therapists, features) what a direct model may know of
    them, 0 of those whom neither this weighting nor the logging one shows.
    """

    orders: NDArray[np.int16]
    chances: Floats
    known: Floats


@dataclass(frozen=True, slots=True)
class Clinic:
    """The clients of a simulated clinic: `fit` (n, therapists) is true, in points.

    `log` is the list that choices are made from, `others` those of other weightings. `pull` is how
    much likelier, as the logarithm of the odds, a point of fit makes a choice: 0 where clients
    choose by rank alone.
    """

    fit: Floats
    pair_sd: float
    log: Lists
    others: Mapping[str, Lists]
    pull: float = 0.0

    def truth(self, lists: Lists) -> float:
        """The mean fit of those chosen from these lists."""
        fit = self.fit[np.arange(len(self.fit))[:, None, None], lists.orders]
        return float((self._choice(fit) * fit).sum(2).mean())

    def drawn(self, name: str, outcomes: int, rng: np.random.Generator) -> Outcomes:
        """As many outcomes of the log, weighed for another weighting as the service does."""
        client = rng.integers(len(self.fit), size=outcomes)
        lists = self.log.orders[client, rng.integers(ARRANGEMENTS, size=outcomes)]
        chances = self._choice(self.fit[client[:, None], lists])
        rank = (rng.random((outcomes, 1)) > chances.cumsum(1)[:, :-1]).sum(1)
        every = np.arange(outcomes)
        chosen = lists[every, rank]
        who = _clients(outcomes, rng)
        fit = (
            self.fit[client, chosen]
            + LENIENCY * rng.standard_normal(outcomes)[who]
            + np.hypot(self.pair_sd, NOISE) * rng.standard_normal(outcomes)
        )
        by_rank = Choosing.of(rank + 1, np.full(outcomes, SHOWN)).given(SHOWN)
        other = self.others[name]
        now, then = (one.chances[client] @ by_rank for one in (self.log, other))
        weight, unsupported = weights(now, then)
        known = other.known[client]
        return Outcomes(
            who, fit, weight[every, chosen], unsupported, known[every, chosen],
            np.einsum("nj,njf->nf", now, known), np.einsum("nj,njf->nf", then, known),
        )  # fmt: skip

    def _choice(self, fit: Floats) -> Floats:
        """The chance of each place of lists with these fits, (…, SHOWN), to be chosen."""
        odds = BY_RANK * np.exp(self.pull * (fit - fit.mean(-1, keepdims=True)))
        chances: Floats = odds / odds.sum(-1, keepdims=True)
        return chances


def clinic(
    world: str,
    seed: int,
    logging: Weighting,
    others: Mapping[str, Weighting],
    *,
    therapists: int = 60,
    ratings: int = 0,
    clients: int = 1_000,
) -> Clinic:
    """A world of `seed`; with past ratings, its model ranks."""
    dataset = seeded(world, seed, therapists=therapists, ratings=ratings, unseen=clients)
    roster, learned = dataset.roster, None
    if ratings:
        model = train(dataset.ratings, roster, logging, _VOCABULARY, seed=seed).model
        learned = Learned.on(model, roster) if model else None
    free = Availability.compile(roster, [])

    def line_ups(weighting: Weighting) -> list[LineUp]:
        return [
            lined_up(
                replace(intake, limit=SHOWN), roster, free, weighting,
                vocabulary=_VOCABULARY, rules=AvailabilityRules(), clinic_key=b"bench", now=_NOW,
                learned=learned,
            )
            for intake in dataset.unseen
        ]  # fmt: skip

    log = line_ups(logging)
    return Clinic(
        dataset.true_fit,
        dataset.pair_sd,
        _lists(log, log, roster),
        {name: _lists(log, line_ups(weighting), roster) for name, weighting in others.items()},
    )


def _lists(log: list[LineUp], other: list[LineUp], roster: Roster) -> Lists:
    orders = np.empty((len(other), ARRANGEMENTS, SHOWN), np.int16)
    chances = np.zeros((len(other), len(roster), SHOWN))
    known = np.zeros((len(other), len(roster), 3))
    for client, (before, after) in enumerate(zip(log, other, strict=True)):
        orders[client] = after.pool.rows[after.arrangement.orders]
        standing = Standing.of(after)
        chances[client, standing.rows] = standing.chances
        rows = np.union1d(Standing.of(before).rows, standing.rows)
        known[client, rows] = features(rows, before, after)
    return Lists(orders, chances, known)


def _clients(outcomes: int, rng: np.random.Generator) -> Codes:
    """Whose each outcome is, numbered without gaps."""
    new = rng.random(outcomes) >= AGAIN
    new[0] = True
    return np.cumsum(new) - 1
