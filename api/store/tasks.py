"""Tasks for staff: opened by what comes up, in the transaction of it. In ids and codes only."""

import hashlib
from collections.abc import Collection, Mapping
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from api.audit.record import record
from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.db.tables import StaffTask
from api.db.tables.base import table_of
from api.ids import new_id
from api.store.outbox import emit, forget_events

TaskKind = Literal[
    "safety",
    "staff_selection",
    "confirm_availability",
    "rupture",
    "at_risk",
    "call_back",
    "webhook_failing",
    "name_reader",
]
TASK_KINDS = frozenset(get_args(TaskKind))

_tasks = table_of(StaffTask)
_INSERT_UNLESS_OPEN = {
    "sqlite": sqlite.insert(_tasks).on_conflict_do_nothing().returning(_tasks.c.id),
    "postgresql": postgresql.insert(_tasks).on_conflict_do_nothing().returning(_tasks.c.id),
}


def open_task(
    scope: ClinicScope,
    kind: str,
    *,
    therapist_id: UUID | None = None,
    client_id: UUID | None = None,
    pairing_id: UUID | None = None,
    match_id: UUID | None = None,
) -> UUID:
    """Ask staff to see to something; the id of the task, which may be open already.

    One task of a kind about the same records is open at a time.

    Raises:
        ValueError: there is no such kind.
    """
    if kind not in TASK_KINDS:
        raise ValueError("there is no such kind of task")
    about = {
        "therapist_id": therapist_id,
        "client_id": client_id,
        "pairing_id": pairing_id,
        "match_id": match_id,
    }
    subjects = _digest(about)
    connection = scope.unit.begin_write()
    while True:
        task_id = new_id()
        row = {
            "clinic_id": scope.clinic_id,
            "id": task_id,
            "kind": kind,
            "status": "open",
            "subjects": subjects,
            "opened_at": utc_now(),
            **about,
        }
        added = connection.execute(_INSERT_UNLESS_OPEN[connection.dialect.name], row)
        if added.one_or_none() is not None:
            record(scope, "task.opened", task_id, {"kind": kind})
            emit(scope, "task.opened", task_id, task_id=task_id)
            return task_id
        same = _open(scope, kind).where(_tasks.c.subjects == subjects)
        present: UUID | None = connection.execute(same).scalar_one_or_none()
        # Whoever resolved it between the two statements leaves room for the next one.
        if present is not None:
            return present


def is_open(scope: ClinicScope, kind: str, client_id: UUID) -> bool:
    """Whether a task of a kind about a client waits for staff."""
    query = _open(scope, kind).where(_tasks.c.client_id == client_id)
    return scope.connection.execute(query).first() is not None


def settle_task(scope: ClinicScope, kind: str, pairing_id: UUID) -> None:
    """Close the open task of a kind about a pairing: what it asked for was done elsewhere."""
    _settle(scope, kind, _tasks.c.pairing_id == pairing_id)


def settle_tasks_of(scope: ClinicScope, kind: str, therapist_id: UUID) -> None:
    """Close the open tasks of a kind about a therapist: what they asked for was done elsewhere."""
    _settle(scope, kind, _tasks.c.therapist_id == therapist_id)


def forget_tasks(scope: ClinicScope, subject_ids: Collection[UUID]) -> None:
    """Remove every task about these clients, pairings or matches, and the events of those tasks."""
    named = (_tasks.c.client_id, _tasks.c.pairing_id, _tasks.c.match_id)
    gone = (
        scope.unit.begin_write()
        .execute(
            delete(_tasks)
            .where(
                _tasks.c.clinic_id == scope.clinic_id,
                or_(*(column.in_(subject_ids) for column in named)),
            )
            .returning(_tasks.c.id)
        )
        .scalars()
        .all()
    )
    forget_events(scope, gone)


def _settle(scope: ClinicScope, kind: str, about: ColumnElement[bool]) -> None:
    scope.connection.execute(
        update(_tasks)
        .where(
            _tasks.c.clinic_id == scope.clinic_id,
            _tasks.c.kind == kind,
            _tasks.c.status == "open",
            about,
        )
        .values(
            status="done",
            resolution="done",
            resolved_at=utc_now(),
            resolved_by=scope.key_id,
        )
    )


def _open(scope: ClinicScope, kind: str) -> Select[Any]:
    return select(_tasks.c.id).where(
        _tasks.c.clinic_id == scope.clinic_id,
        _tasks.c.kind == kind,
        _tasks.c.status == "open",
    )


def _digest(about: Mapping[str, UUID | None]) -> bytes:
    named = ",".join(f"{name}={id_ or ''}" for name, id_ in about.items())
    return hashlib.sha256(named.encode()).digest()
