"""`/v1/therapists/{id}/keys`: a key with which one therapist sees their own caseload."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from api.auth.scope import ScopeDep
from api.http.replies import IdempotencyKey, Reply, json_reply, reply_once
from api.http.transactions import ClinicRoute
from api.pairings import own_keys
from api.pairings.schemas import TherapistKeyIn, TherapistKeyOut

router = APIRouter(route_class=ClinicRoute, prefix="/v1/therapists", tags=["pairings"])


@router.post("/{therapist_id}/keys", status_code=201, response_model=TherapistKeyOut)
def make_key(
    scope: ScopeDep,
    request: Request,
    therapist_id: UUID,
    body: TherapistKeyIn,
    key: IdempotencyKey = None,
) -> Response:
    """Make a key of one therapist's own. It is shown once; the same call again is without it."""
    made: list[TherapistKeyOut] = []

    def work() -> Reply:
        made.append(own_keys.make_key(scope, therapist_id, body.days))
        return _without_key(made[0])

    answered = reply_once(scope, request, body, key, work)
    # The reply is kept for a call that comes again, and of a key only the hash may be kept. Where
    # another call with the same Idempotency-Key was first, its answer stands and this key is none.
    if made and answered.body == _without_key(made[0]).body:
        return json_reply(made[0], 201).response()
    return answered


def _without_key(made: TherapistKeyOut) -> Reply:
    kept = made.model_copy(update={"key": None})
    return json_reply(kept, 201, subject_id=made.id)
