"""Write therapists by version: what changed gets a new version, what did not stays untouched."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, insert, update

from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.db.tables import Therapist, TherapistAvailability, TherapistProfile
from api.db.tables.base import table_of
from api.ids import new_id
from api.profiles.documents import (
    AVAILABILITY_FIELDS,
    PROFILE_FIELDS,
    Document,
)
from api.roster.queries import Stored
from api.store.versions import write_versions

_therapists: Table = table_of(Therapist)
_profiles: Table = table_of(TherapistProfile)
_availability: Table = table_of(TherapistAvailability)


@dataclass(frozen=True, slots=True)
class Change:
    """What a therapist was, None where new, and what they are to be: a whole document."""

    before: Stored | None
    document: Document


@dataclass(slots=True)
class Written:
    """The ids that were created and updated, and how many changes changed nothing."""

    created: list[UUID] = field(default_factory=list)
    updated: list[UUID] = field(default_factory=list)
    unchanged: int = 0


def write_changes(scope: ClinicScope, changes: Sequence[Change]) -> Written:
    """Store the changes as one new version of the roster; `hold_clinic` comes before."""
    now = utc_now()
    written = Written()
    therapists, profiles, availabilities = [], [], []
    for change in changes:
        new_profile = _part_changed(change, PROFILE_FIELDS)
        new_availability = _part_changed(change, AVAILABILITY_FIELDS)
        if not new_profile and not new_availability:
            written.unchanged += 1
            continue
        therapist = _therapist_row(scope, change, now)
        (written.updated if change.before else written.created).append(therapist["id"])
        therapists.append((change.before is None, therapist))
        if new_profile:
            profiles.append(_profile_row(scope, therapist["id"], change.document))
        if new_availability:
            availabilities.append(_availability_row(scope, therapist["id"], change, now))
    _write_therapists(scope, therapists)
    write_versions(scope, _profiles, "roster_version", profiles)
    write_versions(scope, _availability, "availability_version", availabilities)
    return written


def _part_changed(change: Change, fields: tuple[str, ...]) -> bool:
    if change.before is None:
        return True
    before = change.before.document
    return any(before[name] != change.document[name] for name in fields)


def _therapist_row(scope: ClinicScope, change: Change, now: datetime) -> dict[str, Any]:
    before = change.before
    return {
        "clinic_id": scope.clinic_id,
        "id": before.id if before else new_id(),
        "reference": change.document["reference"],
        "revision": before.revision + 1 if before else 1,
        "created_at": before.created_at if before else now,
        "updated_at": now,
    }


def _profile_row(scope: ClinicScope, therapist_id: UUID, document: Document) -> dict[str, Any]:
    profile = {name: document[name] for name in PROFILE_FIELDS}
    return {
        "clinic_id": scope.clinic_id,
        "therapist_id": therapist_id,
        "document": profile,
    }


def _availability_row(
    scope: ClinicScope, therapist_id: UUID, change: Change, now: datetime
) -> dict[str, Any]:
    document, before = change.document, change.before
    confirmed_at, leaving_on = document["availability_confirmed_at"], document["leaving_on"]
    return {
        "clinic_id": scope.clinic_id,
        "therapist_id": therapist_id,
        "active": document["active"],
        "accepting": document["accepting"],
        "caseload": document["caseload"],
        "caseload_limit": document["caseload_limit"],
        "confirmed_at": datetime.fromisoformat(confirmed_at) if confirmed_at else None,
        "leaving_on": date.fromisoformat(leaving_on) if leaving_on else None,
        # Whatever is stated, the places that pairings hold are held.
        "held": before.held if before else 0,
        "on_hold": before.on_hold if before else False,
        "stated_at": now,
    }


def _write_therapists(scope: ClinicScope, rows: Iterable[tuple[bool, dict[str, Any]]]) -> None:
    connection = scope.connection
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for is_new, row in rows:
        (new if is_new else changed).append(row)
    if new:
        connection.execute(insert(_therapists), new)
    for row in changed:
        connection.execute(
            update(_therapists)
            .where(_therapists.c.clinic_id == scope.clinic_id, _therapists.c.id == row["id"])
            .values(
                reference=row["reference"], revision=row["revision"], updated_at=row["updated_at"]
            )
        )
