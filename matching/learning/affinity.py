"""LightFM on what the mixed model leaves unexplained: the only file that knows it.

It is fitted to which residuals are above 0, each weighing as much as it is large, and earns its
weight on pairs that it did not see: the slope of their residuals on what it says of them, less what
chance alone would give. Where that is nothing it is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from lightfm import LightFM
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_array, csr_matrix, hstack

from matching.learning.features import Floats
from matching.learning.model import Affinity

COMPONENTS = 8
EPOCHS = 20
FOLDS = 3

# LightFM looks at each pair in each epoch; more pairs than these change its weight by little.
MOST_PAIRS = 100_000

# A slope must stand out from chance by this many standard errors to earn anything.
_STANDS_OUT = 2.0

Codes = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Residuals:
    """m pairs: what is left of each (points), its weight, and its client's and therapist's codes.

    `left` (m,) is what to explain; `apart` (FOLDS, m), row by row, what may be learned from where
    the fold of that number is to be foretold.
    `asked` (m, client codes) and `profiles` (therapists, profile codes) are sparse; `therapist`
    holds codes below `therapists` for those who may be told apart, others from there on.
    """

    left: Floats
    apart: Floats
    weight: Floats
    fold: Codes
    asked: csr_array
    therapist: Codes
    rated: Codes
    profiles: csr_array
    therapists: int

    def __len__(self) -> int:
        return len(self.left)


@dataclass(frozen=True, slots=True)
class _Fitted:
    client: Floats
    item: Floats
    item_bias: Floats

    def of(self, pairs: Residuals, at: Codes) -> Floats:
        """What it says of some pairs."""
        items = _items(pairs)
        clients = pairs.asked[at] @ self.client
        vectors = items[at] @ self.item
        return np.asarray((clients * vectors).sum(1) + items[at] @ self.item_bias)


def fit_affinity(
    pairs: Residuals, client_codes: Sequence[str], profile_codes: Sequence[str], seed: int
) -> Affinity | None:
    """The affinity, or None where it earns no weight."""
    weight = _earned(pairs, seed)
    if weight <= 0:
        return None
    fitted = _fit(pairs, np.arange(len(pairs)), seed)
    identities = pairs.therapists
    return Affinity(
        client_codes=tuple(client_codes),
        client=fitted.client,
        profile_codes=tuple(profile_codes),
        profile=fitted.item[identities:],
        profile_bias=fitted.item_bias[identities:],
        therapist=fitted.item[:identities],
        therapist_bias=fitted.item_bias[:identities],
        weight=weight,
    )


def _earned(pairs: Residuals, seed: int) -> float:
    """The weight by which what it says of unseen pairs explains them best, 0 if by chance."""
    said = np.zeros(len(pairs))
    for fold in range(FOLDS):
        unseen = np.flatnonzero(pairs.fold == fold)
        others = replace(pairs, left=pairs.apart[fold])
        said[unseen] = _fit(others, np.flatnonzero(pairs.fold != fold), seed).of(pairs, unseen)
    square = float((pairs.weight * said**2).sum())
    if square <= 0:
        return 0.0
    slope = float((pairs.weight * said * pairs.left).sum()) / square
    rest = pairs.left - slope * said
    error = float(np.sqrt(((pairs.weight * said * rest) ** 2).sum())) / square
    if slope <= _STANDS_OUT * error:
        return 0.0
    return slope * (1 - (error / slope) ** 2)


def _fit(pairs: Residuals, at: Codes, seed: int) -> _Fitted:
    items = _items(pairs)
    # Of a pair with neither wishes nor a profile there is nothing to learn, and LightFM divides by
    # how much there is.
    at = at[np.diff(pairs.asked.indptr)[at] + np.diff(items.indptr)[at] > 0]
    at = at[np.sort(np.random.default_rng(seed).permutation(len(at))[:MOST_PAIRS])]
    if not at.size:
        empty = np.zeros((items.shape[1], COMPONENTS))
        return _Fitted(np.zeros((pairs.asked.shape[1], COMPONENTS)), empty, empty[:, 0])
    rows = np.arange(len(at))
    liked = np.where(pairs.left[at] > 0, 1, -1).astype(np.float32)
    size = np.abs(pairs.left[at]) * np.sqrt(pairs.weight[at])
    size = (size / max(float(size.mean()), 1e-9)).astype(np.float32)
    model = LightFM(no_components=COMPONENTS, loss="logistic", random_state=seed)
    shape = (len(at), len(at))
    model.fit(
        coo_matrix((liked, (rows, rows)), shape=shape),
        user_features=_narrow(pairs.asked[at]),
        item_features=_narrow(items[at]),
        sample_weight=coo_matrix((size, (rows, rows)), shape=shape),
        epochs=EPOCHS,
        num_threads=1,
    )
    return _Fitted(
        model.user_embeddings.astype(np.float64),
        model.item_embeddings.astype(np.float64),
        model.item_biases.astype(np.float64),
    )


def _items(pairs: Residuals) -> csr_array:
    """Therapists of pairs: who they are, where they may be told apart, and what they offer."""
    known = pairs.therapist < pairs.therapists
    starts = np.concatenate([[0], np.cumsum(known)])
    own = csr_array(
        (np.ones(int(known.sum())), pairs.therapist[known], starts),
        shape=(len(pairs), pairs.therapists),
    )
    return csr_array(hstack([own, pairs.profiles[pairs.rated]]))


def _narrow(matrix: csr_array) -> csr_matrix:
    """As LightFM's compiled code takes it."""
    found = csr_matrix(matrix, dtype=np.float32)
    found.indices, found.indptr = found.indices.astype(np.int32), found.indptr.astype(np.int32)
    return found
