"""The audit trail's hash chain: its rows sealed in batches, each seal resting on the one before."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from api.db.tables.base import clinic_id_field, time_field


class AuditSeal(SQLModel, table=True):
    """One batch of a clinic's audit rows, and the digest that nobody can keep who changes them.

    `entries` are the rows in order, 48 bytes each: a row's id and the SHA-256 of the whole row.
    `digest` is the SHA-256 of the seal before, of this seal's number and time, and of its entries
    (`api/audit/digests.py`). `latest` is the greatest id that this seal and those before it hold:
    it says where to look on. Added like the trail itself, never changed.
    """

    __tablename__ = "audit_seals"
    __table_args__ = (
        CheckConstraint("number >= 1", name="number"),
        # Finds the seal of a row.
        Index(None, "clinic_id", "latest", "number"),
    )

    clinic_id: UUID = clinic_id_field()
    number: int = Field(primary_key=True)
    sealed_at: datetime = time_field()
    latest: UUID
    entries: bytes
    digest: bytes
