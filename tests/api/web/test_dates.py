"""Dates and times read the same on every page, and never as a machine writes them."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.pages import dates
from tests.factories.pages import World, pages_of

AS_A_MACHINE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
AT = datetime(2026, 11, 10, 0, 5, 9, tzinfo=UTC)


def test_a_date_is_said_in_words_however_it_comes() -> None:
    west = AT.astimezone(timezone(timedelta(hours=-8)))
    for when in (AT, west, AT.date(), "2026-11-10", "2026-11-10T00:05:09.000001Z"):
        assert dates.day(when) == "10 November 2026"
        assert dates.month(when) == "November 2026"
    for at in (AT, west, "2026-11-10T00:05:09Z"):
        assert dates.moment(at) == "10 November 2026, 00:05"
        assert dates.moment(at, seconds=True) == "10 November 2026, 00:05:09"


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "today"), (1, "tomorrow"), (-1, "yesterday"), (3, "in 3 days"), (-40, "40 days ago")],
)
def test_near_days_are_said_from_today(
    monkeypatch: pytest.MonkeyPatch, days: int, words: str
) -> None:
    # In the last minute of a day: days are counted by the calendar, not by hours.
    monkeypatch.setattr(dates, "utc_now", lambda: AT.replace(hour=23, minute=59))
    assert dates.from_today(AT + timedelta(days=days)) == words
    assert dates.from_today((AT + timedelta(days=days)).date()) == words


@given(st.datetimes(timezones=st.just(UTC)) | st.dates())
def test_no_date_is_said_as_a_machine_writes_it(when: date) -> None:
    assert not AS_A_MACHINE.search(dates.day(when))
    assert dates.day(when) == dates.day(when.isoformat())


def test_no_page_shows_a_date_as_a_machine_writes_it(whole: World) -> None:
    for template, view in pages_of(whole):
        found = AS_A_MACHINE.findall(view.text)
        assert not found, (template, found)
