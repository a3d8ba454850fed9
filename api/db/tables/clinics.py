"""A clinic, its access keys, its settings and its own vocabulary."""

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
from api.limits import KEY_NAME_CHARS


class Clinic(SQLModel, table=True):
    """One row a clinic, read with every key: it says which versions are current.

    `roster_version` and `availability_version` grow with each change of a profile or of how free
    somebody is, `rating_arrivals` with each fit rating that comes or changes; `ranking_key` keys
    the hash behind varied order and never leaves the server. `waits_seen_…` are the versions at
    which the waiting list was last looked through.
    """

    __tablename__ = "clinics"
    __table_args__ = (
        CheckConstraint("roster_version >= 0", name="roster_version"),
        CheckConstraint("availability_version >= 0", name="availability_version"),
    )

    id: UUID = Field(primary_key=True)
    name: str = Field(max_length=200)
    created_at: datetime = time_field()
    ranking_key: bytes
    roster_version: int = counter_field(default=0)
    availability_version: int = counter_field(default=0)
    vocabulary_version: int = counter_field(default=0)
    settings_version: int = counter_field(default=0)
    webhooks_version: int = counter_field(default=0, sa_column_kwargs={"server_default": text("0")})
    rating_arrivals: int = counter_field(default=0, sa_column_kwargs={"server_default": text("0")})
    weighting_id: UUID
    model_id: UUID | None = None
    waits_seen_roster: int = counter_field(
        default=0, sa_column_kwargs={"server_default": text("0")}
    )
    waits_seen_availability: int = counter_field(
        default=0, sa_column_kwargs={"server_default": text("0")}
    )


class AccessKey(SQLModel, table=True):
    """A key to the API: one clinic, one role. Only the SHA-256 of its 256-bit secret is stored.

    The keys of clients and therapists are narrow: `subject_id` says whose, and they expire. A
    browser's session is a short-lived key made from another, `parent_id`, and ends with it. `name`
    says what or who holds the key; null where nobody said.
    """

    __tablename__ = "access_keys"
    __table_args__ = (
        CheckConstraint(
            "role IN ('intake', 'staff', 'admin', 'auditor', 'client', 'therapist')", name="role"
        ),
        CheckConstraint(
            "(role IN ('client', 'therapist')) = (subject_id IS NOT NULL)", name="subject"
        ),
        ForeignKeyConstraint(
            ["clinic_id", "parent_id"], ["access_keys.clinic_id", "access_keys.id"]
        ),
        CheckConstraint("parent_id IS NULL OR expires_at IS NOT NULL", name="session"),
        Index(None, "clinic_id", "subject_id"),
        Index(None, "clinic_id", "parent_id"),
    )

    clinic_id: UUID = clinic_id_field()
    id: UUID = own_id_field()
    role: str = Field(max_length=16)
    secret_hash: bytes = Field(unique=True)
    created_at: datetime = time_field()
    revoked_at: datetime | None = time_field(default=None, nullable=True)
    subject_id: UUID | None = None
    expires_at: datetime | None = time_field(default=None, nullable=True)
    parent_id: UUID | None = None
    name: str | None = Field(default=None, max_length=KEY_NAME_CHARS)


class ClinicSettingsRow(SQLModel, table=True):
    """What the clinic set for itself; what is absent has its documented default."""

    __tablename__ = "clinic_settings"

    clinic_id: UUID = clinic_id_field()
    document: dict[str, Any] = document_field()
    updated_at: datetime = time_field()


class VocabularyAddition(SQLModel, table=True):
    """A code of the clinic's own beside the shared vocabulary. Never changed, never removed."""

    __tablename__ = "vocabulary_additions"

    clinic_id: UUID = clinic_id_field()
    facet: str = Field(primary_key=True, max_length=32)
    code: str = Field(primary_key=True, max_length=64)
    label: str = Field(max_length=120)
    created_at: datetime = time_field()
