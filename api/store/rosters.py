"""Compiled rosters: the newest one kept in memory and brought up to date, older ones on demand.

Profiles and availability are stored by version, so the roster of any past match can be compiled
again. A worker that has version 7 and needs 9 reads only what changed since 7.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, and_, or_, select

from api.auth.scope import ClinicScope
from api.db.tables import TherapistAvailability, TherapistProfile
from api.db.tables.base import table_of
from api.profiles.documents import profile_from_document
from matching.availability import Availability
from matching.profile import AvailabilityRow, Profile
from matching.roster import Roster

_profiles: Table = table_of(TherapistProfile)
_availability: Table = table_of(TherapistAvailability)


@dataclass(frozen=True, slots=True)
class CompiledRoster:
    """A clinic's roster and who is free, each with the version it was compiled at."""

    roster: Roster
    roster_version: int
    availability: Availability
    availability_version: int


def current_roster(scope: ClinicScope) -> CompiledRoster:
    """The clinic's roster as it is now."""
    key = ("roster", scope.clinic_id)
    kept: CompiledRoster | None = scope.database.cache.get(key)
    state = scope.clinic
    if (
        kept is not None
        and kept.roster_version >= state.roster_version
        and kept.availability_version >= state.availability_version
    ):
        return kept
    # The versions of a clinic grow in step, so one of the two pairs is the newer in both.
    fresh = _compiled(
        scope,
        kept,
        max(state.roster_version, kept.roster_version if kept else 0),
        max(state.availability_version, kept.availability_version if kept else 0),
    )
    scope.database.cache.put(key, fresh, cost=len(fresh.roster))
    return fresh


def roster_at(scope: ClinicScope, roster_version: int, availability_version: int) -> CompiledRoster:
    """The clinic's roster as it was at those versions."""
    kept: CompiledRoster | None = scope.database.cache.get(("roster", scope.clinic_id))
    if kept is None or kept.roster_version != roster_version:
        return _compiled(scope, None, roster_version, availability_version)
    if kept.availability_version == availability_version:
        return kept
    rows = _availability_between(scope, 0, availability_version)
    availability = Availability.compile(kept.roster, rows)
    return CompiledRoster(kept.roster, roster_version, availability, availability_version)


def _compiled(
    scope: ClinicScope, base: CompiledRoster | None, roster_version: int, availability_version: int
) -> CompiledRoster:
    seen_roster = base.roster_version if base else 0
    seen_availability = base.availability_version if base else 0
    roster = base.roster if base else Roster.compile(())
    if roster_version > seen_roster:
        roster = roster.updated(_profiles_between(scope, seen_roster, roster_version))
    rows = _availability_between(scope, seen_availability, availability_version)
    if base is None:
        availability = Availability.compile(roster, rows)
    else:
        availability = base.availability.updated(roster, rows)
    return CompiledRoster(roster, roster_version, availability, availability_version)


def _valid_at(table: Table, scope: ClinicScope, after: int, version: int) -> ColumnElement[bool]:
    """Rows of the scope's clinic that came after one version and hold at another."""
    return and_(
        table.c.clinic_id == scope.clinic_id,
        table.c.valid_from > after,
        table.c.valid_from <= version,
        or_(table.c.valid_to.is_(None), table.c.valid_to > version),
    )


def _rows(scope: ClinicScope, table: Table, after: int, version: int) -> Iterator[Row[Any]]:
    query = select(table).where(_valid_at(table, scope, after, version))
    yield from scope.connection.execute(query, execution_options={"yield_per": 2000})


def _profiles_between(scope: ClinicScope, after: int, version: int) -> Iterator[Profile]:
    for row in _rows(scope, _profiles, after, version):
        yield profile_from_document(row.document, str(row.therapist_id))


def _availability_between(
    scope: ClinicScope, after: int, version: int
) -> Iterator[AvailabilityRow]:
    for row in _rows(scope, _availability, after, version):
        yield availability_from_row(row)


def availability_from_row(row: Row[Any]) -> AvailabilityRow:
    """A stored version of availability as the engine takes it."""
    return AvailabilityRow(
        id=str(row.therapist_id),
        active=row.active,
        accepting=row.accepting and not row.on_hold,
        caseload=row.caseload + row.held,
        caseload_limit=row.caseload_limit,
        confirmed_at=row.confirmed_at,
        leaving_on=row.leaving_on,
    )
