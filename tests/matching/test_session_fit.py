"""Sessions as fits: those with four items and with thirteen compare."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from matching.learning.ratings import ITEMS
from matching.session_fit import USUAL, line_of, own_noise, session_fits
from matching.weighting import Weighting

WEIGHTS = Weighting().fit_weights
COUNTING = [ITEMS.index(item) for item in WEIGHTS]


def _items(*rows: dict[str, float]) -> NDArray[np.float32]:
    return np.array([[row.get(item, np.nan) for item in ITEMS] for row in rows], np.float32)


@given(fit=st.floats(2, 8), asked=st.sets(st.sampled_from(COUNTING), min_size=1))
def test_the_fit_does_not_depend_on_which_items_were_asked(fit: float, asked: set[int]) -> None:
    items = np.full((2, len(ITEMS)), np.nan, np.float32)
    items[0, COUNTING] = fit + USUAL.levels[COUNTING]
    items[1, list(asked)] = fit + USUAL.levels[list(asked)]
    found = session_fits(items, np.array([8, 8]), False, WEIGHTS)
    assert found.value == pytest.approx([fit, fit], abs=1e-5)
    assert found.noise[0] <= found.noise[1]


def test_a_clinics_own_levels_take_the_place_of_the_usual_ones() -> None:
    levels = np.zeros(len(ITEMS))
    levels[ITEMS.index("trust")] = 1.0
    items = _items({"trust": 8.0})
    assert session_fits(items, np.array([1]), False, WEIGHTS, levels).value == pytest.approx([7])
    assert session_fits(items, np.array([1]), False, WEIGHTS).value == pytest.approx([8])


def test_respect_counts_double_where_culture_was_asked_for() -> None:
    items = _items({"non_judgement": 7.7, "cultural_respect": 3.9})
    plain, asked = (
        session_fits(items, np.array([3]), culture, WEIGHTS).value[0] for culture in (False, True)
    )
    assert plain == pytest.approx((7 + 3) / 2, abs=1e-5)
    assert asked == pytest.approx((7 + 2 * 3) / 3, abs=1e-5)


def test_what_says_nothing_of_fit_is_not_a_fit() -> None:
    found = session_fits(_items({"privacy": 9.0}, {"trust": 7.0}), np.array([1, 2]), False, WEIGHTS)
    assert np.isnan(found.value).tolist() == [True, False]


def test_the_line_is_the_lower_of_line_and_privacy() -> None:
    items = _items(
        {"connection_quality": 8, "privacy": 3}, {"connection_quality": 5}, {"privacy": 6}, {}
    )
    assert line_of(items)[:3].tolist() == [3, 5, 6]
    assert np.isnan(line_of(items)[3])
    assert line_of(items[:0]).shape == (0,)


def test_own_noise_is_held_towards_the_usual_and_never_to_nothing() -> None:
    assert own_noise(np.array(10.0), 10) == pytest.approx(1.0)
    assert 1.0 < own_noise(np.array(9.0), 3) < 3.0
    assert own_noise(np.array(0.0), 10_000) == pytest.approx(0.25)
