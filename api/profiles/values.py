"""The values of rows that are not text: axes, counts, times, dates, lists.

Every message says what is wanted and holds nothing of the input.
"""

import re
from collections.abc import Hashable
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field

from api.clock import utc_now
from api.limits import CASELOAD

_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_FIRST_YEAR = 1900
_GRACE = timedelta(days=1)

Item = TypeVar("Item", bound=Hashable)


def blank(value: object) -> bool:
    """Whether a value says nothing: null, an empty list, or text of nothing but space."""
    if isinstance(value, str):
        return not value or value.isspace()
    return value is None or value == []


def distinct(items: list[Item]) -> list[Item]:
    """`items` without what stands before; their order says what the author put first."""
    return list(dict.fromkeys(items)) if len(items) > 1 else items


def licence(value: Any) -> Any:
    """A licence named by its jurisdiction alone, as an object."""
    return {"jurisdiction": value} if isinstance(value, str) else value


def _axis(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and -1 <= value <= 1:
        # Adding zero makes −0.0 into 0.0, which is written differently and means the same.
        return float(value) + 0.0
    raise ValueError("must be a number from −1 to 1")


def _count(value: object) -> int:
    # JSON has one kind of number: 19.0 is as whole as 19, and data-frame tools write it so.
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= CASELOAD:
        return value
    raise ValueError(f"must be a whole number from 0 to {CASELOAD}")


def _time(value: object) -> datetime:
    try:
        if isinstance(value, str) and _TIME.fullmatch(value.strip()):
            value = datetime.fromisoformat(value.strip().upper())
        if isinstance(value, datetime) and value.tzinfo is not None:
            moment = value.astimezone(UTC)
            if moment.year >= _FIRST_YEAR:
                return moment
    except (ValueError, OverflowError):
        pass
    raise ValueError("must be a time with a zone, as in 2026-03-31T09:00:00Z")


def _not_to_come(moment: datetime) -> datetime:
    if moment > utc_now() + _GRACE:
        raise ValueError("must not lie in the future")
    return moment


def _day(value: object) -> date:
    try:
        if isinstance(value, str) and _DATE.fullmatch(value.strip()):
            value = date.fromisoformat(value.strip())
    except ValueError:
        pass
    is_day = isinstance(value, date) and not isinstance(value, datetime)
    if isinstance(value, date) and is_day and value.year >= _FIRST_YEAR:
        return value
    raise ValueError("must be a date, as in 2026-03-31")


Axis = Annotated[float, Field(ge=-1, le=1, allow_inf_nan=False), BeforeValidator(_axis)]
"""−1 to 1."""

Count = Annotated[int, Field(ge=0, le=CASELOAD), BeforeValidator(_count)]
"""A number of clients, 0 to 100,000."""

Time = Annotated[datetime, BeforeValidator(_time, json_schema_input_type=datetime)]
"""An RFC 3339 time with its zone, in UTC, from 1900 on."""

PastTime = Annotated[Time, AfterValidator(_not_to_come)]
"""A time that is not to come; a day's grace, since clocks and zones are set wrongly."""

Day = Annotated[date, BeforeValidator(_day, json_schema_input_type=date)]
"""A calendar day (RFC 3339 `full-date`), from 1900 on."""
