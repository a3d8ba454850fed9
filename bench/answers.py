"""What the items of a rating say of the fit behind them, to one who knows how they are answered."""

import numpy as np
from scipy.special import ndtr

from bench.dataset import Floats

_POINTS = 161  # of the grid over fits
_REACH = 5.0  # sd of the prior on either side
_CHUNK = 2_000  # ratings at a time


def fits_behind(
    items: Floats, loading: Floats, level: Floats, noise: Floats, prior: tuple[float, float]
) -> tuple[Floats, Floats]:
    """Each rating as one Gaussian observation of its fit: values and noise variances, (rows,).

    An item is level + loading × fit + noise, rounded and cut off at 0 and 10; `items` (rows, k),
    NaN where not answered, `level` (k,) or (rows, k), the others (k,). Its exact likelihood is
    met by the Gaussian that has the same effect, in mean and variance, on the `prior` (mean, sd) of
    fits: rounding and the ends of the scale are so taken into account.
    """
    mean, sd = prior
    grid = mean + sd * np.linspace(-_REACH, _REACH, _POINTS)
    level = np.broadcast_to(level, items.shape)
    parts = [
        _moments(items[start : start + _CHUNK], loading, level[start : start + _CHUNK], noise,
                 grid, (mean, sd))
        for start in range(0, len(items), _CHUNK)
    ]  # fmt: skip
    if not parts:
        return np.empty(0), np.empty(0)
    at, variance = (np.concatenate(column) for column in zip(*parts, strict=True))
    precision = np.maximum(1.0 / variance - 1.0 / sd**2, 1e-3)
    return (at / variance - mean / sd**2) / precision, 1.0 / precision


def _moments(
    items: Floats,
    loading: Floats,
    level: Floats,
    noise: Floats,
    grid: Floats,
    prior: tuple[float, float],
) -> tuple[Floats, Floats]:
    """Mean and variance of the fit behind each rating, (rows,) each."""
    log = np.tile(-0.5 * ((grid - prior[0]) / prior[1]) ** 2, (len(items), 1))
    for item in range(items.shape[1]):
        rows = np.flatnonzero(np.isfinite(items[:, item]))
        answer = items[rows, item][:, None]
        centre = level[rows, item][:, None] + loading[item] * grid
        upper = np.where(answer >= 10, np.inf, answer + 0.5)
        lower = np.where(answer <= 0, -np.inf, answer - 0.5)
        # The tail that is the smaller keeps its digits.
        flip = np.where(answer > centre, -1.0, 1.0)
        ends = np.sort([flip * (upper - centre), flip * (lower - centre)], axis=0) / noise[item]
        log[rows] += np.log(np.maximum(ndtr(ends[1]) - ndtr(ends[0]), 1e-300))
    weight = np.exp(log - log.max(1, keepdims=True))
    weight /= weight.sum(1, keepdims=True)
    mean = weight @ grid
    return mean, weight @ grid**2 - mean**2
