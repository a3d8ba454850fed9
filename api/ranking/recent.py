"""The clinic's stored matches once more, each as things were when it was answered."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from api.auth.scope import ClinicScope
from api.db.tables import Match
from api.db.tables.base import table_of
from api.ranking.answering import Basis, basis_on
from api.ranking.intake import to_intake
from api.ranking.schemas import MatchRequest
from api.store.past_rosters import Versions, rosters_along
from api.store.rosters import CompiledRoster, roster_at
from matching.intake import Intake

# Read at a time: enough that queries do not count, few enough that memory does not.
_AT_ONCE = 200

_matches = table_of(Match)
# The answer is most of a row, and whoever ranks again makes it anew.
_COLUMNS = tuple(column for column in _matches.c if column.name != "answer")
# What rosters are walked forward by.
_PLACE = (_matches.c.roster_version, _matches.c.availability_version, _matches.c.id)


@dataclass(frozen=True, slots=True)
class StoredMatch:
    """One match with all that its answer rested on.

    Attributes:
        row: the columns of `matches` but for `answer`.
        request: as it was sent.
        intake: the request as the engine takes it, with what was known of the client.
        basis: the clinic as it was; `engine_arguments(scope, basis, at)` gives the rest.
        at: when it was answered (aware).
    """

    row: Row[Any]
    request: MatchRequest
    intake: Intake
    basis: Basis
    at: datetime

    @property
    def id(self) -> UUID:
        """The match's id."""
        match_id: UUID = self.row.id
        return match_id


def recent_matches(
    scope: ClinicScope,
    *,
    last: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[StoredMatch]:
    """The clinic's matches from `since` on and before `until` (aware), the `last` of them at most.

    Oldest roster first, which is the order of answering but for matches answered at one moment.
    """
    yield from stored_matches(scope, recent_ids(scope, last=last, since=since, until=until))


def stored_matches(scope: ClinicScope, ids: Sequence[UUID]) -> Iterator[StoredMatch]:
    """The clinic's matches of these ids, in the order that `recent_ids` gives.

    More than 200 ids must come in that order. So rosters are walked forward: one that matches share
    is compiled once, and the current one stays where it is kept. Matches that were erased are not
    among them, also where they are erased while this is read. No transaction is open between two of
    them, unless the unit of work is writing.
    """
    at: CompiledRoster | None = None
    for start in range(0, len(ids), _AT_ONCE):
        rows = _rows(scope, ids[start : start + _AT_ONCE])
        if not rows:
            continue
        versions = [_versions(row) for row in rows]
        at = at or roster_at(scope, *versions[0])
        for row, compiled in zip(rows, rosters_along(scope, at, versions), strict=True):
            at = compiled
            request = MatchRequest.model_validate(row.request)
            basis = basis_on(scope, compiled, row)
            intake = basis.circumstances.on(to_intake(request))
            # What is done with each takes most of the time.
            scope.unit.stop_reading()
            yield StoredMatch(row, request, intake, basis, row.created_at)


def recent_ids(
    scope: ClinicScope,
    *,
    last: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Sequence[UUID]:
    """The ids of those that `recent_matches` gives, in its order: oldest roster first."""
    chosen = select(*_PLACE).where(_matches.c.clinic_id == scope.clinic_id)
    if since is not None:
        chosen = chosen.where(_matches.c.created_at >= since)
    if until is not None:
        chosen = chosen.where(_matches.c.created_at < until)
    if last is not None:
        chosen = chosen.order_by(_matches.c.created_at.desc(), _matches.c.id.desc()).limit(last)
    of = chosen.subquery()
    query = select(of.c.id).order_by(of.c.roster_version, of.c.availability_version, of.c.id)
    return scope.connection.execute(query).scalars().all()


def time_of_latest(scope: ClinicScope, count: int) -> datetime | None:
    """When the `count`-th latest match was answered, None where there are not as many."""
    query = select(_matches.c.created_at).where(_matches.c.clinic_id == scope.clinic_id)
    query = query.order_by(_matches.c.created_at.desc()).offset(count - 1).limit(1)
    return scope.connection.execute(query).scalar_one_or_none()


def answered(
    scope: ClinicScope, since: datetime | None = None, until: datetime | None = None
) -> Sequence[Row[Any]]:
    """Id, time and client of the matches from `since` to `until`, in the order of answering."""
    query = select(_matches.c.id, _matches.c.created_at, _matches.c.client_id).where(
        _matches.c.clinic_id == scope.clinic_id
    )
    if since is not None:
        query = query.where(_matches.c.created_at >= since)
    if until is not None:
        query = query.where(_matches.c.created_at <= until)
    query = query.order_by(_matches.c.created_at, _matches.c.id)
    rows: Sequence[Any] = scope.connection.execute(query).all()
    return rows


def latest_of_clients(scope: ClinicScope, clients: int, until: datetime) -> list[UUID]:
    """The latest match before `until` of each of the last so many clients; ordered as `recent_ids`.

    Matches that staff review are left out; one without a client's reference is somebody's of their
    own.
    """
    query = (
        select(*_PLACE, _matches.c.client_id)
        .where(
            _matches.c.clinic_id == scope.clinic_id,
            _matches.c.created_at < until,
            _matches.c.selection_mode == "client",
        )
        .order_by(_matches.c.created_at.desc(), _matches.c.id.desc())
    )
    latest: dict[UUID, Any] = {}
    # Read as far as there are clients to find: one may have come a thousand times.
    with scope.connection.execute(query, execution_options={"yield_per": _AT_ONCE}) as rows:
        for row in rows:
            latest.setdefault(row.client_id or row.id, row[:-1])
            if len(latest) == clients:
                break
    return [id_ for *_, id_ in sorted(latest.values())]


def _rows(scope: ClinicScope, ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    query = (
        select(*_COLUMNS)
        .where(_matches.c.clinic_id == scope.clinic_id, _matches.c.id.in_(ids))
        .order_by(*_PLACE)
    )
    return scope.connection.execute(query).all()


def _versions(row: Row[Any]) -> Versions:
    return row.roster_version, row.availability_version
