"""`/v1/pairings/{id}/alternatives`: HTTP only."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from api.alternatives import service
from api.alternatives.schemas import AlternativeAnswer, AlternativesIn
from api.auth.scope import ScopeDep
from api.http.replies import IdempotencyKey, reply_once
from api.http.transactions import ClinicRoute

router = APIRouter(route_class=ClinicRoute, prefix="/v1/pairings", tags=["pairings"])


@router.post("/{pairing_id}/alternatives", status_code=201, response_model=AlternativeAnswer)
def ask_for_alternatives(
    scope: ScopeDep,
    request: Request,
    pairing_id: UUID,
    body: AlternativesIn,
    key: IdempotencyKey = None,
) -> Response:
    """Rank others for a client whose pairing does not fit. Nothing is asked again."""
    return reply_once(
        scope, request, body, key, lambda: service.alternatives(scope, pairing_id, body)
    )
