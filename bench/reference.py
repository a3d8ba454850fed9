"""Bayes-optimal: the exact Gaussian posterior of one who knows a world's structure.

Known: which parts fit is the sum of, their variances, the size of every noise. Not known: any
effect, any weight. Seen: profiles and ratings. For observations y of fits,

    y = X b + leniency + noise,    b ~ N(m, diag(v)),

the posterior of b is computed in the space of b, each client's leniency integrated out. Nothing is
approximated here; where a world is not linear in what is unknown, its `Design` says how it is
seen.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve, solve_triangular
from scipy.sparse import csr_array, hstack

from bench.dataset import Beliefs, Codes, Floats


@dataclass(frozen=True, slots=True)
class Prior:
    """Means and variances of the unknowns b, shape (p,) each."""

    mean: Floats
    variance: Floats


@dataclass(frozen=True, slots=True)
class Observations:
    """m observations: `design` (m, p), `value`, their noise's variance and whose they are, (m,).

    Those with a `client` of −1 are not touched by leniency.
    """

    design: csr_array
    value: Floats
    noise: Floats
    client: Codes


@dataclass(frozen=True, slots=True)
class Posterior:
    """What is believed of b.

    `mean` (p,); `touched` are the places of b that any observation touches, `factor` the lower
    Cholesky factor of their precision; the others are as independent as before, with `variance`
    (p,).
    """

    mean: Floats
    touched: Codes
    factor: Floats
    variance: Floats

    def beliefs(self, design: csr_array, shape: tuple[int, int]) -> Beliefs:
        """Mean and sd of the fits that the rows of `design` stand for, reshaped."""
        return Beliefs((design @ self.mean).reshape(shape), lambda: self._sd(design).reshape(shape))

    def _sd(self, design: csr_array) -> Floats:
        alone = self.variance.copy()
        alone[self.touched] = 0.0
        variance: Floats = design.multiply(design) @ alone
        touched = csr_array(design[:, self.touched])
        for start in range(0, design.shape[0], 4096):
            rows = touched[start : start + 4096].toarray()
            half = solve_triangular(self.factor, rows.T, lower=True, check_finite=False)
            variance[start : start + 4096] += (half**2).sum(0)
        return np.sqrt(variance)


def posterior(prior: Prior, seen: Observations, leniency: float) -> Posterior:
    """The posterior of b; `leniency` is the variance between clients, in points²."""
    rest = seen.value - seen.design @ prior.mean
    touched = np.unique(seen.design.indices)
    design = csr_array(seen.design[:, touched])
    weight = 1.0 / seen.noise
    weighted = csr_array(design.multiply(weight[:, None]))
    precision = (design.T @ weighted).toarray()
    precision[np.diag_indices(touched.size)] += 1.0 / prior.variance[touched]
    right = weighted.T @ rest
    of_client = _of_client(seen.client)
    if of_client.shape[0]:
        sums = csr_array(of_client @ weighted)
        held = 1.0 / (1.0 / leniency + of_client @ weight)
        precision -= (sums.T @ csr_array(sums.multiply(held[:, None]))).toarray()
        right -= sums.T @ (held * (of_client @ (weight * rest)))
    factor = cho_factor(precision, lower=True, overwrite_a=True, check_finite=False)
    mean = prior.mean.copy()
    mean[touched] += cho_solve(factor, right, check_finite=False)
    return Posterior(mean, touched, factor[0], prior.variance)


def _of_client(client: Codes) -> csr_array:
    """(clients, m): 1 where an observation is the client's."""
    rows = np.flatnonzero(client >= 0)
    clients, code = np.unique(client[rows], return_inverse=True)
    return csr_array((np.ones(rows.size), (code, rows)), shape=(clients.size, client.size))


def pooled(
    group: Codes, value: Floats, noise: Floats, between: float
) -> tuple[Codes, Floats, Floats]:
    """Observations of one group each as one: first rows, values, noise variances.

    `between` is the variance that all observations of a group have in common.
    """
    _, first, code = np.unique(group, return_index=True, return_inverse=True)
    weight = np.bincount(code, 1.0 / noise)
    return first, np.bincount(code, value / noise) / weight, between + 1.0 / weight


def pair_design(shared: Floats, own: Floats, therapist: Codes, size: int) -> csr_array:
    """The design of m pairs: columns that hold for everybody, then each therapist's own.

    `shared` is (m, a), `own` (m, b), `therapist` (m,) out of `size`; the design (m, a + size · b).
    """
    rows, width = own.shape
    columns = therapist[:, None] * width + np.arange(width)
    starts = np.arange(rows + 1) * width
    theirs = csr_array((own.ravel(), columns.ravel(), starts), shape=(rows, size * width))
    theirs.eliminate_zeros()
    return csr_array(hstack([csr_array(shared), theirs]))
