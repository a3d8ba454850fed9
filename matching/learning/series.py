"""A client's series with one therapist becomes one observation of how they got on.

Twenty ratings by one client are not twenty clients: they are one pair, seen more exactly. Trust
grows with the sessions, so each rating is first carried to the session that fits are told for,

    y_ps = pair_p + γ · (h(s) − h(SESSION)) + noise,    h(s) = 1 − exp(−(s − 1) / PACE),

with γ estimated within pairs: a therapist with first sessions only must not look worse for it. A
first session says less than later ones do; by how much is estimated too.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# The session that fit is told for, and the sessions over which trust mostly grows.
SESSION = 6
_PACE = 4.0

# Growth in points from the first session on: expected before any data, with its variance.
_GROWTH, _GROWTH_VARIANCE = 0.3, 0.3**2

# Noise of one session in points², and how much more a first one has: before any data, and with the
# weight of so many ratings.
_SESSION_SHARE, _FIRST = 0.35, 1.3
_HELD = 20.0

_Floats = NDArray[np.float64]
_Codes = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Pairs:
    """What n ratings say of m pairs of a client and a therapist, sorted by first row.

    Attributes:
        client, therapist: codes, shape (m,).
        first: the pair's first row, shape (m,).
        first_at: when its first rating was given, shape (m,).
        value: fit at session SESSION, in points, shape (m,).
        noise: the variance of `value` that comes from the sessions, points², shape (m,).
        ratings: how many rows, shape (m,).
    """

    client: _Codes
    therapist: _Codes
    first: _Codes
    first_at: _Floats
    value: _Floats
    noise: _Floats
    ratings: _Codes


@dataclass(frozen=True, slots=True)
class Growth:
    """How ratings change with the sessions.

    `points` from the first session to the last; `first` and `later` are the variances of one
    session's fit about the pair's, points².
    """

    points: float
    first: float
    later: float

    def carried(self, value: _Floats, session: NDArray[np.integer]) -> _Floats:
        """Ratings as they would be at session SESSION."""
        at: _Floats = _grown(session) - _grown(np.array([SESSION]))
        return value - self.points * at

    def noise(self, session: NDArray[np.integer]) -> _Floats:
        """The variance of one session's fit, shape (n,)."""
        return np.where(session <= 1, self.first, self.later)


def growth_of(pair: _Codes, session: NDArray[np.integer], value: _Floats, noise: _Floats) -> Growth:
    """The growth and the session noise, from what differs within pairs.

    `noise` is each row's variance from its items, which is not the session's.
    """
    shape = _grown(session)
    expected = _SESSION_SHARE * max(float(np.var(value)) if value.size else 0.0, 0.1)
    known = 1.0 / (noise + expected)
    within = _within(pair, shape, known)
    apart = _within(pair, value, known)
    points = (_GROWTH / _GROWTH_VARIANCE + float((known * within * apart).sum())) / (
        1.0 / _GROWTH_VARIANCE + float((known * within**2).sum())
    )
    rest = _within(pair, value - points * shape, np.ones_like(value))
    size = np.bincount(pair)[pair]
    several = size > 1
    # One row's squared distance from its pair's mean holds (n − 1)/n of a row's variance.
    own = rest[several] ** 2 * size[several] / (size[several] - 1) - noise[several]
    first = session[several] <= 1
    later = _held(own[~first], expected)
    return Growth(points, max(_held(own[first], _FIRST * later), later), later)


def pairs_of(
    client: _Codes,
    therapist: _Codes,
    at: _Floats,
    value: _Floats,
    noise: _Floats,
) -> Pairs:
    """One observation a pair: the mean of its rows, each weighed by 1 / noise."""
    pair, first_rows = pair_codes(client, therapist)
    weight = 1.0 / noise
    total = np.bincount(pair, weight)
    first_at = np.full(len(first_rows), np.inf)
    np.minimum.at(first_at, pair, at)
    return Pairs(
        client=client[first_rows],
        therapist=therapist[first_rows],
        first=first_rows,
        first_at=first_at,
        value=np.bincount(pair, weight * value) / total,
        noise=1.0 / total,
        ratings=np.bincount(pair),
    )


def pair_codes(
    client: NDArray[np.integer], therapist: NDArray[np.integer]
) -> tuple[_Codes, _Codes]:
    """Each row's pair, numbered by first row, and those first rows."""
    if not client.size:
        return np.empty(0, np.intp), np.empty(0, np.intp)
    joined = client.astype(np.int64) * (int(therapist.max()) + 1) + therapist
    _, first, inverse = np.unique(joined, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return rank[inverse], first[order]


def _grown(session: NDArray[np.integer]) -> _Floats:
    grown: _Floats = 1.0 - np.exp(-(np.maximum(session, 1) - 1.0) / _PACE)
    return grown


def _within(pair: _Codes, values: _Floats, weight: _Floats) -> _Floats:
    """Values less their pair's weighted mean."""
    mean = np.bincount(pair, weight * values) / np.bincount(pair, weight)
    apart: _Floats = values - mean[pair]
    return apart


def _held(squares: _Floats, expected: float) -> float:
    """A variance held towards what is expected, never below a tenth of it."""
    total = float(squares.sum()) + _HELD * expected
    return max(total / (squares.size + _HELD), 0.1 * expected)
