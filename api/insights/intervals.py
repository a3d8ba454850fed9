"""Intervals as they go out."""

from api.insights.schemas import IntervalOut
from matching.insights.groups import Interval


def interval_out(found: Interval, digits: int = 4) -> IntervalOut:
    """A figure and its interval, rounded."""
    shown = [
        None if part is None else round(part, digits)
        for part in (found.value, found.low, found.high)
    ]
    return IntervalOut(value=shown[0], low=shown[1], high=shown[2])
