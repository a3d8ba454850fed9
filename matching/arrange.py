"""The order in which close matches are shown: varied fairly, with the exact chance of each place.

The only randomness is which of ARRANGEMENTS equally likely orders, all prepared for one question, a
client gets. So the chance that a therapist stands at a rank is counted, not estimated.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.availability import Availability
from matching.keyed import keyed_integers, lots
from matching.query import Query
from matching.roster import Roster
from matching.scoring import Pool
from matching.similarity import similarity
from matching.weighting import Weighting

# Enough to show a chance to one per cent.
ARRANGEMENTS = 100

# The numbers that everybody draws: one for where their u begin, then one an arrangement.
_DRAWS = np.arange(ARRANGEMENTS + 1, dtype=np.uint64)

_Floats = NDArray[np.float64]
_Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Closeness:
    """How much score may be given up, for fairness and for variety, each in 0..1 of score.

    Attributes:
        near_tie: candidates within this of the best are a tie, in which a drawn key decides; 0
            for no randomness.
        diversity: what a candidate wholly like one already placed loses.
        exposure: what a candidate gains who was not seen at all, and should have been.
    """

    near_tie: float
    diversity: float
    exposure: float = 0.0

    @classmethod
    def of(
        cls, query: Query, weighting: Weighting, shortfall: _Floats | None = None
    ) -> "Closeness":
        """The clinic's; for staff to review nothing is drawn and nobody lifted.

        Nothing is given up where nothing is asked, nor for exposure where nobody's `shortfall`
        (0..1) is above 0.
        """
        if not query.weights:
            return cls(0.0, 0.0)
        if query.intake.staff_review:
            return cls(0.0, weighting.diversity)
        short = shortfall is not None and bool(shortfall.any())
        return cls(weighting.near_tie, weighting.diversity, weighting.exposure if short else 0.0)

    @property
    def reach(self) -> float:
        """How far below the r-th best score a candidate may stand and still get rank r.

        One of the r best is still to be placed and loses at most `diversity`; whoever ties with
        them is at most `near_tie` below that, of which they may have gained `exposure`.
        """
        return self.near_tie + self.diversity + self.exposure


@dataclass(frozen=True, slots=True)
class Draw:
    """The seeds of one request: of the lots, of the keys, and which arrangement is this client's.

    Without randomness the lots are the clinic's own, the same for every client.
    """

    lots: int
    keys: int | None = None
    mine: int = 0

    @classmethod
    def of(cls, query: Query, roster: Roster, clinic_key: bytes, *, varied: bool) -> "Draw":
        """The same question from the same client always draws the same."""
        if not varied:
            return cls(keyed_integers(clinic_key, "fixed order", b"")[0])
        question = query.canonical(roster)
        drawn, keys, mine = keyed_integers(clinic_key, "question", question)
        client = query.intake.client_reference
        if client is not None:
            mine, *_ = keyed_integers(clinic_key, "client", client.encode())
        return cls(drawn, keys, mine % ARRANGEMENTS)


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Every prepared order of one question, and which of them this client gets.

    Attributes:
        orders: shape (arrangements, ranks), places in the pool.
        mine: the row of `orders` that is shown.
        lifted: whether anybody arranged gained by having been seen too little.
    """

    orders: _Places
    mine: int
    lifted: bool = False

    @property
    def shown(self) -> list[tuple[int, float]]:
        """Places in the pool in order of rank, each with its propensity, 0..1."""
        chances = propensities(self.orders, self.mine)
        return list(zip(self.orders[self.mine].tolist(), chances.tolist(), strict=True))

    def chances(self, size: int) -> _Floats:
        """The chance of each place of a pool of `size` to stand at each rank: (size, ranks)."""
        counted = np.zeros((size, self.orders.shape[1]))
        for rank, placed in enumerate(self.orders.T):
            counted[:, rank] = np.bincount(placed, minlength=size)
        chances: _Floats = counted / self.orders.shape[0]
        return chances


def arrange(
    pool: Pool,
    roster: Roster,
    availability: Availability,
    closeness: Closeness,
    draw: Draw,
    limit: int,
    shortfall: _Floats | None = None,
) -> Arrangement:
    """The orders in which the pool may be shown, at most `limit` ranks each.

    `shortfall`, 0..1 by roster row, is how far each therapist's exposure fell short: for the order
    alone, a score gains `exposure` times that.
    """
    ranks = min(limit, pool.rows.size)
    varied = closeness.diversity > 0 and ranks > 1
    likeness = similarity(roster, pool.rows) if varied else None
    keys = fixed_keys(pool.rows.size)
    if draw.keys is not None:
        room = availability.room.take(pool.rows)
        keys = drawn_keys(roster.lot.take(pool.rows), room, draw.keys)
    worth, lifted = pool.total, False
    if shortfall is not None and closeness.exposure:
        lifts = closeness.exposure * shortfall.take(pool.rows)
        worth, lifted = worth + lifts, bool(lifts.any())
    return Arrangement(arrangements(worth, likeness, keys, closeness, ranks), draw.mine, lifted)


def drawn_keys(hashes: NDArray[np.uint64], room: NDArray[np.uint8], seed: int) -> _Floats:
    """A key for each candidate in each arrangement, shape (ARRANGEMENTS, n); the highest wins.

    room / −log(u), which orders as u^(1/room) does, so that the chance to win a tie grows with the
    free places (weighted draw without replacement, Efraimidis and Spirakis 2006). The u of a
    candidate are spread evenly over 0..1, in random order over the arrangements, so that few
    arrangements meet a chance closely. Everybody's keys are their own: they do not depend on who
    else is in the pool.
    """
    drawn = lots(hashes[:, None], seed, _DRAWS)
    u = drawn[:, 1:].argsort(axis=1).astype(np.float64)
    u += drawn[:, :1] / 2.0**64
    u /= ARRANGEMENTS
    keys = room[:, None] / -np.log(u, out=u)
    return np.ascontiguousarray(keys.T)


def fixed_keys(size: int) -> _Floats:
    """Keys that leave ties in the order given: one arrangement, no chance. Shape (1, n)."""
    return 1 / np.arange(1, size + 1, dtype=np.float64).reshape(1, -1)


def arrangements(
    worth: _Floats,
    likeness: NDArray[np.float32] | None,
    keys: _Floats,
    closeness: Closeness,
    ranks: int,
) -> _Places:
    """Every prepared order at once, greedily: shape (arrangements, ranks), places in `worth`.

    At each rank a candidate is worth that less `diversity` × the greatest likeness to those placed
    before; of those within `near_tie` of the best, the one with the highest key is placed.

    Args:
        worth: shape (n,), in score.
        likeness: shape (n, n), 0..1; None for no diversity.
        keys: shape (arrangements, n), above 0.
        closeness: how much score may be given up.
        ranks: how many to place, at most n.
    """
    every = np.arange(keys.shape[0])
    order = np.empty((keys.shape[0], ranks), np.intp)
    left = np.repeat(worth[None], keys.shape[0], axis=0)
    lost = np.zeros_like(left)
    for rank in range(ranks):
        value = left - lost if rank and likeness is not None else left
        least = np.maximum.reduce(value, axis=1, keepdims=True) - closeness.near_tie
        chosen = ((value >= least) * keys).argmax(axis=1)
        order[:, rank] = chosen
        left[every, chosen] = -np.inf
        if likeness is not None and rank + 1 < ranks:
            np.maximum(lost, likeness.take(chosen, axis=0) * closeness.diversity, out=lost)
    return order


def propensities(order: _Places, mine: int) -> _Floats:
    """For each rank, the share of arrangements that place there whom arrangement `mine` does."""
    share: _Floats = (order == order[mine]).mean(axis=0)
    return share
