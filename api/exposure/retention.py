"""Versions of shortfalls that nothing goes by any more are deleted: a duty of the steward."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, func, select

from api.audit.record import record
from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.db.database import Database
from api.db.tables import ExposureShortfall, Match
from api.db.tables.base import table_of
from api.steward import NowAndThen, in_each_clinic

# A request that is still under way may store a match by a version that has just been superseded.
_LEFT_ALONE = timedelta(days=1)

_shortfalls = table_of(ExposureShortfall)
_newer = _shortfalls.alias()
_matches = table_of(Match)


class ShortfallDuty(NowAndThen):
    """Looks about once an hour at each clinic that has versions of shortfalls."""

    every_seconds = 3600

    def look(self, database: Database) -> bool:
        """Delete what is due."""
        delete_unused_shortfalls(database, utc_now())
        return False


def delete_unused_shortfalls(database: Database, now: datetime) -> None:
    """Delete what is due at `now`, a transaction each clinic.

    A version that a stored match names stays, since the match is computed again by it, and so does
    the newest. Previews keep what they went by themselves.
    """
    several = select(_shortfalls.c.clinic_id).group_by(_shortfalls.c.clinic_id)
    with database.reading() as connection:
        clinics = connection.execute(several.having(func.count() > 1)).scalars().all()
    in_each_clinic(database, clinics, lambda scope: _delete(scope, now))


def _delete(scope: ClinicScope, now: datetime) -> None:
    due = _due(scope, now - _LEFT_ALONE)
    if scope.connection.execute(select(_shortfalls.c.id).where(due).limit(1)).first() is None:
        return
    connection = scope.unit.begin_write()
    deleted = connection.execute(delete(_shortfalls).where(due).returning(_shortfalls.c.id))
    for shortfall_id in deleted.scalars().all():
        record(scope, "exposure.expired", shortfall_id)


def _due(scope: ClinicScope, before: datetime) -> ColumnElement[bool]:
    """Superseded before that time, and named by no match."""
    return and_(
        _shortfalls.c.clinic_id == scope.clinic_id,
        exists().where(
            _newer.c.clinic_id == scope.clinic_id,
            # Ids are made in order of time.
            _newer.c.id > _shortfalls.c.id,
            _newer.c.measured_at < before,
        ),
        ~exists().where(
            _matches.c.clinic_id == scope.clinic_id, _matches.c.shortfall_id == _shortfalls.c.id
        ),
    )
