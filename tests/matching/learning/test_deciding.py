"""Weights from effects: in the present total, never negative, and the best by what is known."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.learning.deciding import Deciding
from matching.learning.features import CONTENT, CONTENT_DIMENSIONS
from matching.learning.suggested import MOVES


def _random_deciding(seed: int, size: int) -> tuple[Deciding, np.ndarray]:
    draw = np.random.default_rng(seed)
    root = draw.standard_normal((len(CONTENT), len(CONTENT)))
    moments = root @ root.T / len(CONTENT) + 0.1 * np.eye(len(CONTENT))
    present = draw.uniform(0.01, 5, len(CONTENT_DIMENSIONS))
    places = np.sort(draw.permutation(len(CONTENT_DIMENSIONS))[:size])
    return Deciding.of(moments, places, present), draw.standard_normal(len(CONTENT))


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32), size=st.integers(2, 8), factor=st.floats(0.01, 100))
def test_weights_are_in_the_present_total_and_never_rank_worse_by_what_is_known(
    seed: int, size: int, factor: float
) -> None:
    deciding, content = _random_deciding(seed, size)
    weights = deciding.weights(content, MOVES)
    assert (weights >= (1 - MOVES) * deciding.present * 0.999).all()
    assert weights.sum() == pytest.approx(deciding.present.sum())
    assert np.allclose(deciding.weights(factor * content, MOVES), weights)
    # Of all weights that are not negative none would gain more by these effects.
    best = deciding.better_by(deciding.weights(content, 1.0)) @ content
    assert best >= -1e-9
    others = np.random.default_rng(seed).uniform(0, 1, (20, size))
    if (deciding.cross @ content > 0).any():
        assert all(deciding.better_by(other) @ content <= best + 1e-9 for other in others)


def test_effects_in_the_proportion_of_the_present_weights_change_nothing() -> None:
    deciding, _ = _random_deciding(4, 5)
    content = np.zeros(len(CONTENT))
    content[deciding.places] = 3 * deciding.present
    only = replace(deciding, cross=np.zeros_like(deciding.cross))
    only.cross[:, deciding.places] = deciding.gram
    assert np.allclose(only.weights(content, MOVES), deciding.present)
    # Nor do effects with which no score rises.
    content[deciding.places] = -np.linalg.solve(deciding.gram, np.ones(5))
    assert np.array_equal(only.weights(content, MOVES), deciding.present)
