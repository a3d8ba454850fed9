"""Therapists: who they are, their profile by version, and how free they are by version.

A version of a profile or of an availability counts from `valid_from` until just before `valid_to`,
in the clinic's `roster_version` or `availability_version`: so the roster of any past match can be
read again.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from api.db.tables.base import (
    clinic_id_field,
    counter_field,
    document_field,
    own_id_field,
    time_field,
)


def _of_therapist() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["clinic_id", "therapist_id"], ["therapists.clinic_id", "therapists.id"]
    )


def _one_current_version(table: str) -> Index:
    """Finds the version that holds now, and lets there be only one."""
    current = text("valid_to IS NULL")
    return Index(
        f"uq_{table}_current",
        "clinic_id",
        "therapist_id",
        unique=True,
        sqlite_where=current,
        postgresql_where=current,
    )


class Therapist(SQLModel, table=True):
    """A therapist of one clinic. `revision` grows with each change and is the ETag."""

    __tablename__ = "therapists"
    __table_args__ = (UniqueConstraint("clinic_id", "reference"),)

    clinic_id: UUID = clinic_id_field()
    id: UUID = own_id_field()
    reference: str = Field(max_length=64)
    revision: int = counter_field()
    created_at: datetime = time_field()
    updated_at: datetime = time_field()


class TherapistProfile(SQLModel, table=True):
    """One version of a profile."""

    __tablename__ = "therapist_profiles"
    __table_args__ = (
        _of_therapist(),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="validity"),
        Index(None, "clinic_id", "valid_from"),
        _one_current_version("therapist_profiles"),
    )

    clinic_id: UUID = clinic_id_field()
    therapist_id: UUID = own_id_field()
    valid_from: int = counter_field(primary_key=True)
    valid_to: int | None = counter_field(default=None, nullable=True)
    document: dict[str, Any] = document_field()


class TherapistAvailability(SQLModel, table=True):
    """One version of how free a therapist is. `caseload_limit` null: unlimited.

    `caseload` is what the clinic stated of clients who did not come through Rapport, `held` the
    places that pairings hold: a therapist is full when the two reach the limit. `on_hold` keeps new
    clients away until staff have looked into something that was reported. `stated_at` is when
    somebody last said how free the therapist is.
    """

    __tablename__ = "therapist_availability"
    __table_args__ = (
        _of_therapist(),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="validity"),
        CheckConstraint("caseload >= 0", name="caseload"),
        CheckConstraint("caseload_limit IS NULL OR caseload_limit >= 0", name="caseload_limit"),
        CheckConstraint("held >= 0", name="held"),
        Index(None, "clinic_id", "valid_from"),
        _one_current_version("therapist_availability"),
    )

    clinic_id: UUID = clinic_id_field()
    therapist_id: UUID = own_id_field()
    valid_from: int = counter_field(primary_key=True)
    valid_to: int | None = counter_field(default=None, nullable=True)
    active: bool
    accepting: bool
    caseload: int
    caseload_limit: int | None = None
    confirmed_at: datetime | None = time_field(default=None, nullable=True)
    leaving_on: date | None = None
    held: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    on_hold: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    stated_at: datetime | None = time_field(default=None, nullable=True)
