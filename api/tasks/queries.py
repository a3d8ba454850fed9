"""The SQL of tasks for staff, once they are open."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Table,
    and_,
    case,
    exists,
    false,
    func,
    not_,
    or_,
    select,
    update,
)

from api.auth.scope import ClinicScope
from api.db.tables import Client, Match, Pairing, StaffTask, TherapistProfile
from api.db.tables.base import table_of
from api.store.versions import holding_now

Told = Mapping[str, Collection[UUID]]

_clients = table_of(Client)
_profiles = table_of(TherapistProfile)
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


def in_turn(
    scope: ClinicScope,
    kinds: Sequence[str],
    told: Told,
    after: tuple[int, UUID] | None = None,
    limit: int | None = None,
) -> Sequence[Row[Any]]:
    """Open tasks of the kinds, in the order of these, and of one kind the oldest first.

    With whom each is about. `told` names, by kind, the therapists and pairings whose task is left
    out; `after` is the place of a kind and a task of it.
    """
    turn = case({kind: place for place, kind in enumerate(kinds)}, value=_tasks.c.kind)
    query = (
        select(
            _tasks,
            _clients.c.reference.label("client_reference"),
            _profiles.c.document["name"].as_string().label("therapist_name"),
            func.coalesce(_tasks.c.match_id, _pairings.c.match_id).label("about_match_id"),
        )
        .outerjoin(_clients, _same(_clients, _tasks.c.client_id))
        .outerjoin(_pairings, _same(_pairings, _tasks.c.pairing_id))
        .outerjoin(_profiles, holding_now(_profiles, _tasks.c.therapist_id))
        .where(*_open(scope, kinds, told))
        .order_by(turn, _tasks.c.id)
        .limit(limit)
    )
    if after is not None:
        place, task_id = after
        query = query.where(or_(turn > place, and_(turn == place, _tasks.c.id > task_id)))
    return scope.connection.execute(query).all()


def open_by_kind(scope: ClinicScope, kinds: Collection[str], told: Told) -> dict[str, int]:
    """How many tasks of each kind are open, without those that are `told`."""
    query = (
        select(_tasks.c.kind, func.count().label("open"))
        .where(*_open(scope, kinds, told))
        .group_by(_tasks.c.kind)
    )
    return {row.kind: row.open for row in scope.connection.execute(query)}


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


def _open(scope: ClinicScope, kinds: Collection[str], told: Told) -> list[ColumnElement[bool]]:
    left_out = [
        not_(and_(_tasks.c.kind == kind, func.coalesce(_about(ids), false())))
        for kind, ids in told.items()
        if ids
    ]
    return [
        _tasks.c.clinic_id == scope.clinic_id,
        _tasks.c.status == "open",
        _tasks.c.kind.in_(kinds),
        *left_out,
    ]


def _about(ids: Collection[UUID]) -> ColumnElement[bool]:
    return or_(_tasks.c.pairing_id.in_(ids), _tasks.c.therapist_id.in_(ids))


def _same(table: Table, named: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(table.c.clinic_id == _tasks.c.clinic_id, table.c.id == named)
