"""Which matches a page rests on: whole steps of five clients, within what was asked for."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.insights import queries
from api.insights.schemas import MOST_MATCHES
from api.problems import FieldProblem, Invalid
from matching.insights.steps import step_numbers, steps_within

USUAL_DAYS = 90

# How many of the latest are computed again, to know who was eligible and with what score.
MOST_REPLAYED = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """What a caller asks for: `last` None where they did not say."""

    since: datetime | None = None
    until: datetime | None = None
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """The matches that count, in the order in which they were answered.

    Attributes:
        since, until: as asked for; `since` None for from the beginning.
        ids: of the n matches.
        times: when each was answered.
        clients: whose each is, numbered from 0, shape (n,). A match without a client's reference is
            somebody's of their own.
        replayed: how many of the latest are computed again: whole steps too.
    """

    since: datetime | None
    until: datetime
    ids: list[UUID]
    times: list[datetime]
    clients: NDArray[np.intp]
    replayed: int

    @property
    def people(self) -> int:
        """How many different clients."""
        return int(np.unique(self.clients).size)


def window_of(scope: ClinicScope, asked: Asked) -> Window:
    """The matches of whole steps within what is asked for.

    Steps are counted from the beginning of each quarter of a year (UTC), wherever the window
    begins.

    Raises:
        Invalid: the times are out of range, or `until` is not after `since`.
    """
    since, until = _bounds(asked)
    last = asked.last or MOST_MATCHES
    first = queries.time_of_last(scope, last, since, until)
    begin = max(filter(None, (since, first)), default=None)
    rows = queries.matches_between(scope, begin and _quarter(begin), until)
    clients = [row.client_id or row.id for row in rows]
    wanted = np.array([begin is None or row.created_at >= begin for row in rows], np.bool_)
    wanted[: max(0, len(rows) - last)] = False
    numbers = _numbers([row.created_at for row in rows], clients)
    kept = np.flatnonzero(steps_within(numbers, wanted)).tolist()
    codes: dict[UUID, int] = {}
    return Window(
        since=since,
        until=until,
        ids=[rows[place].id for place in kept],
        times=[rows[place].created_at for place in kept],
        clients=np.array([codes.setdefault(clients[place], len(codes)) for place in kept], np.intp),
        replayed=_replayed(numbers[kept]),
    )


def _bounds(asked: Asked) -> tuple[datetime | None, datetime]:
    try:
        until = asked.until.astimezone(UTC) if asked.until else utc_now()
        since = asked.since.astimezone(UTC) if asked.since else None
        if since is None and asked.last is None:
            since = until - timedelta(days=USUAL_DAYS)
    except OverflowError:
        raise Invalid([FieldProblem("since", "must be a time of this age")]) from None
    if since is not None and since >= until:
        raise Invalid([FieldProblem("until", "must be after since")])
    return since, until


def _numbers(times: list[datetime], clients: list[UUID]) -> NDArray[np.int64]:
    """The step of each match, −1 for none; counted anew in each quarter."""
    numbers = np.full(len(times), -1)
    quarters = np.array([(time.year * 4 + (time.month - 1) // 3) for time in times], np.int64)
    found = 0
    for quarter in np.unique(quarters):
        begin, end = np.searchsorted(quarters, (quarter, quarter + 1))
        own = step_numbers(clients[begin:end])
        numbers[begin:end] = np.where(own < 0, -1, own + found)
        found = max(found, int(numbers[begin:end].max()) + 1)
    return numbers


def _quarter(time: datetime) -> datetime:
    return datetime(time.year, (time.month - 1) // 3 * 3 + 1, 1, tzinfo=UTC)


def _replayed(numbers: NDArray[np.int64]) -> int:
    """How many of the latest make whole steps of MOST_REPLAYED matches at most."""
    if numbers.size <= MOST_REPLAYED:
        return int(numbers.size)
    cut = numbers[-MOST_REPLAYED - 1]
    return int(np.count_nonzero(numbers > cut))
