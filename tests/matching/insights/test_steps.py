"""Windows differ by whole steps of five clients, whatever is asked for."""

from datetime import UTC, datetime

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matching.insights.steps import (
    in_fives,
    latest_of_quarters,
    latest_steps,
    numbers_by_quarter,
    quarter_after,
    quarter_of,
    step_numbers,
    steps_within,
)


def test_a_step_is_over_with_its_fifth_client() -> None:
    clients = [1, 1, 2, 3, 4, 4, 5, 5, 6]
    assert step_numbers(clients).tolist() == [0, 0, 0, 0, 0, 0, 0, -1, -1]
    assert step_numbers([*range(10), 10]).tolist() == [0] * 5 + [1] * 5 + [-1]
    assert step_numbers([]).size == 0


def test_a_step_that_is_not_wholly_asked_for_is_left_out() -> None:
    numbers = step_numbers(range(15))
    asked = np.arange(15) >= 1
    assert np.flatnonzero(steps_within(numbers, asked)).tolist() == list(range(5, 15))


@given(
    st.lists(st.integers(0, 12), max_size=80),
    st.tuples(st.integers(0, 80), st.integers(0, 80)),
    st.tuples(st.integers(0, 80), st.integers(0, 80)),
)
def test_two_windows_differ_by_nobody_or_by_five(
    clients: list[int], one: tuple[int, int], other: tuple[int, int]
) -> None:
    numbers, place = step_numbers(clients), np.arange(len(clients))
    of_one, of_other = (
        steps_within(numbers, (place >= begin) & (place < end)) for begin, end in (one, other)
    )
    for more, less in ((of_one, of_other), (of_other, of_one)):
        only = {clients[at] for at in np.flatnonzero(more & ~less)}
        assert not only or len(only) >= 5


def test_counts_are_published_in_fives() -> None:
    assert [in_fives(count) for count in (0, 4, 5, 9, 10, 14.0)] == [None, None, 5, 5, 10, 10]


def _on(*days: tuple[int, int]) -> list[datetime]:
    return [datetime(2026, month, day, tzinfo=UTC) for month, day in days]


def test_steps_are_counted_anew_from_each_quarter() -> None:
    times = _on(*[(3, day) for day in range(1, 8)], *[(4, day) for day in range(1, 7)])
    assert numbers_by_quarter(times, range(13)).tolist() == [0] * 5 + [-1] * 2 + [1] * 5 + [-1]
    assert numbers_by_quarter([], []).size == 0


def test_the_latest_of_each_quarter_stands_for_its_client() -> None:
    times = _on((1, 1), (2, 1), (3, 31), (4, 1), (4, 2))
    assert latest_of_quarters(times, ["a", "b", "a", "a", "c"]).tolist() == [1, 2, 3, 4]
    assert latest_of_quarters([], []).size == 0


def test_the_latest_steps_are_taken_whole() -> None:
    numbers = np.array([0] * 6 + [1] * 5 + [-1] + [2] * 5 + [-1] * 3)
    for most, first in ((4, 20), (5, 12), (9, 12), (10, 6), (15, 6), (16, 0), (100, 0)):
        taken = np.flatnonzero(latest_steps(numbers, most) & (numbers >= 0))
        assert taken.tolist() == [at for at in range(first, 17) if numbers[at] >= 0]


def test_a_quarter_begins_and_ends() -> None:
    (new_year, spring, late) = _on((1, 1), (4, 1), (12, 31))
    assert (quarter_of(new_year), quarter_after(new_year)) == (new_year, spring)
    assert quarter_of(late) == datetime(2026, 10, 1, tzinfo=UTC)
    assert quarter_after(late) == datetime(2027, 1, 1, tzinfo=UTC)
    end = datetime.max.replace(tzinfo=UTC)
    assert quarter_after(end) == end
