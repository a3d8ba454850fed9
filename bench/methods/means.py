"""Each therapist's mean rating, shrunk towards everybody's: the same order for every client."""

import numpy as np

from bench.dataset import Floats
from bench.methods.observed import Observed
from bench.methods.problem import Cases, Predictor, Problem


def shrunken_mean(problem: Problem) -> Predictor:
    """Empirical Bayes on what clients said, whoever said it."""
    pairs = problem.pairs
    effects = shrunk(pairs.therapist, pairs.value - pairs.value.mean(), problem.therapists)

    def predict(_cases: Cases, of: Observed) -> Floats:
        return effects[of.therapist]

    return predict


def therapist_effects(pairs: Observed, therapists: int) -> Floats:
    """(therapists,): the posterior mean of each one's effect, in points; 0 without ratings.

    A client's leniency is what of the mean of their own ratings is left after the therapists',
    shrunk like the therapists' means; a few rounds settle both.
    """
    effects = np.zeros(therapists)
    if pairs.value.size < 2:
        return effects
    value = pairs.value - pairs.value.mean()
    for _ in range(5):
        lenient = shrunk(pairs.client, value - effects[pairs.therapist], pairs.client.max() + 1)
        effects = shrunk(pairs.therapist, value - lenient[pairs.client], therapists)
    return effects


def shrunk(group: np.ndarray, rest: Floats, groups: int) -> Floats:
    """(groups,): group means shrunk by the variance between groups, by the method of moments."""
    number = np.bincount(group, minlength=groups)
    known = np.count_nonzero(number)
    mean = np.bincount(group, rest, groups) / np.maximum(number, 1)
    freedom = rest.size - known
    within = float(((rest - mean[group]) ** 2).sum()) / freedom if freedom else float(np.var(rest))
    among = float((number * mean**2).sum()) - (known - 1) * within
    spread = float(rest.size - (number**2).sum() / rest.size)
    between = max(among / max(spread, 1.0), 1e-6)
    return np.asarray(mean * between / (between + within / np.maximum(number, 1)))
