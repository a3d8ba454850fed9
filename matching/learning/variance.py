"""Variance components by restricted maximum likelihood, held towards what the field expects.

With V = Σ_k σ_k² Z_k Z_k' + diag(noise) and P = V⁻¹ − V⁻¹1(1'V⁻¹1)⁻¹1'V⁻¹, the restricted
log-likelihood is −½(log|V| + log|1'V⁻¹1| + y'Py), and its derivative by σ_k² is
−½(tr(P Z_k Z_k') − y'P Z_k Z_k' P y) (Patterson and Thompson 1971). Each σ_k² has a log-normal
prior about what was expected: with few ratings it rules, with many it does not matter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import cho_factor, cho_solve, lapack
from scipy.optimize import minimize
from scipy.sparse import coo_array

from matching.learning.design import Codes
from matching.learning.features import Floats
from matching.learning.terms import EXPECTED, Term

# The prior of a variance: this many times more or less is one standard deviation.
_DOUBT = np.log(4.0)

# Variances are told from so many pairs as well as anybody needs; the cost grows with their cube.
MOST_PAIRS = 800

_ROUNDS = 40


@dataclass(frozen=True, slots=True)
class _Kernel:
    """Z Z' of one term: its values at the flat places where it is not 0, None for everywhere."""

    matrix: Any
    values: Floats
    places: Codes | None

    @classmethod
    def of(cls, term: Term) -> "_Kernel":
        if isinstance(term.matrix, np.ndarray):
            return cls(term.matrix, (term.matrix @ term.matrix.T).ravel(), None)
        product = coo_array(term.matrix @ term.matrix.T)
        places = product.coords[0].astype(np.intp) * len(term) + product.coords[1]
        return cls(term.matrix, product.data, places)

    def add_to(self, covariance: Floats, variance: float) -> None:
        """Add it, times a variance, to a covariance of shape (m, m)."""
        flat = covariance.reshape(-1)
        if self.places is None:
            flat += variance * self.values
        else:
            flat[self.places] += variance * self.values

    def slope(self, precision: Floats, explained: Floats) -> float:
        """tr(P Z Z') − y'P Z Z' P y."""
        flat = precision.reshape(-1)
        seen = self.matrix.T @ explained
        at = flat if self.places is None else flat.take(self.places)
        return float(at @ self.values) - float(seen @ seen)


def estimate(
    terms: Sequence[Term],
    value: Floats,
    noise: Floats,
    fixed: Mapping[str, float],
    start: Mapping[str, float],
) -> dict[str, float]:
    """The variance of each term's effects, and of `pair`, in points².

    `value` and `noise`, the known variance of each, have shape (m,), m at most about MOST_PAIRS.
    `fixed` holds the variances of terms that are given, `start` where to begin looking for others;
    those it leaves out begin at what is expected.
    """
    total = max(float(np.var(value)), 1e-3)
    free = [term for term in terms if term.name not in fixed and term.scale > 0]
    names = [term.name for term in free] + ["pair"]
    scales = np.array([term.scale for term in free] + [1.0])
    expected = np.log([EXPECTED[name] * total for name in names]) - np.log(scales)
    kernels = [_Kernel.of(term) for term in free]
    given = np.diag(noise)
    for term in terms:
        if term.name in fixed:
            _Kernel.of(term).add_to(given, fixed[term.name])

    def loss(logs: Floats) -> tuple[float, Floats]:
        return _loss(kernels, given, value, logs, expected)

    bounds = [(middle - 5 * _DOUBT, middle + 3 * _DOUBT) for middle in expected]
    begin = [
        np.log(start[name]) if start.get(name) else middle
        for name, middle in zip(names, expected, strict=True)
    ]
    lowest, highest = np.array(bounds).T
    found = minimize(
        loss, np.clip(begin, lowest, highest), jac=True, method="L-BFGS-B", bounds=bounds,
        options={"maxiter": _ROUNDS, "ftol": 1e-7},
    )  # fmt: skip
    variances = dict(zip(names, np.exp(found.x).tolist(), strict=True))
    unseen = {term.name: 0.0 for term in terms if term.name not in variances}
    return {**unseen, **variances, **fixed}


def _loss(
    kernels: Sequence[_Kernel], given: Floats, value: Floats, logs: Floats, expected: Floats
) -> tuple[float, Floats]:
    """The negative penalised restricted log-likelihood and its gradient, by log variances."""
    variances = np.exp(logs)
    covariance = given.copy()
    for kernel, variance in zip(kernels, variances, strict=False):
        kernel.add_to(covariance, variance)
    covariance.flat[:: len(value) + 1] += variances[-1]
    factor = cho_factor(covariance, lower=True, overwrite_a=True, check_finite=False)
    log_det = 2.0 * float(np.log(np.diag(factor[0])).sum())
    ones = cho_solve(factor, np.ones(len(value)), check_finite=False)
    weight = float(ones.sum())
    apart = value - float(ones @ value) / weight
    explained = cho_solve(factor, apart, check_finite=False)

    precision = _inverse(factor[0])
    precision -= np.outer(ones, ones) / weight
    slopes = [kernel.slope(precision, explained) for kernel in kernels]
    slopes.append(float(np.trace(precision)) - float(explained @ explained))
    away = (logs - expected) / _DOUBT
    loss = 0.5 * (log_det + np.log(weight) + float(apart @ explained) + float(away @ away))
    return loss, 0.5 * variances * np.array(slopes) + away / _DOUBT


def _inverse(lower: Floats) -> Floats:
    inverse, _ = lapack.dpotri(lower, lower=1)
    whole: Floats = np.where(np.tri(len(inverse), dtype=np.bool_), inverse, inverse.T)
    return whole
