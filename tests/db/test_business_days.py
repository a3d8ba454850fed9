"""Deadlines in business days: Monday to Friday, in UTC."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.store.business_days import after_business_days

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
MOMENTS = st.integers(0, 20 * 365 * 24 * 60).map(
    lambda minutes: MONDAY + timedelta(minutes=minutes)
)


@pytest.mark.parametrize(
    ("day", "hour", "days", "due_day", "due_hour"),
    [
        (0, 10, 1, 1, 10),
        (0, 10, 2, 2, 10),
        (3, 10, 2, 7, 10),
        (4, 10, 1, 7, 10),
        (4, 10, 5, 11, 10),
        # What begins at a weekend begins with Monday.
        (5, 10, 2, 9, 0),
        (6, 23, 2, 9, 0),
    ],
)
def test_weekends_do_not_count(day: int, hour: int, days: int, due_day: int, due_hour: int) -> None:
    due = after_business_days(MONDAY + timedelta(days=day, hours=hour), days)
    assert due == MONDAY + timedelta(days=due_day, hours=due_hour)


@given(MOMENTS, st.integers(1, 60))
def test_a_deadline_leaves_that_many_business_days(moment: datetime, days: int) -> None:
    due = after_business_days(moment, days)
    assert due.weekday() < 5
    minutes = sum(
        24 * 60
        for number in range((due.date() - moment.date()).days)
        if (moment + timedelta(days=number)).weekday() < 5
    )
    # Whole days from the first to the last, less what of the first had passed, more of the last.
    minutes += due.hour * 60 + due.minute
    if moment.weekday() < 5:
        minutes -= moment.hour * 60 + moment.minute
    assert minutes == days * 24 * 60


@given(MOMENTS, MOMENTS, st.integers(1, 60))
def test_who_is_asked_later_answers_no_earlier(one: datetime, other: datetime, days: int) -> None:
    first, second = sorted((one, other))
    assert after_business_days(first, days) <= after_business_days(second, days)
