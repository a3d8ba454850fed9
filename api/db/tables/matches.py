"""Clients by pseudonymous reference, and the matches answered to them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from api.db.tables.base import (
    clinic_id_field,
    counter_field,
    document_field,
    own_id_field,
    time_field,
)


class Client(SQLModel, table=True):
    """A client, known by the clinic's own pseudonymous reference."""

    __tablename__ = "clients"
    __table_args__ = (UniqueConstraint("clinic_id", "reference"),)

    clinic_id: UUID = clinic_id_field()
    id: UUID = own_id_field()
    reference: str = Field(max_length=128)
    created_at: datetime = time_field()


class Match(SQLModel, table=True):
    """A match as answered, with all that it takes to compute it again.

    `answer` holds the very bytes. The roster, who was free, and the weighting are named by
    version; `rules` holds the clinic's settings that mattered then.
    """

    __tablename__ = "matches"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "client_id"], ["clients.clinic_id", "clients.id"]),
        ForeignKeyConstraint(
            ["clinic_id", "weighting_id"], ["weightings.clinic_id", "weightings.id"]
        ),
        CheckConstraint("selection_mode IN ('client', 'staff')", name="selection_mode"),
        Index(None, "clinic_id", "client_id"),
    )

    clinic_id: UUID = clinic_id_field()
    id: UUID = own_id_field()
    created_at: datetime = time_field()
    created_by: UUID
    client_id: UUID | None = None
    request: dict[str, Any] = document_field()
    answer: bytes
    roster_version: int = counter_field()
    availability_version: int = counter_field()
    weighting_id: UUID
    model_id: UUID | None = None
    rules: dict[str, Any] = document_field()
    selection_mode: str = Field(max_length=16)
