"""Clients by pseudonymous reference, and the matches answered to them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from api.db.tables.base import (
    clinic_id_field,
    counter_field,
    document_field,
    own_id_field,
    time_field,
)

_ARRANGED = text("shortfall_id IS NOT NULL")


class Client(SQLModel, table=True):
    """A client, known by the clinic's own pseudonymous reference.

    A consent is null where the client was never asked: what was imported says for itself whether it
    may be learned from, and a match asked for is a match agreed to.
    """

    __tablename__ = "clients"
    __table_args__ = (UniqueConstraint("clinic_id", "reference"),)

    clinic_id: UUID = clinic_id_field()
    id: UUID = own_id_field()
    reference: str = Field(max_length=128)
    created_at: datetime = time_field()
    consents_to_matching: bool | None = None
    consents_to_learning: bool | None = None
    consents_changed_at: datetime | None = time_field(default=None, nullable=True)


class Match(SQLModel, table=True):
    """A match as answered, with all that it takes to compute it again.

    `answer` holds the very bytes. The roster, who was free, and the weighting are named by
    version; `rules` holds the clinic's settings that mattered then, and `circumstances` what was
    known of the client: whom they are with, whom they left, and what an alternative changed.
    `origin_id` is the pairing that an alternative leaves, or the wait that an offer ends; an offer
    was asked for by no key, so `created_by` is null. `shortfall_id` names whose exposure had fallen
    short, where the arrangement went by it.
    """

    __tablename__ = "matches"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "client_id"], ["clients.clinic_id", "clients.id"]),
        ForeignKeyConstraint(
            ["clinic_id", "weighting_id"], ["weightings.clinic_id", "weightings.id"]
        ),
        ForeignKeyConstraint(
            ["clinic_id", "shortfall_id"],
            ["exposure_shortfalls.clinic_id", "exposure_shortfalls.id"],
        ),
        CheckConstraint("selection_mode IN ('client', 'staff')", name="selection_mode"),
        CheckConstraint("origin IN ('request', 'alternative', 'wait')", name="origin"),
        Index(None, "clinic_id", "client_id"),
        Index(None, "clinic_id", "created_at"),
        Index(
            "ix_matches_shortfall",
            "clinic_id",
            "shortfall_id",
            sqlite_where=_ARRANGED,
            postgresql_where=_ARRANGED,
        ),
    )

    clinic_id: UUID = clinic_id_field()
    id: UUID = own_id_field()
    created_at: datetime = time_field()
    created_by: UUID | None = None
    client_id: UUID | None = None
    request: dict[str, Any] = document_field()
    answer: bytes
    roster_version: int = counter_field()
    availability_version: int = counter_field()
    weighting_id: UUID
    model_id: UUID | None = None
    rules: dict[str, Any] = document_field()
    selection_mode: str = Field(max_length=16)
    origin: str = Field(
        default="request", max_length=16, sa_column_kwargs={"server_default": "request"}
    )
    origin_id: UUID | None = None
    circumstances: dict[str, Any] | None = document_field(default=None, nullable=True)
    shortfall_id: UUID | None = None
