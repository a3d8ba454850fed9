"""Whole steps of five clients: which matches a published figure may rest on.

Matches are counted off in the order in which they were answered; a step is over once five clients
stand in it. Where the counting begins does not depend on what is asked for, so two windows differ
by whole steps: comparing what was published of one with what was published of the other tells of
five clients or more, never of one.
"""

from collections.abc import Sequence
from datetime import MAXYEAR, UTC, datetime

import numpy as np
from numpy.typing import NDArray

from matching.learning.steps import STEP

_MONTHS = 3


def step_numbers(clients: Sequence[object], step: int = STEP) -> NDArray[np.int64]:
    """The number of each match's step, from 0, shape (n,); −1 after the last step that is whole.

    `clients` says whose each match is, in the order of answering.
    """
    numbers = np.full(len(clients), -1)
    begin = number = 0
    seen: set[object] = set()
    for place, client in enumerate(clients):
        seen.add(client)
        if len(seen) == step:
            numbers[begin : place + 1] = number
            begin, number = place + 1, number + 1
            seen.clear()
    return numbers


def numbers_by_quarter(times: Sequence[datetime], clients: Sequence[object]) -> NDArray[np.int64]:
    """`step_numbers` counted anew from the beginning of each quarter of a year (UTC), shape (n,).

    `times` (aware, UTC) ascend. Whoever wants the numbers of a window gives everything from
    `quarter_of` its first time on.
    """
    numbers = np.full(len(times), -1)
    quarters = _quarters(times)
    found = 0
    for quarter in np.unique(quarters):
        begin, end = np.searchsorted(quarters, (quarter, quarter + 1))
        own = step_numbers(clients[begin:end])
        numbers[begin:end] = np.where(own < 0, -1, own + found)
        found = max(found, int(numbers[begin:end].max()) + 1)
    return numbers


def latest_of_quarters(times: Sequence[datetime], clients: Sequence[object]) -> NDArray[np.intp]:
    """The places of each client's latest match of each quarter of a year, ascending."""
    of = zip(_quarters(times).tolist(), clients, strict=True)
    latest = {one: place for place, one in enumerate(of)}
    return np.array(sorted(latest.values()), np.intp)


def steps_within(numbers: NDArray[np.int64], asked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Flags the matches of those whole steps of which every match is asked for, shape (n,)."""
    whole = numbers >= 0
    cut = np.unique(numbers[whole & ~asked])
    flags: NDArray[np.bool_] = whole & asked & ~np.isin(numbers, cut)
    return flags


def latest_steps(numbers: NDArray[np.int64], most: int) -> NDArray[np.bool_]:
    """Flags the matches of the latest whole steps, `most` matches at most, shape (n,)."""
    whole = numbers[numbers >= 0]
    cut = whole[-most - 1] if whole.size > most else -1
    flags: NDArray[np.bool_] = numbers > cut
    return flags


def quarter_of(time: datetime) -> datetime:
    """When the quarter of a year (UTC) that a time lies in began."""
    return datetime(time.year, (time.month - 1) // _MONTHS * _MONTHS + 1, 1, tzinfo=UTC)


def quarter_after(time: datetime) -> datetime:
    """When the next quarter of a year (UTC) begins, or the calendar ends."""
    year, quarter = divmod(_quarter_number(time) + 1, 4)
    if year > MAXYEAR:
        return datetime.max.replace(tzinfo=UTC)
    return datetime(year, quarter * _MONTHS + 1, 1, tzinfo=UTC)


def in_fives(count: float, step: int = STEP) -> int | None:
    """A number of clients as it may be published: in steps of five, None below the first."""
    return int(count) // step * step or None


def _quarters(times: Sequence[datetime]) -> NDArray[np.int64]:
    return np.array([_quarter_number(time) for time in times], np.int64)


def _quarter_number(time: datetime) -> int:
    return time.year * 4 + (time.month - 1) // _MONTHS
