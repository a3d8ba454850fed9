"""The share of the attainable gain, and means with intervals."""

from collections.abc import Sequence

import numpy as np
from scipy.stats import t

from bench.dataset import Floats

TOP = 3


def attainable_gain(scores: Floats, true_fit: Floats, top: int = TOP) -> float:
    """How much of what the best `top` gain over a random choice, those with the best scores gain.

    (true fit of the top by score − of everybody) / (of the truly best − of everybody), averaged
    over clients; both (clients, therapists). Equal scores share their places, so that a method
    that tells nobody apart gets 0. 1 is perfect, below 0 worse than chance.
    """
    chosen = _mean_of_top(scores, true_fit, top)
    best, chance = _mean_of_top(true_fit, true_fit, top), true_fit.mean(1)
    return float(((chosen - chance) / (best - chance)).mean())


def _mean_of_top(scores: Floats, values: Floats, top: int) -> Floats:
    """(clients,): the mean value of the `top` highest scores, ties counted in equal parts."""
    edge = -np.partition(-scores, top - 1, axis=1)[:, [top - 1]]
    above, at = scores > edge, scores == edge
    left = top - above.sum(1, keepdims=True)
    shares = above + at * left / at.sum(1, keepdims=True)
    mean: Floats = (shares * values).sum(1) / top
    return mean


def interval(values: Sequence[float]) -> tuple[float, float | None]:
    """The mean of some seeds and the half width of its 95 % t-interval, None for one seed."""
    numbers = np.array(values)
    if numbers.size < 2:
        return float(numbers.mean()), None
    half = t.ppf(0.975, numbers.size - 1) * numbers.std(ddof=1) / np.sqrt(numbers.size)
    return float(numbers.mean()), float(half)


def ratio(values: Sequence[float], reference: Sequence[float]) -> tuple[float | None, float | None]:
    """The mean of some seeds over that of the reference, seed by seed, and half its interval.

    None where the reference gains nothing.
    """
    ours, theirs = np.array(values), np.array(reference)
    if abs(theirs.mean()) < 1e-6:
        return None, None
    share = float(ours.mean() / theirs.mean())
    _, half = interval((ours - share * theirs).tolist())
    return share, None if half is None else float(half / abs(theirs.mean()))
