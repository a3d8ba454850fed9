"""What staff are asked to see to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlmodel import Field, SQLModel

from api.db.tables.base import clinic_id_field, own_id_field, time_field

_OPEN = text("status = 'open'")


class StaffTask(SQLModel, table=True):
    """A task for staff, in ids and codes. `note` is what staff wrote when they resolved it.

    `subjects` is a digest of the ids it is about: of one kind, one task about them is open at a
    time.
    """

    __tablename__ = "staff_tasks"
    __table_args__ = (
        ForeignKeyConstraint(
            ["clinic_id", "therapist_id"], ["therapists.clinic_id", "therapists.id"]
        ),
        ForeignKeyConstraint(["clinic_id", "client_id"], ["clients.clinic_id", "clients.id"]),
        CheckConstraint("status IN ('open', 'done')", name="status"),
        CheckConstraint("(status = 'done') = (resolution IS NOT NULL)", name="resolution"),
        Index(None, "clinic_id", "therapist_id"),
        Index(None, "clinic_id", "client_id"),
        Index(
            "uq_staff_tasks_open",
            "clinic_id",
            "kind",
            "subjects",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    clinic_id: UUID = clinic_id_field()
    id: UUID = own_id_field()
    kind: str = Field(max_length=32)
    status: str = Field(max_length=16)
    subjects: bytes
    therapist_id: UUID | None = None
    client_id: UUID | None = None
    pairing_id: UUID | None = None
    match_id: UUID | None = None
    opened_at: datetime = time_field()
    resolved_at: datetime | None = time_field(default=None, nullable=True)
    resolved_by: UUID | None = None
    resolution: str | None = Field(default=None, max_length=32)
    note: str | None = Field(default=None, max_length=2000)
