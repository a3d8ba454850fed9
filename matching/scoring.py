"""Scores: a coarse pass over everyone, then the few who can be shown exactly as they are shown."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.keyed import lots
from matching.query import Query
from matching.roster import Roster
from matching.rows import Rows
from matching.scorers import SCORERS, Levels

# How many stand a chance of being shown: more than the 50 that a request can ask for, so that
# close matches have others to vary with, and few enough to compare pair by pair.
POOL = 128

# The coarse pass adds some twenty float32 terms of at most 1; each rounds by at most 6e-8.
COARSE_ERROR = 1e-5

# Two sums of the same points in another order differ by less; far below anything shown.
ROUNDING = 1e-9

# The best of this many interleaved groups bound the front from below in one pass.
_GROUPS = 1_024

_Floats = NDArray[np.float64]
_Positions = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Pool:
    """The therapists who can be shown, best first, equal scores in the order of their lots.

    Attributes:
        rows: their roster rows, shape (n,).
        weights: by row asked, in the order of `scores`.
        scores: shape (asked, n), each dimension's score in 0..1.
        points: the same times the weight.
        total: shape (n,), the points added up: the score that ranks them.
        unknown: shape (asked, n), where the profile does not say.
    """

    rows: _Positions
    weights: Mapping[str, float]
    scores: _Floats
    points: _Floats
    total: _Floats
    unknown: NDArray[np.bool_]

    def take(self, places: _Positions) -> "Pool":
        """The therapists at these places, in this order."""
        return Pool(
            self.rows.take(places),
            self.weights,
            self.scores.take(places, axis=1),
            self.points.take(places, axis=1),
            self.total.take(places),
            self.unknown.take(places, axis=1),
        )


def score(query: Query, roster: Roster, rows: Rows, *, keep: int, reach: float, seed: int) -> Pool:
    """Score the eligible and keep all who could stand among the first `keep`.

    Those are whoever comes within `reach` of the `keep`-th best score, the best POOL of them;
    between equal scores, lots drawn with `seed` decide. So a larger `keep` adds to the end only.
    """
    levels = {name: SCORERS[name].score(query, roster, rows) for name in query.weights}
    values = _coarse(levels, query.weights, rows)
    front = _front(values, min(keep, rows.eligible), min(POOL, rows.eligible), reach)
    every = _exact(levels, query.weights, front, rows.roster_rows(front))
    return every.take(_best(every.total, roster.lot.take(every.rows), keep, reach, seed))


def _coarse(
    levels: Mapping[str, Levels], weights: Mapping[str, float], rows: Rows
) -> NDArray[np.float32]:
    """Every row's score to within COARSE_ERROR; −1 or less for rows that do not count."""
    base = sum(weights[name] * level.base for name, level in levels.items())
    values = np.full(rows.size, base, np.float32)
    term = np.empty(rows.size, np.float32)
    for name, level in levels.items():
        for factor, column in level.terms:
            np.multiply(column, np.float32(weights[name] * factor), out=term)
            values += term
    if rows.among is not None:
        values -= np.multiply(~rows.among, np.float32(2), out=term)
    return values


def _front(values: NDArray[np.float32], keep: int, most: int, reach: float) -> _Positions:
    """Where the best `most` are, as far as they come within `reach` of the `keep`-th, and more.

    More by as much as the coarse pass may be wrong: the exact scores draw the line.
    """
    if not most:
        return np.empty(0, np.intp)
    positions, best = None, values
    if values.size > 2 * _GROUPS:
        whole = values[: values.size // _GROUPS * _GROUPS]
        bound = _nth_best(whole.reshape(-1, _GROUPS).max(axis=0), most)
        positions = np.flatnonzero(values >= bound - 2 * COARSE_ERROR)
        best = values.take(positions)
    edge = max(_nth_best(best, keep) - reach, _nth_best(best, most)) - 2 * COARSE_ERROR
    front = np.flatnonzero(best >= max(edge, -0.5))
    return front if positions is None else positions.take(front)


def _exact(
    levels: Mapping[str, Levels], weights: Mapping[str, float], at: _Positions, rows: _Positions
) -> Pool:
    scores = np.zeros((len(levels), at.size))
    unknown = np.zeros(scores.shape, np.bool_)
    for place, level in enumerate(levels.values()):
        scores[place] = level.at(at)
        if level.unknown is not None:
            unknown[place] = level.unknown.take(at)
    np.minimum(np.maximum(scores, 0, out=scores), 1, out=scores)
    points = scores * np.array(list(weights.values())).reshape(-1, 1)
    return Pool(rows, weights, scores, points, points.sum(axis=0), unknown)


def _best(
    total: _Floats, hashes: NDArray[np.uint64], keep: int, reach: float, seed: int
) -> _Positions:
    """The places of the pool, best first."""
    if not total.size:
        return np.empty(0, np.intp)
    drawn = lots(hashes, seed)
    most = min(POOL, total.size)
    edge = _nth_best(total, most)
    ahead, equal = np.flatnonzero(total > edge), np.flatnonzero(total == edge)
    if ahead.size + equal.size > most:
        first = np.argpartition(drawn.take(equal), most - ahead.size - 1)
        equal = equal.take(first[: most - ahead.size])
    places = np.concatenate((ahead, equal))
    places = places.take(np.lexsort((drawn.take(places), -total.take(places))))
    within = total.take(places) >= total[places[min(keep, most) - 1]] - reach - ROUNDING
    return places[within]


def _nth_best(values: NDArray[np.floating], nth: int) -> float:
    return float(np.partition(values, values.size - nth)[values.size - nth])
