"""`/v1/therapists`: HTTP only."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from api.auth.scope import ScopeDep
from api.http.etags import IfMatch, etag
from api.http.pages import DEFAULT_PAGE, PageCursor, PageLimit, decode_cursor
from api.http.replies import IdempotencyKey, Reply, json_reply, reply_once
from api.http.transactions import ClinicRoute
from api.profiles.schemas import TherapistOut, TherapistPatch, TherapistRow
from api.roster import service
from api.roster.answers import TherapistPage

router = APIRouter(route_class=ClinicRoute, prefix="/v1/therapists", tags=["roster"])


@router.get("")
def list_therapists(
    scope: ScopeDep, limit: PageLimit = DEFAULT_PAGE, cursor: PageCursor = None
) -> TherapistPage:
    """The clinic's therapists, in the order they were added."""
    return service.page_of_therapists(scope, limit, decode_cursor(cursor))


@router.post("", status_code=201, response_model=TherapistOut)
def add_therapist(
    scope: ScopeDep, request: Request, body: TherapistRow, key: IdempotencyKey = None
) -> Response:
    """Add a therapist. What is left out is unknown."""

    def work() -> Reply:
        return _reply(service.add_therapist(scope, body), 201)

    return reply_once(scope, request, body, key, work)


@router.get("/{therapist_id}", response_model=TherapistOut)
def get_therapist(scope: ScopeDep, therapist_id: UUID) -> Response:
    """One therapist, with the ETag that a change needs."""
    return _reply(service.therapist(scope, therapist_id)).response()


@router.patch("/{therapist_id}", response_model=TherapistOut)
def change_therapist(
    scope: ScopeDep, therapist_id: UUID, body: TherapistPatch, if_match: IfMatch = None
) -> Response:
    """Change what is sent; null and empty mean unknown, what is left out stays."""
    return _reply(service.change_therapist(scope, therapist_id, body, if_match)).response()


@router.post("/{therapist_id}/confirm-availability", response_model=TherapistOut)
def confirm_availability(scope: ScopeDep, therapist_id: UUID) -> Response:
    """Confirm that what is known of how free the therapist is holds as of now."""
    return _reply(service.confirm_availability(scope, therapist_id)).response()


def _reply(therapist: TherapistOut, status: int = 200) -> Reply:
    headers = {"ETag": etag(therapist.revision)}
    if status == 201:
        headers["Location"] = f"/v1/therapists/{therapist.id}"
    return json_reply(therapist, status, headers=headers, subject_id=therapist.id)
