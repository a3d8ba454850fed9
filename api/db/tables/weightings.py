"""Versions of a clinic's weighting. Which one is active stands in the clinic's row."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from api.db.tables.base import clinic_id_field, document_field, own_id_field, time_field


class WeightingRow(SQLModel, table=True):
    """One version: never changed once written, save for the time it was last activated."""

    __tablename__ = "weightings"
    __table_args__ = (
        UniqueConstraint("clinic_id", "version"),
        CheckConstraint("version >= 1", name="version"),
    )

    clinic_id: UUID = clinic_id_field()
    id: UUID = own_id_field()
    version: int
    document: dict[str, Any] = document_field()
    note: str = Field(max_length=2000)
    created_by: UUID | None = None
    created_at: datetime = time_field()
    activated_at: datetime | None = time_field(default=None, nullable=True)
