"""`/v1/matches/{id}/wait` and `/v1/waits`: HTTP only."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from api.auth.scope import ScopeDep
from api.http.pages import DEFAULT_PAGE, PageCursor, PageLimit, decode_place
from api.http.replies import IdempotencyKey, reply_once
from api.http.transactions import ClinicRoute
from api.waits import service
from api.waits.schemas import Status, WaitIn, WaitOut, WaitPage

router = APIRouter(route_class=ClinicRoute, tags=["waits"])

_NOTHING_SAID = WaitIn()
_MAY_CONFLICT: dict[int | str, dict[str, Any]] = {409: {}}
_OfStatus = Annotated[
    Status | None, Query(description="Only those of this status; else all who are on the list.")
]


@router.post("/v1/matches/{match_id}/wait", status_code=201, response_model=WaitOut)
def wait(
    scope: ScopeDep,
    request: Request,
    match_id: UUID,
    body: WaitIn = _NOTHING_SAID,
    key: IdempotencyKey = None,
) -> Response:
    """Put the client of a match on the waiting list."""
    return reply_once(scope, request, body, key, lambda: service.join(scope, match_id, body))


@router.get("/v1/waits")
def list_waits(
    scope: ScopeDep,
    status: _OfStatus = None,
    limit: PageLimit = DEFAULT_PAGE,
    cursor: PageCursor = None,
) -> WaitPage:
    """The waiting list, in the order in which places are offered."""
    return service.page_of_waits(scope, status, limit, decode_place(cursor))


@router.get("/v1/waits/{wait_id}")
def get_wait(scope: ScopeDep, wait_id: UUID) -> WaitOut:
    """Somebody's time on the waiting list, and what is on offer."""
    return service.show_wait(scope, wait_id)


@router.post("/v1/waits/{wait_id}/leave", responses=_MAY_CONFLICT)
def leave(scope: ScopeDep, wait_id: UUID) -> WaitOut:
    """Take a client off the waiting list; a place that is held for them is free again."""
    return service.leave(scope, wait_id)
