"""`/v1/tasks`: what staff are asked to see to."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from api.auth.scope import ScopeDep
from api.http.pages import DEFAULT_PAGE, PageCursor, PageLimit, decode_cursor
from api.http.transactions import ClinicRoute
from api.store.tasks import TaskKind
from api.tasks import service
from api.tasks.schemas import ResolveIn, TaskOut, TaskPage

router = APIRouter(route_class=ClinicRoute, prefix="/v1/tasks", tags=["tasks"])

_MAY_CONFLICT: dict[int | str, dict[str, Any]] = {409: {}}


@router.get("")
def list_tasks(
    scope: ScopeDep,
    status: Annotated[Literal["open", "done"] | None, Query()] = None,
    kind: Annotated[TaskKind | None, Query()] = None,
    limit: PageLimit = DEFAULT_PAGE,
    cursor: PageCursor = None,
) -> TaskPage:
    """The clinic's tasks, newest first."""
    return service.page_of_tasks(scope, status, kind, limit, decode_cursor(cursor))


@router.get("/{task_id}")
def get_task(scope: ScopeDep, task_id: UUID) -> TaskOut:
    """One task."""
    return service.task(scope, task_id)


@router.post("/{task_id}/resolve", responses=_MAY_CONFLICT)
def resolve_task(scope: ScopeDep, task_id: UUID, body: ResolveIn) -> TaskOut:
    """Say what became of a task."""
    return service.resolve(scope, task_id, body)
