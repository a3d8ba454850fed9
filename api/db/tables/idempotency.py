"""Replies kept so that a call sent twice is done once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from api.db.tables.base import clinic_id_field, document_field, time_field


class IdempotentReply(SQLModel, table=True):
    """What one Idempotency-Key was answered. Key and request are kept as SHA-256 only.

    `subject_id` names the record the reply is about, so that erasing it erases the reply.
    """

    __tablename__ = "idempotent_replies"
    __table_args__ = (Index(None, "created_at"), Index(None, "clinic_id", "subject_id"))

    clinic_id: UUID = clinic_id_field()
    key_hash: bytes = Field(primary_key=True)
    request_hash: bytes
    status: int
    headers: dict[str, Any] = document_field()
    body: bytes
    subject_id: UUID | None = None
    created_at: datetime = time_field()
