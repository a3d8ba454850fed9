"""Trends: a slope is told where it is beyond its own doubt."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.learning.series import Growth
from matching.trend import Direction, Trend, trend

FITS = st.lists(st.integers(0, 100).map(lambda tenths: tenths / 10), min_size=3, max_size=20)
FLAT = Growth(points=0.3, first=0.8, later=0.8)
MIRRORED: dict[Direction, Direction] = {
    "rising": "falling", "falling": "rising", "steady": "steady", "not_enough": "not_enough",
}  # fmt: skip


def _trend(values: list[float], noise: float = 0.15, growth: Growth = FLAT) -> Trend:
    sessions = np.arange(1, len(values) + 1)
    return trend(sessions, np.array(values), np.full(len(values), noise), growth=growth)


@pytest.mark.parametrize(
    ("values", "direction"),
    [
        ([9, 8, 6.5, 5, 3.5], "falling"),
        ([4, 5, 5.5, 7, 8], "rising"),
        ([7, 7, 7, 7, 7], "steady"),
        ([7, 8, 6.5, 7.5, 7], "steady"),
        ([7, 8], "not_enough"),
        ([], "not_enough"),
    ],
)
def test_where_a_series_is_going(values: list[float], direction: Direction) -> None:
    assert _trend(values).direction == direction


@given(values=FITS)
def test_the_slope_is_that_of_least_squares(values: list[float]) -> None:
    expected = np.polyfit(np.arange(1, len(values) + 1), values, 1)[0]
    assert _trend(values).per_session == pytest.approx(expected, abs=1e-9)


@given(values=FITS, shift=st.floats(-5, 5))
def test_a_mirrored_series_goes_the_other_way_at_any_level(
    values: list[float], shift: float
) -> None:
    found, mirrored = _trend(values), _trend([shift - value for value in values])
    assert mirrored.direction == MIRRORED[found.direction]


def test_the_same_slope_says_less_where_few_items_were_answered() -> None:
    assert _trend([6, 6.5, 7, 7.5, 8], noise=0.1).direction == "rising"
    assert _trend([6, 6.5, 7, 7.5, 8], noise=4.0).direction == "steady"


def test_a_first_session_says_less_than_later_ones() -> None:
    values = [4.0, 7, 7, 7, 7]
    slopes = [
        _trend(values, growth=Growth(points=0.3, first=first, later=0.8)).per_session
        for first in (0.8, 4.0)
    ]
    assert slopes[0] is not None
    assert slopes[1] is not None
    assert 0 < slopes[1] < slopes[0]


def test_several_answers_on_one_session_are_one_place() -> None:
    sessions, values = np.array([1, 1, 2]), np.array([9.0, 5.0, 3.0])
    assert trend(sessions, values, np.full(3, 0.1)) == Trend("not_enough", None)


def test_sessions_without_an_answer_that_counts_are_left_out() -> None:
    values = np.array([4.0, np.nan, 6.0, 8.0])
    found = trend(np.array([1, 2, 3, 5]), values, np.full(4, 0.1), growth=FLAT)
    assert found.per_session == pytest.approx(1.0)
