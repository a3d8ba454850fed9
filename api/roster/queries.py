"""The SQL of a clinic's therapists, as they are now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select

from api.auth.scope import ClinicScope
from api.db.tables import Therapist, TherapistAvailability, TherapistProfile
from api.db.tables.base import table_of
from api.profiles.documents import Document, time_text
from api.store.versions import holding_now

_therapists = table_of(Therapist)
_profiles = table_of(TherapistProfile)
_availability = table_of(TherapistAvailability)


@dataclass(frozen=True, slots=True)
class Stored:
    """A therapist as stored: the whole document, and what the server added to it."""

    id: UUID
    revision: int
    created_at: datetime
    updated_at: datetime
    document: Document
    held: int
    on_hold: bool


def by_id(scope: ClinicScope, therapist_id: UUID) -> Stored | None:
    """The clinic's therapist of that id."""
    found = _read(scope, _current(scope).where(_therapists.c.id == therapist_id))
    return found[0] if found else None


def by_ids(scope: ClinicScope, therapist_ids: Iterable[UUID]) -> dict[UUID, Stored]:
    """The clinic's therapists among those ids."""
    query = _current(scope).where(_therapists.c.id.in_(list(therapist_ids)))
    return {stored.id: stored for stored in _read(scope, query)}


def by_references(scope: ClinicScope, references: Iterable[str]) -> dict[str, Stored]:
    """The clinic's therapists among those references."""
    query = _current(scope).where(_therapists.c.reference.in_(list(references)))
    return {stored.document["reference"]: stored for stored in _read(scope, query)}


def page(scope: ClinicScope, after: UUID | None, limit: int) -> Sequence[Stored]:
    """Up to `limit` therapists in the order they were added."""
    query = _current(scope).order_by(_therapists.c.id).limit(limit)
    if after is not None:
        query = query.where(_therapists.c.id > after)
    return _read(scope, query)


def _current(scope: ClinicScope) -> Select[Any]:
    availability_columns = [
        column for column in _availability.c if column.name not in {"clinic_id", "therapist_id"}
    ]
    return (
        select(_therapists, _profiles.c.document, *availability_columns)
        .join(_profiles, holding_now(_profiles, _therapists.c.id))
        .join(_availability, holding_now(_availability, _therapists.c.id))
        .where(_therapists.c.clinic_id == scope.clinic_id)
    )


def _read(scope: ClinicScope, query: Select[Any]) -> list[Stored]:
    rows = scope.connection.execute(query).all()
    return [
        Stored(
            row.id, row.revision, row.created_at, row.updated_at, _whole(row), row.held, row.on_hold
        )
        for row in rows
    ]


def _whole(row: Row[Any]) -> Document:
    availability = {
        "active": row.active,
        "accepting": row.accepting,
        "caseload": row.caseload,
        "caseload_limit": row.caseload_limit,
        "availability_confirmed_at": time_text(row.confirmed_at) if row.confirmed_at else None,
        "leaving_on": row.leaving_on.isoformat() if row.leaving_on else None,
    }
    return {**row.document, **availability}
