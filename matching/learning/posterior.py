"""The posterior of all effects, given the variances: conjugate gradients over the observations.

With V = Z D Z' + R, the posterior mean of the effects is D Z' V⁻¹ (y − 1 level), the level by
generalised least squares. V is never formed: a product with it is two sparse products, so a million
ratings take the memory of their design.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse.linalg import LinearOperator, cg

from matching.learning.features import Floats
from matching.learning.terms import Term

# How far the equations may be from solved, relative to the ratings: below what is ever shown, and
# for residuals, which only steer what is fitted to them.
EXACT, ROUGH = 1e-8, 1e-4
_ROUNDS = 2_000


class NotConvergedError(ArithmeticError):
    """The equations could not be solved."""


@dataclass(frozen=True, slots=True)
class Posterior:
    """The `level` in points, and the posterior mean of each term's effects, by term."""

    level: float
    effects: Mapping[str, Floats]


def posterior(
    terms: Sequence[Term],
    value: Floats,
    noise: Floats,
    variances: Mapping[str, float],
    tolerance: float = EXACT,
) -> Posterior:
    """The posterior means. `noise` (m,) is each observation's own variance, the pair's in it.

    Raises NotConverged.
    """
    used = [(term, variances[term.name]) for term in terms if variances[term.name] > 0]

    products = [(variance, term.matrix, term.matrix.T) for term, variance in used]

    def covariance(vector: Floats) -> Floats:
        total: Floats = noise * vector
        for variance, matrix, transposed in products:
            total += variance * (matrix @ (transposed @ vector))
        return total

    diagonal = noise.copy()
    for term, variance in used:
        squares = term.matrix * term.matrix
        diagonal += variance * np.asarray(squares.sum(1)).ravel()
    size = len(value)
    operator = LinearOperator((size, size), matvec=covariance, dtype=np.float64)
    nearly = LinearOperator((size, size), matvec=lambda vector: vector / diagonal, dtype=np.float64)

    ones = _solved(operator, np.ones(size), nearly, tolerance)
    level = float(ones @ value) / float(ones.sum())
    explained = _solved(operator, value - level, nearly, tolerance)
    effects = {term.name: variance * (term.matrix.T @ explained) for term, variance in used}
    unused = {term.name: np.zeros(term.matrix.shape[1]) for term in terms}
    return Posterior(level, {**unused, **effects})


def _solved(
    operator: LinearOperator, right: Floats, nearly: LinearOperator, tolerance: float
) -> Floats:
    solution, failed = cg(operator, right, rtol=tolerance, maxiter=_ROUNDS, M=nearly)
    if failed:
        raise NotConvergedError("the posterior did not converge")
    return np.asarray(solution)
