"""The SQL of tasks for staff, once they are open."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, exists, or_, select, update

from api.auth.scope import ClinicScope
from api.db.tables import Match, Pairing, StaffTask
from api.db.tables.base import table_of

_matches = table_of(Match)
_pairings = table_of(Pairing)
_tasks = table_of(StaffTask)


def by_id(scope: ClinicScope, task_id: UUID) -> Row[Any] | None:
    """The clinic's task of that id."""
    query = select(_tasks).where(_tasks.c.clinic_id == scope.clinic_id, _tasks.c.id == task_id)
    return scope.connection.execute(query).one_or_none()


def page(
    scope: ClinicScope, status: str | None, kind: str | None, before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Up to `limit` tasks before the one named, newest first; of one status and kind only."""
    query = select(_tasks).where(_tasks.c.clinic_id == scope.clinic_id)
    if status is not None:
        query = query.where(_tasks.c.status == status)
    if kind is not None:
        query = query.where(_tasks.c.kind == kind)
    if before is not None:
        query = query.where(_tasks.c.id < before)
    return scope.connection.execute(query.order_by(_tasks.c.id.desc()).limit(limit)).all()


def of_client(scope: ClinicScope, client_id: UUID, limit: int) -> Sequence[Row[Any]]:
    """Up to `limit` tasks about a client or a match or pairing of theirs, newest first."""
    theirs = [_tasks.c.client_id == client_id]
    for column, table in ((_tasks.c.match_id, _matches), (_tasks.c.pairing_id, _pairings)):
        own = select(table.c.id).where(
            table.c.clinic_id == scope.clinic_id, table.c.client_id == client_id
        )
        theirs.append(column.in_(own))
    query = (
        select(_tasks)
        .where(_tasks.c.clinic_id == scope.clinic_id, or_(*theirs))
        .order_by(_tasks.c.id.desc())
        .limit(limit)
    )
    return scope.connection.execute(query).all()


def resolve(scope: ClinicScope, task_id: UUID, **values: Any) -> None:
    """End the clinic's task of that id."""
    scope.connection.execute(
        update(_tasks)
        .where(_tasks.c.clinic_id == scope.clinic_id, _tasks.c.id == task_id)
        .values(status="done", **values)
    )


def keeps_hold(scope: ClinicScope, therapist_id: UUID) -> bool:
    """Whether something reported about a therapist is still open, or was found to hold."""
    query = select(
        exists().where(
            _tasks.c.clinic_id == scope.clinic_id,
            _tasks.c.therapist_id == therapist_id,
            _tasks.c.kind == "safety",
            or_(_tasks.c.status == "open", _tasks.c.resolution == "kept"),
        )
    )
    return bool(scope.connection.execute(query).scalar_one())
