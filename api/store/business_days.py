"""Deadlines in business days: Monday to Friday, in UTC."""

from datetime import datetime, timedelta

_SATURDAY = 5


def after_business_days(moment: datetime, days: int) -> datetime:
    """The same time of day, `days` business days later.

    What begins at a weekend begins on Monday: two business days from a Saturday end on Tuesday's
    last moment before Wednesday.
    """
    day = moment
    if day.weekday() >= _SATURDAY:
        day = (day + timedelta(days=7 - day.weekday())).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
    for _ in range(days):
        day += timedelta(days=1)
        while day.weekday() >= _SATURDAY:
            day += timedelta(days=1)
    return day
