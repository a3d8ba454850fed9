"""The order of the list: urgency counts for something, and time for more."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from api.db.tables.pairings import URGENCIES
from api.waits.order import HEAD_START, turn

TIMES = st.integers(0, 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
AN_URGENCY = st.sampled_from(URGENCIES)


@given(TIMES, AN_URGENCY, AN_URGENCY)
def test_who_has_waited_four_weeks_is_passed_by_nobody_new(
    since: datetime, urgency: str, of_the_new: str
) -> None:
    later = since + timedelta(days=28, microseconds=1)
    assert turn(since, urgency) < turn(later, of_the_new)


@given(TIMES)
def test_of_those_who_come_at_once_the_most_urgent_is_first(since: datetime) -> None:
    assert turn(since, "urgent") < turn(since, "soon") < turn(since, "routine") == since


@given(TIMES, TIMES, AN_URGENCY)
def test_of_equal_urgency_the_oldest_is_first(one: datetime, other: datetime, what: str) -> None:
    assert (turn(one, what) < turn(other, what)) == (one < other)


def test_every_urgency_has_its_head_start() -> None:
    assert set(HEAD_START) == set(URGENCIES)
