"""Compiled rosters of the past, from version to version: what changed between is spliced in."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Row, Table, or_, select

from api.auth.scope import ClinicScope
from api.db.tables import TherapistAvailability, TherapistProfile
from api.db.tables.base import table_of
from api.profiles.documents import profile_from_document
from api.store.rosters import CompiledRoster, availability_from_row
from matching.profile import Profile

# A roster version and an availability version. Those of a clinic grow in step.
Versions = tuple[int, int]
_T = TypeVar("_T")

_profiles: Table = table_of(TherapistProfile)
_availability: Table = table_of(TherapistAvailability)


def rosters_along(
    scope: ClinicScope, base: CompiledRoster, versions: Sequence[Versions]
) -> Iterator[CompiledRoster]:
    """The clinic's roster at each of these versions, one at least, ascending from `base` on.

    Two queries read all that changed on the way. Versions that are equal share what is compiled.
    """
    seen = (base.roster_version, base.availability_version)
    profiles, availability = (
        deque(_changes(scope, table, after, first, last))
        for table, after, first, last in zip(
            (_profiles, _availability), seen, versions[0], versions[-1], strict=True
        )
    )
    at = base
    for roster_version, availability_version in versions:
        if (roster_version, availability_version) != (at.roster_version, at.availability_version):
            changed = list(_due(profiles, roster_version, _profile))
            states = list(_due(availability, availability_version, availability_from_row))
            roster = at.roster.updated(changed) if changed else at.roster
            at = CompiledRoster(
                roster,
                roster_version,
                at.availability.updated(roster, states),
                availability_version,
            )
        yield at


def _changes(
    scope: ClinicScope, table: Table, after: int, first: int, last: int
) -> Iterator[Row[Any]]:
    """What came after one version and up to `last`, in order; left out what `first` had undone."""
    still: ColumnElement[bool] = or_(table.c.valid_to.is_(None), table.c.valid_to > first)
    query = (
        select(table)
        .where(
            table.c.clinic_id == scope.clinic_id,
            table.c.valid_from > after,
            table.c.valid_from <= last,
            still,
        )
        .order_by(table.c.valid_from)
    )
    yield from scope.connection.execute(query)


def _due(changes: deque[Row[Any]], version: int, made: Callable[[Row[Any]], _T]) -> Iterator[_T]:
    """Those up to a version, taken from the front."""
    while changes and changes[0].valid_from <= version:
        yield made(changes.popleft())


def _profile(row: Row[Any]) -> Profile:
    return profile_from_document(row.document, str(row.therapist_id))
