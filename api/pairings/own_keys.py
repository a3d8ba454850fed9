"""A therapist's own keys, with which they see their own caseload: made, and ended."""

from datetime import timedelta
from uuid import UUID

from api.audit.record import record
from api.auth.keys import create_narrow_key, live_narrow_keys, revoke_key
from api.auth.roles import Role
from api.auth.scope import ClinicScope
from api.pairings import queries
from api.pairings.schemas import TherapistKeyOut
from api.problems import NotFound


def make_key(scope: ClinicScope, therapist_id: UUID, days: int) -> TherapistKeyOut:
    """A key of the therapist's own, which is not kept.

    Raises:
        NotFound: the clinic has no such therapist.
    """
    _existing(scope, therapist_id)
    connection = scope.unit.begin_write()
    lasting = timedelta(days=days)
    made = create_narrow_key(connection, scope.clinic_id, Role.THERAPIST, therapist_id, lasting)
    key_id, key, expires_at = made
    record(scope, "key.created", key_id, {"therapist_id": str(therapist_id)})
    return TherapistKeyOut(id=key_id, key=key, expires_at=expires_at)


def end_keys(scope: ClinicScope, therapist_id: UUID) -> None:
    """End every key of the therapist and its sessions, from the next request on.

    Raises:
        NotFound: the clinic has no such therapist.
    """
    _existing(scope, therapist_id)
    connection = scope.unit.begin_write()
    for key_id in live_narrow_keys(connection, scope.clinic_id, Role.THERAPIST, therapist_id):
        revoke_key(connection, scope.clinic_id, key_id)
        record(scope, "key.revoked", key_id, {"therapist_id": str(therapist_id)})


def _existing(scope: ClinicScope, therapist_id: UUID) -> None:
    if not queries.has_therapist(scope, therapist_id):
        raise NotFound("The clinic has no such therapist.")
