"""Append to the audit trail. Details hold ids, counts and digests, never words or values."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import insert

from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.db.tables import AuditRow
from api.db.tables.base import table_of
from api.ids import new_id

Detail = str | int | bool | None | Mapping[str, int]

_INSERT = insert(table_of(AuditRow))


def record(
    scope: ClinicScope,
    action: str,
    subject_id: UUID | None = None,
    details: Mapping[str, Detail] | None = None,
) -> None:
    """Add a row in the scope's unit of work, which must already be writing.

    Raises:
        RuntimeError: nothing is being written, so the row could be lost.
    """
    if not scope.unit.writing:
        raise RuntimeError("an audit row belongs in the transaction of what it records")
    row = {
        "clinic_id": scope.clinic_id,
        "id": new_id(),
        "at": utc_now(),
        "key_id": scope.key_id,
        "action": action,
        "subject_id": subject_id,
        "details": dict(details or {}),
        "request_id": scope.request_id,
    }
    scope.connection.execute(_INSERT, row)
