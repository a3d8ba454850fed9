"""What a narrow key may see: one client's own case, one therapist's own caseload."""

from uuid import UUID

from api.auth.roles import Role
from api.auth.scope import ClinicScope


def is_own(
    scope: ClinicScope, *, client_id: UUID | None = None, therapist_id: UUID | None = None
) -> bool:
    """Whether a record of that client and that therapist is the caller's to see.

    The clinic's own keys see all of the clinic. To others it is as if the record were not there.
    """
    if scope.role is Role.CLIENT:
        return client_id is not None and client_id == scope.subject_id
    if scope.role is Role.THERAPIST:
        return therapist_id is not None and therapist_id == scope.subject_id
    return True
