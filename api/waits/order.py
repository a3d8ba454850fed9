"""The order of the waiting list: oldest and most urgent first, and nobody for ever."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

# What an urgency counts for, as days already waited. Four weeks are the longest that directories
# and platforms were found to take for a match: who is urgent comes before everybody who has waited
# for less, and nobody who has waited for longer is passed by someone new. `soon` is half of it.
HEAD_START: Mapping[str, timedelta] = MappingProxyType(
    {"routine": timedelta(), "soon": timedelta(days=14), "urgent": timedelta(days=28)}
)


def turn(since: datetime, urgency: str) -> datetime:
    """By what the list is ordered, earliest first: since when they wait, less the head start."""
    return since - HEAD_START[urgency]
