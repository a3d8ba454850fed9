"""A clock that tests move: everything of the service asks `api.clock`, and it asks this."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from unittest.mock import patch


class Clock:
    """The real time and what was added to it."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self, zone: tzinfo) -> datetime:
        """As `datetime.now`."""
        return datetime.now(zone) + self.ahead

    def pass_time(self, **amount: float) -> None:
        """Let so much time go by, as `timedelta` takes it."""
        self.ahead += timedelta(**amount)


@contextmanager
def moved_clock() -> Iterator[Clock]:
    """The service's clock in the hands of a test."""
    clock = Clock()
    with patch("api.clock.datetime", clock):
        yield clock
