"""Hours of a week as the parts of a week that clients choose from."""

import re
from collections.abc import Iterable, Iterator

from api.roster.importers.fhir_values import Resource, text, texts, truth

_DAYS = frozenset({"mon", "tue", "wed", "thu", "fri", "sat", "sun"})
# From and to, in minutes of the day.
_PARTS = {"morning": (0, 12 * 60), "afternoon": (12 * 60, 17 * 60), "evening": (17 * 60, 24 * 60)}
_TIME = re.compile(r"([01]\d|2[0-4]):([0-5]\d)(?::[0-5]\d(?:\.\d+)?)?", re.ASCII)
# A part of the day counts when a session has room in it.
_SESSION_MINUTES = 60


def parts_of_week(available: Iterable[Resource]) -> Iterator[str]:
    """`tue_evening` and so on, for FHIR R4's `availableTime`; hours without a day are unknown."""
    for hours in available:
        span = _span(hours)
        if span is None:
            continue
        for part, (begin, end) in _PARTS.items():
            if min(span[1], end) - max(span[0], begin) >= _SESSION_MINUTES:
                yield from (f"{day}_{part}" for day in texts(hours, "daysOfWeek") if day in _DAYS)


def _span(hours: Resource) -> tuple[int, int] | None:
    if truth(hours, "allDay"):
        return 0, 24 * 60
    begin, end = (
        _minutes(text(hours, "availableStartTime")),
        _minutes(text(hours, "availableEndTime")),
    )
    return None if begin is None or end is None else (begin, end)


def _minutes(time: str) -> int | None:
    found = _TIME.fullmatch(time)
    return int(found[1]) * 60 + int(found[2]) if found else None
