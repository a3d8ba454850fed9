"""`/v1/pairings/{id}/ratings`, `/v1/ratings/due` and `/v1/comments`: HTTP only."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from api.auth.scope import ScopeDep
from api.http.pages import DEFAULT_PAGE, PageCursor, PageLimit, decode_cursor
from api.http.replies import IdempotencyKey, reply_once
from api.http.transactions import ClinicRoute
from api.limits import SESSIONS
from api.pairings.ratings import comments, due, service
from api.pairings.ratings.schemas import (
    CommentPage,
    CommentRead,
    DuePage,
    RatingAdded,
    RatingChange,
    RatingIn,
    RatingOut,
)

router = APIRouter(route_class=ClinicRoute, prefix="/v1", tags=["ratings"])

_Session = Annotated[int, Path(ge=1, le=SESSIONS)]
_Unread = Annotated[bool, Query(description="Only those that were not marked as read.")]


@router.post("/pairings/{pairing_id}/ratings", status_code=201, response_model=RatingAdded)
def add_rating(
    scope: ScopeDep,
    request: Request,
    pairing_id: UUID,
    body: RatingIn,
    key: IdempotencyKey = None,
) -> Response:
    """Rate a session, once; with it comes whether a fall stands out, and what is asked next."""
    return reply_once(
        scope, request, body, key, lambda: service.add_rating(scope, pairing_id, body)
    )


@router.patch("/pairings/{pairing_id}/ratings/{session_number}")
def change_rating(
    scope: ScopeDep, pairing_id: UUID, session_number: _Session, body: RatingChange
) -> RatingOut:
    """Give sharing or take it back, or take the comment away; both count at once."""
    return service.change_rating(scope, pairing_id, session_number, body)


@router.get("/ratings/due")
def list_due(
    scope: ScopeDep, limit: PageLimit = DEFAULT_PAGE, cursor: PageCursor = None
) -> DuePage:
    """Active pairings whose next rating is due, with the items to ask."""
    return due.page_of_due(scope, limit, decode_cursor(cursor))


@router.get("/comments")
def list_comments(
    scope: ScopeDep,
    unread: _Unread = False,
    limit: PageLimit = DEFAULT_PAGE,
    cursor: PageCursor = None,
) -> CommentPage:
    """What clients wrote beside their ratings; for the clinic's named reader's key alone."""
    return comments.page_of_comments(scope, limit, decode_cursor(cursor), unread=unread)


@router.post("/comments/{rating_id}/read")
def mark_read(scope: ScopeDep, rating_id: UUID) -> CommentRead:
    """Note that the comment with a rating was read."""
    return comments.mark_read(scope, rating_id)
