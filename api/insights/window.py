"""Which matches a page rests on: whole steps of five clients, within what was asked for.

For what is computed again and for who is seen a client counts once a quarter of a year, with the
latest match, so that one who comes a thousand times is no more than anybody else. Which one that is
does not depend on what is asked for; else two windows would differ by fewer than five clients.
"""

from collections.abc import Sequence
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
from matching.insights.steps import (
    latest_of_quarters,
    latest_steps,
    numbers_by_quarter,
    quarter_after,
    quarter_of,
    steps_within,
)

USUAL_DAYS = 90

# How many clients' matches are computed again, to know who was eligible and with what score.
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
        counted: the places of those matches that stand for their client, ascending: whole steps of
            five clients too.
        replayed: the latest of these, which are computed again.
    """

    since: datetime | None
    until: datetime
    ids: list[UUID]
    times: list[datetime]
    clients: NDArray[np.intp]
    counted: NDArray[np.intp]
    replayed: NDArray[np.intp]

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
    # To the end of the quarter: which match stands for a client must not depend on `until`.
    rows = queries.matches_between(scope, begin and quarter_of(begin), quarter_after(until))
    clients = [row.client_id or row.id for row in rows]
    times = [row.created_at for row in rows]
    wanted = np.array([(begin is None or begin <= time) and time < until for time in times], bool)
    wanted[np.flatnonzero(wanted)[:-last]] = False
    within = steps_within(numbers_by_quarter(times, clients), wanted)
    kept = np.flatnonzero(within).tolist()
    counted, numbers = _once(times, clients, within)
    codes: dict[UUID, int] = {}
    return Window(
        since=since,
        until=until,
        ids=[rows[place].id for place in kept],
        times=[times[place] for place in kept],
        clients=np.array([codes.setdefault(clients[place], len(codes)) for place in kept], np.intp),
        counted=np.searchsorted(kept, counted),
        replayed=np.searchsorted(kept, counted[latest_steps(numbers, MOST_REPLAYED)]),
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


def _once(
    times: Sequence[datetime], clients: Sequence[UUID], within: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """The places of the matches that stand for their clients, and the step of each.

    Of whole steps of five clients that lie among the matches flagged, shape (n,).
    """
    latest = latest_of_quarters(times, clients)
    numbers = numbers_by_quarter(
        [times[place] for place in latest], [clients[place] for place in latest]
    )
    whole = steps_within(numbers, within[latest])
    return latest[whole], numbers[whole]
