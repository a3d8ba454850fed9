"""Intakes filled in on our own page and not sent yet."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from api.db.tables.base import clinic_id_field, document_field, own_id_field, time_field
from api.db.tables.pairings import of_client, of_match


class IntakeDraft(SQLModel, table=True):
    """What somebody answered so far, found by a secret that only their browser or link has.

    It is deleted when it is sent, or at `expires_at`. `answers` holds codes, never free text.
    `match_id` is the match whose answers its client changes, `begun_with` what they were, and
    `session_hash` the session without which it opens nothing; who is new has none of these.
    """

    __tablename__ = "intake_drafts"
    __table_args__ = (of_client(), of_match(), Index(None, "expires_at"))

    clinic_id: UUID = clinic_id_field()
    id: UUID = own_id_field()
    secret_hash: bytes = Field(unique=True)
    answers: dict[str, Any] = document_field()
    client_id: UUID | None = None
    match_id: UUID | None = None
    begun_with: dict[str, Any] | None = document_field(nullable=True)
    session_hash: bytes | None = None
    created_at: datetime = time_field()
    changed_at: datetime = time_field()
    expires_at: datetime = time_field()
