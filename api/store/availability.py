"""Whether anybody became free: what changed of therapists since certain versions of the clinic."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from api.auth.scope import ClinicScope
from api.db.tables import TherapistAvailability, TherapistProfile
from api.db.tables.base import table_of
from api.store.places import availability_rules
from api.store.rosters import availability_from_row
from matching.availability import takes_new_clients

_free = table_of(TherapistAvailability)
_profiles = table_of(TherapistProfile)

# Where more than this changed at once, as by an import, somebody is taken to have become free.
_MOST_COMPARED = 500


def something_appeared(
    scope: ClinicScope, roster_version: int, availability_version: int, now: datetime
) -> bool:
    """Whether anybody who takes new clients now is new, or was changed since those versions.

    That one who took new clients before holds a place more or less is no news to who waits.
    """
    rules = availability_rules(scope)

    def takes_new(row: Row[Any]) -> bool:
        return takes_new_clients(availability_from_row(row), rules, now)

    if any(map(takes_new, _with_new_profiles(scope, roster_version))):
        return True
    changed = _rows(scope, _free.c.valid_from > availability_version, _free.c.valid_to.is_(None))
    if len(changed) > _MOST_COMPARED:
        return True
    before = {
        row.therapist_id: row
        for row in _rows(
            scope,
            _free.c.valid_from <= availability_version,
            _free.c.valid_to > availability_version,
        )
    }
    for row in filter(takes_new, changed):
        then = before.get(row.therapist_id)
        if then is None or then.stated_at != row.stated_at or not takes_new(then):
            return True
    return False


def _with_new_profiles(scope: ClinicScope, roster_version: int) -> Sequence[Row[Any]]:
    """How free those are now whose profile changed since a version of the roster."""
    changed = select(_profiles.c.therapist_id).where(
        _profiles.c.clinic_id == scope.clinic_id,
        _profiles.c.valid_from > roster_version,
        _profiles.c.valid_to.is_(None),
    )
    return _rows(scope, _free.c.therapist_id.in_(changed), _free.c.valid_to.is_(None))


def _rows(scope: ClinicScope, *which: ColumnElement[bool]) -> Sequence[Row[Any]]:
    query = select(_free).where(_free.c.clinic_id == scope.clinic_id, *which)
    return scope.connection.execute(query.limit(_MOST_COMPARED + 1)).all()
