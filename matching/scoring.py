"""Scores: a coarse pass over everyone, then the few who can be shown exactly as they are shown."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.keyed import lots
from matching.learning.learned import Expected, Learned
from matching.query import EXPECTED_FIT, Query
from matching.roster import Roster
from matching.rows import Flags, Rows
from matching.scorers import SCORERS, Levels

# How many stand a chance of being shown: more than the 50 that a request can ask for, so that
# close matches have others to vary with, and few enough to compare pair by pair.
POOL = 128

# The coarse pass counts flags in steps of this part of the whole score: two bytes hold four of it.
_STEPS = 8_000

# It adds a few float32 terms of at most 1 besides; each rounds by at most 6e-8.
_FLOAT_ERROR = 1e-5

# Two sums of the same points in another order differ by less; far below anything shown.
ROUNDING = 1e-9

# The best of this many interleaved groups bound the front from below in one pass.
_GROUPS = 1_024

# Up to here a coarse pass costs more than it saves.
_ALL_EXACT = 2 * _GROUPS

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
        expected: what the model expects of them, None without one.
    """

    rows: _Positions
    weights: Mapping[str, float]
    scores: _Floats
    points: _Floats
    total: _Floats
    unknown: Flags
    expected: Expected | None = None


def score(
    query: Query,
    roster: Roster,
    rows: Rows,
    learned: Learned | None,
    *,
    keep: int,
    reach: float,
    seed: int,
) -> Pool:
    """Score the eligible and keep all who could stand among the first `keep`.

    Those are whoever comes within `reach` of the `keep`-th best score, the best POOL of them;
    between equal scores, lots drawn with `seed` decide. So a larger `keep` adds to the end only.
    """
    levels, expected = levels_of(query, roster, rows, learned)
    most = min(POOL, rows.eligible)
    keep = min(keep, most)
    if levels and rows.size > _ALL_EXACT and most:
        values, error = _coarse(levels, query.weights, rows)
        front = _front(values, error, keep, most, reach)
        scores, column = _exact(levels, front, front.size), np.arange(front.size)
    else:
        front = column = rows.counted()
        scores = _exact(levels, None, rows.size)
    weights = np.array(list(query.weights.values())).reshape(-1, 1)
    total = (scores * weights).sum(axis=0).take(column)
    at = rows.roster_rows(front)
    best = _best(total, roster.lot.take(at), keep, reach, seed)
    scores = scores.take(column.take(best), axis=1)
    unknown = _unknown(levels, front.take(best))
    seen = expected.take(front.take(best)) if expected else None
    points = scores * weights
    return Pool(at.take(best), query.weights, scores, points, total.take(best), unknown, seen)


def levels_of(
    query: Query, roster: Roster, rows: Rows, learned: Learned | None
) -> tuple[dict[str, Levels], Expected | None]:
    """The scores of every row asked, in the order of the weights, and what a model expects."""
    levels = {
        name: SCORERS[name].score(query, roster, rows)
        for name in query.weights
        if name != EXPECTED_FIT
    }
    if learned is None:
        return levels, None
    expected = learned.expected(query, roster, rows, levels)
    if EXPECTED_FIT in query.weights:
        levels[EXPECTED_FIT] = Levels(((1.0, learned.position(expected.mean)),))
    return {name: levels[name] for name in query.weights}, expected


def _coarse(
    levels: Mapping[str, Levels], weights: Mapping[str, float], rows: Rows
) -> tuple[NDArray[np.float32], float]:
    """Every row's score, −1 or less for rows that do not count, and how far it may be wrong.

    Flags, which are most of it, are added up in whole steps of two bytes, half the time of float32.
    """
    base = sum(weights[name] * level.base for name, level in levels.items())
    values = np.full(rows.size, base, np.float32)
    steps = np.zeros(rows.size, np.int16)
    term, step = np.empty_like(values), np.empty_like(steps)
    error = _FLOAT_ERROR
    for name, level in levels.items():
        for factor, column in level.terms:
            if column.dtype == np.bool_:
                steps += np.multiply(column, _steps(weights[name] * factor), out=step)
                error += 0.5 / _STEPS
            else:
                values += np.multiply(column, np.float32(weights[name] * factor), out=term)
    if rows.among is not None:
        steps += np.multiply(~rows.among, _steps(-2), out=step)
    values += np.multiply(steps, np.float32(1 / _STEPS), out=term)
    return values, error


def _steps(share: float) -> np.int16:
    return np.int16(round(share * _STEPS))


def _front(
    values: NDArray[np.float32], error: float, keep: int, most: int, reach: float
) -> _Positions:
    """Where the best `most` are, as far as they come within `reach` of the `keep`-th, and more.

    More by as much as the values may be wrong: the exact scores draw the line.
    """
    whole = values[: values.size // _GROUPS * _GROUPS]
    bound = _nth_best(whole.reshape(-1, _GROUPS).max(axis=0), most)
    ahead = np.flatnonzero(values >= bound - 2 * error)
    best = values.take(ahead)
    edge = max(_nth_best(best, keep) - reach, _nth_best(best, most)) - 2 * error
    # A row that does not count stands at −1 or below, where no score can be.
    return ahead[best >= max(edge, -2 * error)]


def _exact(levels: Mapping[str, Levels], at: _Positions | None, size: int) -> _Floats:
    """Each dimension's scores at `size` positions of a view, or at all: shape (asked, size)."""
    scores = np.empty((len(levels), size))
    for place, level in enumerate(levels.values()):
        level.into(scores[place], at)
    np.maximum(scores, 0, out=scores)
    return np.minimum(scores, 1, out=scores)


def _unknown(levels: Mapping[str, Levels], at: _Positions) -> Flags:
    unknown = np.zeros((len(levels), at.size), np.bool_)
    for place, level in enumerate(levels.values()):
        if level.unknown is not None:
            unknown[place] = level.unknown.take(at)
    return unknown


def _best(
    total: _Floats, hashes: NDArray[np.uint64], keep: int, reach: float, seed: int
) -> _Positions:
    """The places of the pool, best first."""
    if not total.size:
        return np.empty(0, np.intp)
    last, front = total.size - min(POOL, total.size), total.size - keep
    ordered = np.partition(total, (last, front))
    edge = max(ordered[last], ordered[front] - reach - ROUNDING)
    places = np.flatnonzero(total >= edge)
    drawn, values = lots(hashes.take(places), seed), total.take(places)
    if places.size > POOL:
        # Equal scores at the edge: those with the lowest lots are in.
        room = POOL - int(np.count_nonzero(values > edge))
        highest = np.partition(drawn[values == edge], room - 1)[room - 1]
        within = (values > edge) | (drawn <= highest)
        places, drawn, values = places[within], drawn[within], values[within]
    return places.take(np.lexsort((drawn, -values)))


def _nth_best(values: NDArray[np.floating], nth: int) -> float:
    return float(np.partition(values, values.size - nth)[values.size - nth])
