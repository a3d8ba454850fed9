"""Windows differ by whole steps of five clients, whatever is asked for."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matching.insights.steps import in_fives, step_numbers, steps_within


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
