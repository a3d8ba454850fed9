"""What staff do with tasks: read them, and resolve them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from api.audit.record import record
from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.http.pages import encode_cursor
from api.problems import Conflict, FieldProblem, Invalid, NotFound
from api.store.clinics import hold_clinic
from api.store.places import set_hold
from api.tasks import queries
from api.tasks.schemas import (
    RESOLUTIONS,
    ResolveIn,
    TaskInTurn,
    TaskOut,
    TaskPage,
    TasksInTurn,
)


def page_of_tasks(
    scope: ClinicScope, status: str | None, kind: str | None, limit: int, before: UUID | None
) -> TaskPage:
    """Up to `limit` tasks before the one named, newest first."""
    rows = queries.page(scope, status, kind, before, limit + 1)
    items = [_shown(row) for row in rows[:limit]]
    scope.unit.begin_write()
    record(scope, "tasks.listed", details={"items": len(items)})
    more = len(rows) > limit
    return TaskPage(items=items, next_cursor=encode_cursor(items[-1].id) if more else None)


def tasks_in_turn(
    scope: ClinicScope,
    first: Sequence[str],
    then: Sequence[str],
    told: queries.Told,
    limit: int,
    after: UUID | None,
) -> TasksInTurn:
    """Open tasks by kind, oldest first: all of the kinds `first`, up to `limit` of `then`.

    Those of `then` go on after the task named. `told` names, by kind, the therapists and pairings
    whose task is left out.
    """
    last = queries.by_id(scope, after) if after else None
    place = (then.index(last.kind), last.id) if last is not None and last.kind in then else None
    rows = queries.in_turn(scope, then, told, place, limit + 1)
    shown = [TaskInTurn.model_validate(dict(row._mapping)) for row in rows[:limit]]
    urgent = queries.in_turn(scope, first, told)
    answer = TasksInTurn(
        first=[TaskInTurn.model_validate(dict(row._mapping)) for row in urgent],
        then=shown,
        count=queries.open_by_kind(scope, [*first, *then], told),
        next_cursor=encode_cursor(shown[-1].id) if len(rows) > limit else None,
    )
    scope.unit.begin_write()
    record(scope, "tasks.listed", details={"items": len(answer.first) + len(shown)})
    return answer


def tasks_of_client(scope: ClinicScope, client_id: UUID, limit: int) -> list[TaskOut]:
    """Up to `limit` tasks, open or closed, about a client and what is theirs, newest first."""
    items = [_shown(row) for row in queries.of_client(scope, client_id, limit)]
    scope.unit.begin_write()
    record(scope, "tasks.listed", details={"items": len(items)})
    return items


def task(scope: ClinicScope, task_id: UUID) -> TaskOut:
    """One task.

    Raises:
        NotFound: the clinic has none of that id.
    """
    shown = _shown(_existing(scope, task_id))
    scope.unit.begin_write()
    record(scope, "task.read", task_id)
    return shown


def resolve(scope: ClinicScope, task_id: UUID, body: ResolveIn) -> TaskOut:
    """Say what became of a task.

    A therapist's hold ends where the last of their `safety` tasks that were open or `kept` is
    `cleared`; one that was `kept` may be `cleared` later.

    Raises:
        NotFound: the clinic has none of that id.
        Conflict: it was resolved before.
        Invalid: a task of its kind is not resolved like that.
    """
    hold_clinic(scope)
    row = _existing(scope, task_id)
    if body.resolution not in RESOLUTIONS[row.kind]:
        ways = " or ".join(sorted(RESOLUTIONS[row.kind]))
        raise Invalid([FieldProblem("resolution", f"of a task of this kind must be {ways}")])
    reviewed = (row.resolution, body.resolution) == ("kept", "cleared")
    if row.status == "done" and not reviewed:
        raise Conflict("This task was resolved before.")
    queries.resolve(
        scope,
        task_id,
        resolution=body.resolution,
        note=body.note,
        resolved_at=utc_now(),
        resolved_by=scope.key_id,
    )
    record(scope, "task.resolved", task_id, {"kind": row.kind, "resolution": body.resolution})
    if body.resolution == "cleared" and row.therapist_id is not None:
        _lift_hold(scope, row.therapist_id)
    return _shown(_existing(scope, task_id))


def _lift_hold(scope: ClinicScope, therapist_id: UUID) -> None:
    if not queries.keeps_hold(scope, therapist_id):
        set_hold(scope, therapist_id, on_hold=False)


def _existing(scope: ClinicScope, task_id: UUID) -> Row[Any]:
    row = queries.by_id(scope, task_id)
    if row is None:
        raise NotFound("The clinic has no such task.")
    return row


def _shown(row: Row[Any]) -> TaskOut:
    return TaskOut.model_validate(dict(row._mapping))
