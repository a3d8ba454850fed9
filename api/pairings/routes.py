"""`/v1/matches/{id}/selection` and `/v1/pairings`: HTTP only."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from api.auth.scope import ScopeDep
from api.http.pages import DEFAULT_PAGE, PageCursor, PageLimit, decode_cursor
from api.http.replies import IdempotencyKey, reply_once
from api.http.transactions import ClinicRoute
from api.pairings import reading, selection, service
from api.pairings.schemas import (
    DeclineIn,
    EndIn,
    PairingOut,
    PairingPage,
    PairingWithCourse,
    SelectionIn,
    Status,
)

router = APIRouter(route_class=ClinicRoute, tags=["pairings"])

_MAY_CONFLICT: dict[int | str, dict[str, Any]] = {409: {}}
_OfStatus = Annotated[Status | None, Query(description="Only those of this status.")]
_OfTherapist = Annotated[UUID | None, Query(description="Only this therapist's.")]
_OfClient = Annotated[UUID | None, Query(description="Only this client's.")]


@router.post("/v1/matches/{match_id}/selection", status_code=201, response_model=PairingOut)
def select(
    scope: ScopeDep,
    request: Request,
    match_id: UUID,
    body: SelectionIn,
    key: IdempotencyKey = None,
) -> Response:
    """Choose a therapist of a match: one place is held, and their answer is due."""
    return reply_once(scope, request, body, key, lambda: selection.select(scope, match_id, body))


@router.get("/v1/pairings")
def list_pairings(
    scope: ScopeDep,
    status: _OfStatus = None,
    therapist_id: _OfTherapist = None,
    client_id: _OfClient = None,
    limit: PageLimit = DEFAULT_PAGE,
    cursor: PageCursor = None,
) -> PairingPage:
    """The clinic's pairings, in the order in which they began; a therapist's key sees its own."""
    given = {"status": status, "therapist_id": therapist_id, "client_id": client_id}
    of = {name: value for name, value in given.items() if value is not None}
    return reading.page_of_pairings(scope, limit, decode_cursor(cursor), of)


@router.get("/v1/pairings/{pairing_id}")
def get_pairing(scope: ScopeDep, pairing_id: UUID) -> PairingWithCourse:
    """A pairing, with how it goes as far as the caller may know."""
    return reading.show_pairing(scope, pairing_id)


@router.post("/v1/pairings/{pairing_id}/approve", responses=_MAY_CONFLICT)
def approve(scope: ScopeDep, pairing_id: UUID) -> PairingOut:
    """Agree with a client's choice where staff decide: the therapist is asked."""
    return service.approve(scope, pairing_id)


@router.post("/v1/pairings/{pairing_id}/accept", responses=_MAY_CONFLICT)
def accept(scope: ScopeDep, pairing_id: UUID) -> PairingOut:
    """The therapist takes the client on."""
    return service.accept(scope, pairing_id)


@router.post("/v1/pairings/{pairing_id}/decline", responses=_MAY_CONFLICT)
def decline(scope: ScopeDep, pairing_id: UUID, body: DeclineIn) -> PairingOut:
    """The therapist does not take the client on; the next candidate is named."""
    return service.decline(scope, pairing_id, body)


@router.post("/v1/pairings/{pairing_id}/withdraw", responses=_MAY_CONFLICT)
def withdraw(scope: ScopeDep, pairing_id: UUID) -> PairingOut:
    """The client takes a choice back, or does not want what is offered."""
    return service.withdraw(scope, pairing_id)


@router.post("/v1/pairings/{pairing_id}/end", responses=_MAY_CONFLICT)
def end(scope: ScopeDep, pairing_id: UUID, body: EndIn) -> PairingOut:
    """Client and therapist part; the place is free."""
    return service.end(scope, pairing_id, body)
