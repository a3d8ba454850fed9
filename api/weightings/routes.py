"""`/v1/weightings`: the versions of a clinic's weighting. HTTP only."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from api.auth.scope import ScopeDep
from api.http.etags import IfMatch
from api.http.pages import DEFAULT_PAGE, PageCursor, PageLimit, decode_cursor
from api.http.replies import IdempotencyKey, reply_once
from api.http.transactions import ClinicRoute
from api.weightings import service
from api.weightings.schemas import Presets, Status, WeightingIn, WeightingOut, WeightingPage

router = APIRouter(route_class=ClinicRoute, prefix="/v1/weightings", tags=["weightings"])

StatusFilter = Annotated[Status | None, Query(description="Only those that are so.")]


@router.get("")
def list_weightings(
    scope: ScopeDep,
    status: StatusFilter = None,
    limit: PageLimit = DEFAULT_PAGE,
    cursor: PageCursor = None,
) -> WeightingPage:
    """Every version, oldest first; one of them is active."""
    return service.page_of_weightings(scope, status, limit, decode_cursor(cursor))


@router.post("", status_code=201, response_model=WeightingOut)
def draft_weighting(
    scope: ScopeDep, request: Request, body: WeightingIn, key: IdempotencyKey = None
) -> Response:
    """Keep a draft. It ranks nobody until it is activated."""
    return reply_once(scope, request, body, key, lambda: service.draft(scope, body))


@router.get("/presets")
def list_presets(scope: ScopeDep) -> Presets:  # noqa: ARG001 - the scope admits the caller
    """Sets of weights to start a draft from."""
    return service.presets()


@router.get("/{weighting_id}", response_model=WeightingOut)
def get_weighting(scope: ScopeDep, weighting_id: UUID) -> Response:
    """One version. Its ETag changes also when another version becomes active."""
    return service.weighting(scope, weighting_id).response()


@router.post("/{weighting_id}/activate", response_model=WeightingOut)
def activate_weighting(scope: ScopeDep, weighting_id: UUID, if_match: IfMatch = None) -> Response:
    """Rank with this version from the next request on; the one before can be activated again."""
    return service.activate(scope, weighting_id, if_match).response()
