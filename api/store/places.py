"""Places: how many of a therapist's are held, changed one at a time under the clinic's lock.

A place is held by each live pairing. What the clinic states of a caseload counts besides, so that
an import never gives away a place that is held.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select

from api.auth.scope import ClinicScope
from api.db.tables import TherapistAvailability
from api.db.tables.base import table_of
from api.store.clinic_settings import read_settings
from api.store.clinics import hold_clinic
from api.store.rosters import availability_from_row
from api.store.versions import write_versions
from matching.availability import AvailabilityRules, takes_new_clients

_availability = table_of(TherapistAvailability)
_CURRENT = select(_availability).where(
    _availability.c.clinic_id == bindparam("clinic_id"),
    _availability.c.therapist_id.in_(bindparam("therapist_ids", expanding=True)),
    _availability.c.valid_to.is_(None),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a therapist stands to one client more.

    Attributes:
        has_room: a place is left.
        at_work: they are active, and nobody has put them on hold.
        takes_new: both, and nothing else keeps new clients away.
    """

    has_room: bool
    at_work: bool
    takes_new: bool


def standing_of(scope: ClinicScope, therapist_id: UUID, now: datetime) -> Standing:
    """How one of the clinic's therapists stands now; exact only under the clinic's lock."""
    return standings_of(scope, [therapist_id], now)[therapist_id]


def standings_of(
    scope: ClinicScope, therapist_ids: Sequence[UUID], now: datetime
) -> dict[UUID, Standing]:
    """How those of the clinic's therapists stand now; an id that is nobody's is left out."""
    named = {"clinic_id": scope.clinic_id, "therapist_ids": list(therapist_ids)}
    rules = availability_rules(scope)
    return {
        row.therapist_id: _standing(row, rules, now)
        for row in scope.connection.execute(_CURRENT, named)
    }


def availability_rules(scope: ClinicScope) -> AvailabilityRules:
    """The clinic's ages of an availability, as the ranking takes them."""
    settings = read_settings(scope)
    return AvailabilityRules(
        caveat_after_days=settings.availability_caveat_after_days,
        stale_after_days=settings.availability_stale_after_days,
        leaving_notice_days=settings.leaving_notice_days,
    )


def change_held(scope: ClinicScope, therapist_id: UUID, by: int) -> None:
    """Hold one place more or less: a new version of how free the therapist is."""
    row = _existing(scope, therapist_id)
    _write(scope, row, held=row.held + by)


def set_hold(scope: ClinicScope, therapist_id: UUID, *, on_hold: bool) -> None:
    """Keep new clients away from a therapist until staff have looked, or let them come again."""
    hold_clinic(scope)
    row = _existing(scope, therapist_id)
    if row.on_hold != on_hold:
        _write(scope, row, on_hold=on_hold)


def _write(scope: ClinicScope, row: Row[Any], **changes: Any) -> None:
    version = {**row._mapping, **changes}
    write_versions(scope, _availability, "availability_version", [version])


def _existing(scope: ClinicScope, therapist_id: UUID) -> Row[Any]:
    named = {"clinic_id": scope.clinic_id, "therapist_ids": [therapist_id]}
    return scope.connection.execute(_CURRENT, named).one()


def _standing(row: Row[Any], rules: AvailabilityRules, now: datetime) -> Standing:
    has_room = row.caseload_limit is None or row.caseload + row.held < row.caseload_limit
    takes_new = takes_new_clients(availability_from_row(row), rules, now)
    return Standing(has_room, row.active and not row.on_hold, takes_new)
