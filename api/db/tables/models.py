"""Models learned from fit ratings: each training as a job and as what came of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlmodel import Field, SQLModel

from api.db.tables.base import (
    clinic_id_field,
    counter_field,
    document_field,
    own_id_field,
    time_field,
)

_UNDER_WAY = text("status IN ('queued', 'training')")


class ModelRow(SQLModel, table=True):
    """One training, from the request on; once it has ended, the register's entry of its model.

    The row is the job. Whoever trains holds a lease until `lease_until` and renews it; `attempts`
    counts who did so far, and only the latest may write. `promotes` says whether passing the gate
    puts the model to use; it ends when an administrator decides otherwise meanwhile. `failure` is
    a code, and `override_reason` an administrator's words for serving what the gate refused.
    `sha256` and `size` (bytes) are those of the artifact, null where nothing was learned.
    `read_to` is the last number of arrival, of ratings and departures, that it reads, null before
    it does and where there is none: later trainings tell by it what has been told before.
    """

    __tablename__ = "models"
    __table_args__ = (
        CheckConstraint(
            "status IN ('queued', 'training', 'ready', 'refused', 'failed')", name="status"
        ),
        CheckConstraint("progress >= 0 AND progress <= 1", name="progress"),
        CheckConstraint("attempts >= 0", name="attempts"),
        # Lets a clinic have one training under way, and finds those of all clinics.
        Index(
            "uq_models_under_way",
            "clinic_id",
            unique=True,
            sqlite_where=_UNDER_WAY,
            postgresql_where=_UNDER_WAY,
        ),
    )

    clinic_id: UUID = clinic_id_field()
    id: UUID = own_id_field()
    status: str = Field(max_length=16)
    stage: str | None = Field(default=None, max_length=64)
    progress: float = 0.0
    seed: int
    attempts: int = 0
    promotes: bool = True
    requested_at: datetime = time_field()
    requested_by: UUID | None = None
    started_at: datetime | None = time_field(default=None, nullable=True)
    lease_until: datetime | None = time_field(default=None, nullable=True)
    trained_at: datetime | None = time_field(default=None, nullable=True)
    report: dict[str, Any] | None = document_field(default=None, nullable=True)
    failure: str | None = Field(default=None, max_length=32)
    override_reason: str | None = Field(default=None, max_length=2000)
    sha256: str | None = Field(default=None, max_length=64)
    size: int | None = None
    read_to: int | None = counter_field(default=None, nullable=True)


class ModelArtifact(SQLModel, table=True):
    """What `matching.learning.artifact` packed of a model: never changed once written."""

    __tablename__ = "model_artifacts"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "model_id"], ["models.clinic_id", "models.id"]),
    )

    clinic_id: UUID = clinic_id_field()
    model_id: UUID = own_id_field()
    data: bytes
