"""Every method by its name in the tables."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from bench.dataset import Codes, Dataset, Floats, Method, Scorer
from bench.methods.boosting import boosted_trees
from bench.methods.factors import ease, implicit_als, implicit_bpr, svd
from bench.methods.hybrid import content_and_lightfm, lightfm_logistic, lightfm_warp
from bench.methods.means import shrunken_mean
from bench.methods.problem import Peer, ranked_by
from bench.methods.product import content, rapport
from bench.methods.ridge import mixed_ridge
from matching.intake import Intake
from matching.learning.told import NEVER, first_told


def bayes(dataset: Dataset) -> Scorer:
    """The reference: the posterior mean of one who knows the structure of the world."""
    return _believed(dataset, None)


def bayes_in_steps(dataset: Dataset) -> Scorer:
    """The same of one who looks only at therapists whom five clients have rated."""
    past = dataset.ratings
    return _believed(dataset, told_at_once(past.therapist, past.client))


def told_at_once(therapist: NDArray[np.integer], client: NDArray[np.integer]) -> Codes:
    """The places of the ratings that a first training may tell of their therapists."""
    return np.flatnonzero(first_told(therapist, client, np.zeros_like(client)) < NEVER)


def _believed(dataset: Dataset, kept: Codes | None) -> Scorer:
    def score(unseen: Sequence[Intake]) -> Floats:
        if unseen != dataset.unseen:
            raise ValueError("the reference knows the dataset's own unseen clients only")
        return dataset.reference(kept).mean

    return score


def content_lightfm(dataset: Dataset) -> Scorer:
    """Content with LightFM added to it, content alone before the first rating."""
    return ranked_by(content_and_lightfm)(dataset) if len(dataset.ratings) else content(dataset)


PEERS: Mapping[str, Peer] = MappingProxyType(
    {
        "mean": shrunken_mean,
        "ridge": mixed_ridge,
        "lightfm": lightfm_logistic,
        "lightfm_warp": lightfm_warp,
        "boosting": boosted_trees,
        "als": implicit_als,
        "bpr": implicit_bpr,
        "ease": ease,
        "svd": svd,
    }
)

METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "rapport": rapport,
        "bayes": bayes,
        "bayes_in_steps": bayes_in_steps,
        "content": content,
        "content_lightfm": content_lightfm,
        **{name: ranked_by(peer) for name, peer in PEERS.items()},
    }
)
