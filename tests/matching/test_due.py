"""Which items are due: four after any session, all of them now and then."""

from hypothesis import given
from hypothesis import strategies as st

from matching.due import CORE, due_items
from matching.learning.ratings import ITEMS

REMOTE = {"connection_quality", "privacy"}


def test_all_items_are_due_at_the_third_the_eighth_and_every_sixth_after() -> None:
    full = [number for number in range(1, 40) if len(due_items(number, remote=True)) > len(CORE)]
    assert full == [3, 8, 14, 20, 26, 32, 38]


def test_what_is_asked_in_full() -> None:
    assert set(due_items(8, remote=True)) == set(ITEMS)
    assert set(due_items(8, remote=False)) == set(ITEMS) - REMOTE
    assert set(due_items(3, remote=True)) == set(ITEMS) - {"carry_over"}


def test_after_other_sessions_the_core_four_are_due() -> None:
    for number in (1, 2, 4, 7, 9, 13):
        assert due_items(number, remote=True) == ("trust", "safe", "heard", "goals")


@given(number=st.integers(1, 1000), remote=st.booleans())
def test_every_session_asks_the_core_and_only_what_can_be_judged(number: int, remote: bool) -> None:
    due = due_items(number, remote=remote)
    assert set(CORE) <= set(due) <= set(ITEMS)
    assert len(set(due)) == len(due)
    assert number >= 3 or "progress" not in due
    assert number >= 6 or "carry_over" not in due
    assert remote or not REMOTE & set(due)
