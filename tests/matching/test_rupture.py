"""A fall that stands out from a client's own level and noise, and when it is over."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from matching.learning.series import Growth
from matching.rupture import LEAST, MOST, Rupture, watch
from matching.session_fit import USUAL

NONE = Rupture(suspected=False, since_session=None)
FITS = st.lists(st.integers(0, 100).map(lambda tenths: tenths / 10), min_size=1, max_size=25)


def _watch(
    values: Sequence[float],
    line: Sequence[float] | None = None,
    noise: float = 0.15,
    growth: Growth = USUAL.growth,
) -> Rupture:
    return watch(
        np.arange(1, len(values) + 1),
        np.array(values, np.float64),
        np.full(len(values), noise),
        line=None if line is None else np.array(line, np.float64),
        growth=growth,
    )


@pytest.mark.parametrize(
    "values",
    [
        [9, 8, 6.5, 5, 3.5],
        [9, 8, 7, 6, 5],
        [8, 7, 6, 5, 4],
        [9, 8, 8, 6, 5],
        [9, 8.5, 7, 5.5, 4],
        [10, 9, 7, 6, 4],
        [6, 5, 4, 3, 2],
    ],
)
def test_five_falling_ratings_are_suspected(values: list[float]) -> None:
    found = _watch(values)
    assert found.suspected
    assert found.since_session in {2, 3, 4}


@given(values=FITS.filter(lambda values: len(values) < LEAST))
@example(values=[10, 0])
def test_two_ratings_are_no_level_of_ones_own(values: list[float]) -> None:
    assert _watch(values) == NONE


def test_from_the_third_rating_on_a_deep_fall_is_noticed() -> None:
    assert _watch([9, 9, 4]) == Rupture(suspected=True, since_session=3)
    assert _watch([9, 9, 8]) == NONE


@given(fit=st.floats(0, 10), count=st.integers(1, 150), points=st.floats(0, 3))
@example(fit=1.0, count=150, points=3.0)
def test_who_always_gives_the_same_answer_never_falls(
    fit: float, count: int, points: float
) -> None:
    growth = Growth(points=points, first=1.04, later=0.8)
    assert _watch([fit] * count, growth=growth) == NONE


@given(values=FITS, shift=st.floats(-5, 5))
def test_a_client_is_compared_with_nobody_else(values: list[float], shift: float) -> None:
    shifted = _watch([value + shift for value in values])
    assert shifted.suspected == _watch(values).suspected


@given(values=FITS, seed=st.integers(0, 99))
def test_the_order_in_which_ratings_are_given_does_not_matter(
    values: list[float], seed: int
) -> None:
    order = np.random.default_rng(seed).permutation(len(values))
    fits, noise = np.array(values), np.linspace(0.1, 0.4, len(values))
    session = np.arange(1, len(values) + 1)
    shuffled = watch(session[order], fits[order], noise[order], line=fits[order])
    assert shuffled == watch(session, fits, noise, line=fits)


@given(values=FITS)
def test_a_fall_has_a_beginning_after_the_first_session(values: list[float]) -> None:
    found = _watch(values)
    assert found.suspected == (found.since_session is not None)
    assert found.since_session is None or 1 < found.since_session <= len(values)


@given(values=FITS)
@example(values=[9, 9, 9, 2, 2, 2, 2])
def test_a_fall_is_over_when_a_session_is_back_at_the_level_before(values: list[float]) -> None:
    assert _watch([*values, max(values)]) == NONE


def test_one_bad_day_is_over_soon() -> None:
    until = [8, 8, 8.5, 8, 8, 3]
    assert _watch(until) == Rupture(suspected=True, since_session=6)
    # Two ordinary sessions later, also where they are a little below the level before.
    assert _watch([*until, 7.5, 7.5]) == NONE


def test_a_lasting_fall_stays_suspected_since_the_session_where_it_began() -> None:
    for lasting in range(2, 9):
        assert _watch([8] * 5 + [4.5] * lasting).since_session == 6


def test_the_same_fall_says_less_of_somebody_whose_answers_vary() -> None:
    assert _watch([8, 8, 8, 8, 8, 5, 5]).suspected
    assert not _watch([9.5, 6, 10, 5.5, 9, 5, 5]).suspected


def test_one_point_less_after_years_of_one_answer_is_no_fall() -> None:
    assert _watch([8] * 30 + [7]) == NONE
    assert _watch([8] * 30 + [6]).suspected


def test_the_same_fall_says_less_where_few_items_were_answered() -> None:
    assert _watch([8, 8, 8, 8, 4.5], noise=0.05).suspected
    assert not _watch([8, 8, 8, 8, 4.5], noise=2.0).suspected


def test_sessions_without_an_answer_that_counts_are_left_out() -> None:
    nothing = float("nan")
    values = np.array([9, nothing, 9, 4, nothing])
    found = watch(np.array([1, 2, 3, 5, 6]), values, np.where(np.isnan(values), np.nan, 0.1))
    assert found == Rupture(suspected=True, since_session=5)


def test_of_very_long_series_the_latest_ratings_are_looked_at() -> None:
    assert _watch([9] * 5_000 + [4] * (MOST - 3)).since_session == 5_001
    assert _watch([9] * 5_000 + [4] * MOST) == NONE


FELL = [8, 8, 8, 8, 4]


def test_a_bad_line_is_said_to_be_the_line() -> None:
    assert _watch(FELL, line=[9, 9, 8, 9, 3]) == Rupture(False, None, "connection")


def test_also_where_the_line_was_not_asked_before() -> None:
    silent = [float("nan")] * 4
    assert _watch(FELL, line=[*silent, 3]).cause == "connection"


def test_a_line_that_held_explains_nothing() -> None:
    for line in ([9, 9, 8, 9, 8], [float("nan")] * 5, None):
        assert _watch(FELL, line=line) == Rupture(suspected=True, since_session=5)


def test_a_line_that_was_always_bad_explains_nothing() -> None:
    assert _watch(FELL, line=[3, 3, 3, 3, 3]).suspected


def test_a_fall_too_deep_for_a_bad_line_is_suspected_all_the_same() -> None:
    worse = [9, 9, 9, 9, 1, 1, 1]
    assert _watch(worse, line=[9, 9, 9, 9, 4, 4, 4]) == Rupture(suspected=True, since_session=5)


def test_a_bad_line_without_a_fall_is_nothing() -> None:
    assert _watch([8, 8, 8, 8, 8], line=[9, 9, 9, 9, 2]) == NONE
