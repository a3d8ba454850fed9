"""Previews of a weighting over more matches than one request should wait for."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlmodel import Field, SQLModel

from api.db.tables.base import clinic_id_field, document_field, own_id_field, time_field

_UNDER_WAY = text("status IN ('queued', 'running')")


class Preview(SQLModel, table=True):
    """One preview as a job: what was asked, how far it is, and what came of it.

    Whoever works on it holds a lease until `lease_until` and renews it. `done` of `total` matches
    are replayed. `failure` is a code. `result` is what the preview answers; of its examples it has
    only the ids of the matches, and what they were ranked by.
    """

    __tablename__ = "weighting_previews"
    __table_args__ = (
        ForeignKeyConstraint(
            ["clinic_id", "weighting_id"], ["weightings.clinic_id", "weightings.id"]
        ),
        CheckConstraint(
            "status IN ('queued', 'running', 'done', 'failed', 'cancelled')", name="status"
        ),
        CheckConstraint("done >= 0 AND total >= 0", name="counts"),
        CheckConstraint("attempts >= 0", name="attempts"),
        # Lets a clinic have one under way, and finds those of all clinics.
        Index(
            "uq_weighting_previews_under_way",
            "clinic_id",
            unique=True,
            sqlite_where=_UNDER_WAY,
            postgresql_where=_UNDER_WAY,
        ),
    )

    clinic_id: UUID = clinic_id_field()
    id: UUID = own_id_field()
    weighting_id: UUID
    status: str = Field(max_length=16)
    asked: dict[str, Any] = document_field()
    done: int = 0
    total: int = 0
    attempts: int = 0
    requested_at: datetime = time_field()
    requested_by: UUID | None = None
    lease_until: datetime | None = time_field(default=None, nullable=True)
    ended_at: datetime | None = time_field(default=None, nullable=True)
    result: dict[str, Any] | None = document_field(default=None, nullable=True)
    failure: str | None = Field(default=None, max_length=32)
