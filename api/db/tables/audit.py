"""Who did what and when: added in the transaction of what it records, and never changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from api.db.tables.base import clinic_id_field, document_field, own_id_field, time_field


class AuditRow(SQLModel, table=True):
    """One action. Holds ids, counts and digests only, so that erasing a client leaves it whole."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "clinic_id", "subject_id"),)

    clinic_id: UUID = clinic_id_field()
    id: UUID = own_id_field()
    at: datetime = time_field()
    key_id: UUID | None = None
    action: str = Field(max_length=64)
    subject_id: UUID | None = None
    details: dict[str, Any] = document_field()
    request_id: UUID | None = None
