"""`/v1/weightings/{weighting_id}/preview`, and previews that are jobs. HTTP only."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from api.auth.scope import ScopeDep
from api.http.heavy import HeavyRoute
from api.http.replies import IdempotencyKey, json_reply, reply_once
from api.weightings.preview import service
from api.weightings.preview.schemas import PreviewIn, PreviewJobOut, PreviewOut

router = APIRouter(
    route_class=HeavyRoute, prefix="/v1/weightings/{weighting_id}", tags=["weightings"]
)

_USUAL = PreviewIn()
_A_JOB: dict[int | str, dict[str, Any]] = {
    202: {"description": "Too many to wait for: a job. Poll `Location`.", "model": PreviewJobOut}
}


@router.post("/preview", response_model=PreviewOut, responses=_A_JOB)
def preview_weighting(
    scope: ScopeDep,
    request: Request,
    weighting_id: UUID,
    body: PreviewIn = _USUAL,
    key: IdempotencyKey = None,
) -> Response:
    """What this weighting would have changed in recent matches. Changes nothing."""
    ids = service.chosen(scope, weighting_id, body)
    if not service.takes_long(ids, body):
        return json_reply(service.preview(scope, weighting_id, ids, body)).response()
    return reply_once(
        scope, request, body, key, lambda: service.ask_for_preview(scope, weighting_id, ids, body)
    )


@router.get("/previews/{preview_id}")
def get_preview(scope: ScopeDep, weighting_id: UUID, preview_id: UUID) -> PreviewJobOut:
    """How far a preview is, and what came of it."""
    return service.job(scope, weighting_id, preview_id)


@router.post("/previews/{preview_id}/cancel")
def cancel_preview(scope: ScopeDep, weighting_id: UUID, preview_id: UUID) -> PreviewJobOut:
    """End a preview that is under way."""
    return service.cancel(scope, weighting_id, preview_id)
