"""`/v1/matches`: HTTP only."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from api.auth.scope import ScopeDep
from api.http.replies import IdempotencyKey, reply_once
from api.http.transactions import ClinicRoute
from api.match import service
from api.ranking.answer_schema import MatchAnswer
from api.ranking.schemas import MatchRequest

router = APIRouter(route_class=ClinicRoute, prefix="/v1/matches", tags=["matches"])


@router.post("", status_code=201, response_model=MatchAnswer)
def create_match(
    scope: ScopeDep, request: Request, body: MatchRequest, key: IdempotencyKey = None
) -> Response:
    """Rank the clinic's therapists for one client, with the reasons for each."""
    return reply_once(scope, request, body, key, lambda: service.create_match(scope, body))


@router.get("/{match_id}", response_model=MatchAnswer)
def get_match(scope: ScopeDep, match_id: UUID) -> Response:
    """A match as it was answered, byte for byte."""
    return service.show_match(scope, match_id).response()


@router.post("/{match_id}/replay")
def replay_match(scope: ScopeDep, match_id: UUID) -> dict[str, Any]:
    """Compute a match again from what was stored: identical, or where it differs."""
    return service.replay_match(scope, match_id)
