"""Whom a line-up may show at which rank, by roster row; and how well they meet what was asked."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.engine import LineUp
from matching.query import EXPECTED_FIT, REFERRAL
from matching.scoring import Pool

_Floats = NDArray[np.float64]
_Places = NDArray[np.intp]

_NO_WISH = frozenset({EXPECTED_FIT, REFERRAL})


@dataclass(frozen=True, slots=True)
class Standing:
    """Those of a line-up who have a chance to be shown.

    Attributes:
        places: their places in the pool, ascending, shape (n,).
        rows: their roster rows, shape (n,).
        chances: the chance of each to stand at each rank, shape (n, ranks); a rank's sum to 1.
    """

    places: _Places
    rows: _Places
    chances: _Floats

    @classmethod
    def of(cls, line_up: LineUp) -> "Standing":
        """Who may stand where under the randomness of the arrangement."""
        pool = line_up.pool.rows
        chances = line_up.arrangement.chances(pool.size)
        places = np.flatnonzero(chances.any(axis=1))
        return cls(places, pool.take(places), chances.take(places, axis=0))

    @property
    def ranks(self) -> int:
        """How long the list is."""
        return int(self.chances.shape[1])


def preference_fits(pool: Pool, by: Mapping[str, float] | None = None) -> _Floats:
    """How well each of a pool meets the stated preferences, 0..1, shape (n,).

    The mean score over the wishes asked, weighed as the pool's own query does, which is what an
    answer shows, or by the weights `by` of another query. NaN where nothing is asked that both
    count.
    """
    by = pool.weights if by is None else by
    weights = np.array([0.0 if name in _NO_WISH else by.get(name, 0.0) for name in pool.weights])
    total = weights.sum()
    if not total:
        return np.full(pool.rows.size, np.nan)
    fits: _Floats = np.minimum(weights @ pool.scores / total, 1.0)
    return fits


def judged(pool: Pool, by: Pool) -> _Floats:
    """The preference fits of a pool by the weights of another of the same request, shape (n,).

    Of who is in both, exactly; of the others over the wishes that both weightings count.
    """
    fits = preference_fits(pool, by.weights)
    _, ours, theirs = np.intersect1d(pool.rows, by.rows, return_indices=True)
    fits[ours] = preference_fits(by)[theirs]
    return fits
