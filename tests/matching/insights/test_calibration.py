"""Whether expected fit is what follows, on pairs of which it is known; and evenness."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.insights.calibration import LEAST_CLIENTS, Calibration, calibration
from matching.insights.evenness import gini


def pairs(size: int, *, slope: float = 1.0, above: float = 0.0, seed: int = 1) -> Calibration:
    """Pairs whose fit is known up to noise, with the interval that the noise calls for."""
    draw = np.random.default_rng(seed)
    expected = draw.uniform(6, 9, size)
    truth = 7.5 + slope * (expected - 7.5) + above
    half = 1.2815515655446004 * 0.5
    found = truth + 0.5 * draw.standard_normal(size)
    return calibration(expected, expected - half, expected + half, found)


def test_a_model_that_is_right() -> None:
    found = pairs(2000)
    for figure, truth in ((found.difference, 0.0), (found.slope, 1.0), (found.coverage, 0.8)):
        assert figure.low is not None
        assert figure.high is not None
        assert figure.low < truth < figure.high
        assert figure.high - figure.low < 0.1
    for part in found.bins:
        assert part.low <= part.expected <= part.high
        assert part.found.value == pytest.approx(part.expected, abs=0.15)


def test_a_model_that_expects_too_little_and_too_much_difference() -> None:
    found = pairs(2000, slope=0.4, above=0.7)
    assert found.difference.value == pytest.approx(0.7, abs=0.05)
    assert found.slope.value == pytest.approx(0.4, abs=0.05)
    assert found.coverage.high is not None
    assert found.coverage.high < 0.8


def test_too_few_pairs_say_nothing() -> None:
    found = pairs(LEAST_CLIENTS - 1)
    assert found.bins == ()
    assert found.difference.value is found.slope.value is found.coverage.value is None
    assert pairs(LEAST_CLIENTS).difference.value is not None


def test_the_same_expected_of_all_has_no_slope() -> None:
    same = np.full(40, 7.0)
    found = calibration(same, same - 1, same + 1, np.linspace(5, 9, 40))
    assert found.slope.value is None
    assert found.coverage.value == pytest.approx(0.5)


@given(st.integers(LEAST_CLIENTS, 400))
def test_bins_hold_everybody_and_fives(size: int) -> None:
    found = pairs(size)
    assert sum(part.pairs for part in found.bins) == size
    assert all(part.pairs >= 10 for part in found.bins)
    assert all(part.pairs % 5 == 0 for part in found.bins[:-1])


@given(st.lists(st.floats(0, 100), min_size=1, max_size=20))
def test_gini_is_half_of_the_mean_difference(values: list[float]) -> None:
    amounts = np.array(values)
    if not amounts.sum() > 1e-6:
        return
    apart = np.abs(amounts[:, None] - amounts).mean() / (2 * amounts.mean())
    assert gini(amounts) == pytest.approx(apart)


def test_gini_of_the_same_for_all_and_of_nothing() -> None:
    assert gini(np.ones(7)) == pytest.approx(0)
    assert gini(np.array([0.0, 0, 0, 1])) == pytest.approx(0.75)
    assert gini(np.zeros(3)) is None
