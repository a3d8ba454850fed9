"""How sure the model is: posterior variances of what holds for everybody and for each therapist.

Exact given everything else: the therapist's block of the mixed-model equations, and that of the
content columns, each with the other effects counted as noise. What this leaves out is made good by
the calibration of the interval on ratings that the model did not see.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_array

from matching.learning.backbone import Design, Variances
from matching.learning.design import Codes
from matching.learning.features import KINDS, Floats
from matching.learning.terms import OF_THERAPIST, base_weights

STYLES = 4
# The first effects of a therapist's block: level, the style axes, culture. Needs follow.
FIRST = 1 + STYLES + 1


@dataclass(frozen=True, slots=True)
class Block:
    """What is known of one therapist: variances, points², and covariances with the level.

    `variance` and `with_level` have shape (FIRST + needs,), the needs being those that their
    clients had: columns of `Slopes.codes` in `needs`, with the number of clients of each in
    `clients`.
    """

    needs: Codes
    clients: Codes
    variance: Floats
    with_level: Floats


def therapist_blocks(design: Design, variances: Variances) -> dict[int, Block]:
    """The block of every therapist with observations of their own, by code."""
    seen = design.seen
    own = np.flatnonzero(seen.own)
    order = own[np.argsort(seen.therapist[own], kind="stable")]
    codes = seen.therapist[order]
    if not codes.size:
        return {}
    begins = np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]]).tolist()
    needs, style, culture = (
        part[order] for part in (design.own.needs, design.own.style, design.own.culture)
    )
    first = np.hstack([np.ones((len(order), 1)), style.toarray(), culture.toarray()])
    noise = (seen.noise + variances.of["pair"] + variances.of["client"])[order]
    return {
        int(codes[begin]): _block(
            first[begin:end], needs[begin:end], noise[begin:end], variances.of
        )
        for begin, end in pairwise([*begins, len(order)])
    }


def content_covariance(design: Design, variances: Variances) -> Floats:
    """The posterior covariance of the content columns' coefficients, points²."""
    other = variances.shares
    noise = design.seen.noise + variances.of["pair"] + variances.of["client"]
    noise += sum(other[name] for name in OF_THERAPIST)
    prior = prior_covariance(design.weights, variances)
    root = np.linalg.cholesky(prior + 1e-12 * np.eye(len(prior)))
    apart = design.content - design.content.mean(0)
    seen = root.T @ (apart.T @ (apart / noise[:, None])) @ root
    return np.asarray(root @ np.linalg.solve(np.eye(len(root)) + seen, root.T), np.float64)


def prior_covariance(weights: Mapping[str, float], variances: Variances) -> Floats:
    """The same before any rating."""
    own = np.concatenate([np.full(len(names), variances.of[kind]) for kind, names in KINDS])
    base = base_weights(weights)
    covariance: Floats = np.diag(own) + variances.of["base"] * np.outer(base, base)
    return covariance


def _block(first: Floats, needs: csr_array, noise: Floats, variances: Mapping[str, float]) -> Block:
    """The block of one therapist: `first` (m, FIRST), `needs` (m, codes) and `noise` (m,)."""
    had = needs.toarray()
    clients = (had > 0).sum(0)
    used = np.flatnonzero(clients)
    seen = np.hstack([first, had[:, used]])
    level, need, style, culture = (variances[name] for name in OF_THERAPIST)
    root = np.sqrt(np.r_[level, np.full(STYLES, style), culture, np.full(len(used), need)])
    scaled = seen * root
    inverse = np.linalg.inv(np.eye(len(root)) + scaled.T @ (scaled / noise[:, None]))
    covariance = inverse * np.outer(root, root)
    return Block(used, clients[used], np.diag(covariance).copy(), covariance[0].copy())
