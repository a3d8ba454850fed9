"""Whether the fit that was expected of pairs is the fit that they found."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from matching.insights.groups import LEVEL, Interval
from matching.learning.steps import STEP

# With fewer clients, an interval of the slope is wider than anything anybody would act on.
LEAST_CLIENTS = 30
_BINS = 8
_EACH = 10

_Floats = NDArray[np.float64]
_NONE = Interval(None, None, None)


@dataclass(frozen=True, slots=True)
class Bin:
    """Pairs of about the same expected fit: from, to, how many, their means."""

    low: float
    high: float
    pairs: int
    expected: float
    found: Interval


@dataclass(frozen=True, slots=True)
class Calibration:
    """Found less expected, points found a point expected, share within the intervals; bins."""

    difference: Interval
    slope: Interval
    coverage: Interval
    bins: tuple[Bin, ...]


def calibration(expected: _Floats, low: _Floats, high: _Floats, found: _Floats) -> Calibration:
    """Of pairs, one a client; all of shape (n,), 0..10. None of anything below LEAST_CLIENTS.

    Bins hold as nearly equal numbers of pairs as may be, and whole steps of five each.
    """
    size = expected.size
    if size < LEAST_CLIENTS:
        return Calibration(_NONE, _NONE, _NONE, ())
    within = int(((low <= found) & (found <= high)).sum())
    return Calibration(
        _mean(found - expected), _slope(expected, found), _share(within, size),
        tuple(_bins(expected, found)),
    )  # fmt: skip


def _bins(expected: _Floats, found: _Floats) -> list[Bin]:
    order = np.argsort(expected, kind="stable")
    number = min(_BINS, order.size // _EACH)
    each = order.size // number // STEP * STEP
    # What does not fill a step stands in the last.
    parts = np.split(order, [each * part for part in range(1, number)])
    return [
        Bin(
            float(expected[part[0]]), float(expected[part[-1]]), part.size,
            float(expected[part].mean()), _mean(found[part]),
        )
        for part in parts
    ]  # fmt: skip


def _mean(values: _Floats) -> Interval:
    """A mean and its t interval."""
    mean, half = float(values.mean()), 0.0
    error = float(values.std(ddof=1)) / values.size**0.5
    half = error * float(stats.t.ppf((1 + LEVEL) / 2, values.size - 1))
    return Interval(mean, mean - half, mean + half)


def _slope(expected: _Floats, found: _Floats) -> Interval:
    """Least squares, with an interval that holds where the spread differs (White 1980, HC1)."""
    away = expected - expected.mean()
    square = float(away @ away)
    if square < 1e-9:
        return _NONE
    slope = float(away @ found) / square
    left = found - found.mean() - slope * away
    size = expected.size
    error = float(np.sqrt((away**2 @ left**2) * size / (size - 2))) / square
    half = error * float(stats.t.ppf((1 + LEVEL) / 2, size - 2))
    return Interval(slope, slope - half, slope + half)


def _share(count: int, of: int) -> Interval:
    """A share and its score interval (Wilson 1927)."""
    found = stats.binomtest(count, of).proportion_ci(LEVEL, method="wilson")
    return Interval(count / of, float(found.low), float(found.high))
