"""LightFM on what is left: it earns its weight on pairs that it did not see, or has none."""

from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array

from matching.learning.affinity import FOLDS, Residuals, fit_affinity
from matching.learning.model import Affinity

KINDS, THERAPISTS, PAIRS = 4, 12, 1200


def _pairs(seed: int, planted: float, noise: float = 1.0, *, told_apart: bool = True) -> Residuals:
    """Clients of four kinds; those of one kind get on better with therapists of their own."""
    draw = np.random.default_rng(seed)
    kind, rated = draw.integers(0, KINDS, PAIRS), draw.integers(0, THERAPISTS, PAIRS)
    own = np.arange(THERAPISTS) % KINDS
    left = planted * ((own[rated] == kind) - 1 / KINDS) + noise * draw.standard_normal(PAIRS)
    return Residuals(
        left=left,
        apart=np.tile(left, (FOLDS, 1)),
        weight=np.full(PAIRS, 1.0),
        fold=draw.permutation(PAIRS) % FOLDS,
        asked=csr_array(np.eye(KINDS)[kind]),
        therapist=rated if told_apart else THERAPISTS + np.arange(PAIRS),
        rated=rated,
        profiles=csr_array(np.eye(KINDS)[own]),
        therapists=THERAPISTS,
    )


def _fitted(pairs: Residuals, seed: int = 0) -> Affinity | None:
    codes = [f"kind {number}" for number in range(KINDS)]
    return fit_affinity(pairs, codes, codes, seed)


def test_noise_earns_nothing_or_by_chance_next_to_nothing() -> None:
    noise = [_pairs(seed, planted=0.0) for seed in range(10)]
    earned = [(_fitted(pairs), pairs) for pairs in noise]
    said = [_said(affinity, pairs).std() for affinity, pairs in earned if affinity]
    # A few in a hundred stand out by chance; what is left has a standard deviation of 1 point.
    assert len(said) <= 2
    assert max(said, default=0.0) < 0.15


@pytest.mark.parametrize("told_apart", [True, False])
def test_structure_that_holds_for_others_earns_its_weight(told_apart: bool) -> None:
    pairs = _pairs(1, planted=2.0, told_apart=told_apart)
    affinity = _fitted(pairs)
    assert affinity is not None
    assert affinity.weight > 0
    clients = affinity.client @ affinity.profile.T
    # Each kind is liked best by its own.
    assert clients.argmax(1).tolist() == list(range(KINDS))
    said = _said(affinity, pairs)
    assert np.corrcoef(said, pairs.left)[0, 1] > 0.4
    # What it adds is in points: as large as what was left, not a multiple of it.
    assert 0.5 < said.std() / (2.0 * np.sqrt(3) / KINDS) < 1.5


def _said(affinity: Affinity, pairs: Residuals) -> Any:
    profiles = pairs.profiles.toarray()
    vectors, bias = profiles @ affinity.profile, profiles @ affinity.profile_bias
    if (pairs.therapist < pairs.therapists).all():
        vectors, bias = vectors + affinity.therapist, bias + affinity.therapist_bias
    clients = pairs.asked @ affinity.client
    return affinity.weight * ((clients * vectors[pairs.rated]).sum(1) + bias[pairs.rated])


def test_the_same_seed_is_the_same_fit() -> None:
    pairs = _pairs(1, planted=2.0)
    one, again, other = _fitted(pairs), _fitted(pairs), _fitted(pairs, seed=1)
    assert one is not None
    assert again is not None
    assert other is not None
    assert np.array_equal(one.client, again.client)
    assert one.weight == again.weight
    assert not np.array_equal(one.client, other.client)


def test_where_nothing_was_asked_and_nothing_told_there_is_nothing_to_learn() -> None:
    pairs = _pairs(1, planted=2.0, told_apart=False)
    silent = Residuals(
        left=pairs.left,
        apart=pairs.apart,
        weight=pairs.weight,
        fold=pairs.fold,
        asked=csr_array((PAIRS, KINDS)),
        therapist=pairs.therapist,
        rated=pairs.rated,
        profiles=csr_array((THERAPISTS, 0)),
        therapists=THERAPISTS,
    )
    assert fit_affinity(silent, ["kind"] * KINDS, [], 0) is None


def test_pairs_that_say_nothing_do_not_stop_those_that_do() -> None:
    """A client who asked nothing with a therapist of a blank profile, among many others."""
    pairs = _pairs(1, planted=2.0, told_apart=False)
    asked, profiles = pairs.asked.toarray(), pairs.profiles.toarray()
    asked[::7], profiles[0] = 0, 0
    some = Residuals(
        left=pairs.left,
        apart=pairs.apart,
        weight=pairs.weight,
        fold=pairs.fold,
        asked=csr_array(asked),
        therapist=pairs.therapist,
        rated=pairs.rated,
        profiles=csr_array(profiles),
        therapists=THERAPISTS,
    )
    affinity = _fitted(some)
    assert affinity is not None
    assert np.isfinite(affinity.client).all()
