"""Dates and times as a person reads them, in one way on every page. All in UTC."""

from datetime import UTC, date, datetime

from api.clock import utc_now
from matching.words import day as day_in_words

When = date | datetime | str


def day(when: When) -> str:
    """A date, such as 10 November 2026; a text is one of RFC 3339."""
    return day_in_words(_date(when))


def month(when: When) -> str:
    """The month of a date, such as November 2026."""
    return day(when).partition(" ")[2]


def moment(when: datetime | str, *, seconds: bool = False) -> str:
    """A date and the time of day, such as 10 November 2026, 14:05; the page names the zone."""
    at = _time(when)
    return f"{day(at)}, {at:%H:%M:%S}" if seconds else f"{day(at)}, {at:%H:%M}"


def from_today(when: When) -> str:
    """How far a day is from today: today, tomorrow, in 3 days, yesterday, 3 days ago."""
    days = (_date(when) - utc_now().date()).days
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}
    return near.get(days, f"in {days} days" if days > 0 else f"{-days} days ago")


def _date(when: When) -> date:
    if isinstance(when, str) and len(when) == len("2026-11-10"):
        return date.fromisoformat(when)
    if isinstance(when, str | datetime):
        return _time(when).date()
    return when


def _time(when: datetime | str) -> datetime:
    at = datetime.fromisoformat(when) if isinstance(when, str) else when
    return at.astimezone(UTC)
