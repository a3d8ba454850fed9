"""The mean of outcomes under a policy that did not make them, with intervals.

Every estimate is the mean of one number an outcome, its influence. So a difference of two estimates
is the mean of the differences, and the variance of any is that of the sums by client, since what
one client says twice is not said by two.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t

# Each outcome is expected from the clients of the other folds alone.
_FOLDS = 5

# A slope of the direct model is held towards 0 by as much as so many outcomes.
_HELD = 10.0

_LEVEL = 0.95

# By how much, in points and as a standard deviation, those without support fit otherwise than the
# rest would have it, and than a direct model expects: what was found over the simulated clinics.
_GAP = 0.4
_UNEXPECTED_GAP = 0.2

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean, or a difference of two, in points of fit; `low` to `high` is the 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Trio:
    """The mean under the policy that made the outcomes, under another, and their difference."""

    before: Estimate
    after: Estimate
    difference: Estimate


@dataclass(frozen=True, slots=True)
class Outcomes:
    """n choices and what followed.

    Attributes:
        client: who chose, numbered from 0 without gaps, shape (n,).
        fit: how the two got on, 0..10, shape (n,).
        weight: how much likelier the other policy would have led there, shape (n,); 0 where it is
            unsupported.
        unsupported: the chance that the other policy leads to somebody the log is silent about,
            0..1, shape (n,).
        chosen: what the direct model may know of the two, shape (n, features).
        before, after: the mean of the same over whom the policies would have led to.
    """

    client: NDArray[np.intp]
    fit: _Floats
    weight: _Floats
    unsupported: _Floats
    chosen: _Floats
    before: _Floats
    after: _Floats

    @property
    def effective_size(self) -> float:
        """How many equally weighed outcomes tell as much: (Σ w)² / Σ w² (Kish 1965)."""
        squares = float(self.weight @ self.weight)
        return float(self.weight.sum()) ** 2 / squares if squares else 0.0


def snips(outcomes: Outcomes) -> Trio:
    """Σ w·fit / Σ w for either policy (Swaminathan and Joachims 2015)."""
    before, after = (
        _self_normalised(outcomes.fit, weight)
        for weight in (np.ones_like(outcomes.weight), outcomes.weight)
    )
    return _trio(outcomes, before, after, _GAP)


def doubly_robust(outcomes: Outcomes) -> Trio:
    """What a direct model expects of the policy, and the weighed mean of what it got wrong.

    After Dudík, Langford and Li (2011). The direct model is a ridge on the features, cross-fitted
    by client, and need not be right: the interval is narrower as far as it is. The second term is
    not self-normalised: in the simulated clinics that would make the error of a difference from 2 %
    smaller to 8 % larger. The interval of the mean is as wide as if it were: the weights of what is
    supported fall short of 1 on average, and would make little of the noise of the rest.
    """
    chosen, before, after = _expected(outcomes)
    error = outcomes.fit - chosen
    plain = _trio(outcomes, before + error, after + outcomes.weight * error, _UNEXPECTED_GAP)
    normalised = after + _self_normalised(error, outcomes.weight)
    wide = _trio(outcomes, before + error, normalised, _UNEXPECTED_GAP).after
    half, value = (wide.high - wide.low) / 2, plain.after.value
    return replace(plain, after=Estimate(value, value - half, value + half))


def direct(outcomes: Outcomes) -> tuple[float, float]:
    """What the direct model alone expects under either policy: no interval holds for it."""
    _, before, after = _expected(outcomes)
    return float(before.mean()), float(after.mean())


def _trio(outcomes: Outcomes, before: _Floats, after: _Floats, gap: float) -> Trio:
    """Of the influences under either policy, whose means are the estimates."""
    clients, size = outcomes.client, outcomes.effective_size
    doubt = gap * float(outcomes.unsupported.mean())
    return Trio(
        _mean(before, clients, float(clients.size), 0.0),
        _mean(after, clients, size, doubt),
        _mean(after - before, clients, size, doubt),
    )


def _self_normalised(values: _Floats, weight: _Floats) -> _Floats:
    """The influence of each value on Σ w·v / Σ w."""
    mean = float(weight @ values) / float(weight.sum())
    return mean + weight * (values - mean) / float(weight.mean())


def _mean(influence: _Floats, client: NDArray[np.intp], size: float, doubt: float) -> Estimate:
    """Their mean and its interval: Student's, clients being clusters, with `size` − 1 of freedom.

    `doubt` is a standard deviation beyond that of the mean.
    """
    value = float(influence.mean())
    sums = np.bincount(client, influence - value)
    count = sums.size
    variance = count / (count - 1) * float(sums @ sums) / influence.size**2 + doubt**2
    half = float(t.ppf((1 + _LEVEL) / 2, max(min(size, count) - 1, 1))) * variance**0.5
    return Estimate(value, value - half, value + half)


def _expected(outcomes: Outcomes) -> tuple[_Floats, _Floats, _Floats]:
    """Of the choice made, and of the two policies on average: shape (n,) each."""
    spread = outcomes.chosen.std(0)
    spread[spread == 0] = 1.0
    parts = np.stack([outcomes.chosen, outcomes.before, outcomes.after]) / spread
    expected = np.empty(parts.shape[:2])
    fold = outcomes.client % _FOLDS
    for held_out in range(_FOLDS):
        test = fold == held_out
        known, fit = parts[0, ~test], outcomes.fit[~test]
        middle, level = known.mean(0), fit.mean()
        apart = known - middle
        held = apart.T @ apart + _HELD * np.eye(apart.shape[1])
        slopes = np.linalg.solve(held, apart.T @ (fit - level))
        expected[:, test] = level + (parts[:, test] - middle) @ slopes
    return expected[0], expected[1], expected[2]
