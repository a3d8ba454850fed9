"""Events out: written in the transaction of what they tell of. (Interface; being built.)"""

from uuid import UUID

from api.auth.scope import ClinicScope


def emit(scope: ClinicScope, type_: str, subject_id: UUID, **ids: UUID | None) -> None:
    """Interface only, until the outbox is there."""
