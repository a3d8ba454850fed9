"""Previews that have ended are deleted after the clinic's period: a duty of the steward."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from api.audit.record import record
from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.db.database import Database
from api.db.tables import Preview
from api.db.tables.base import table_of
from api.steward import NowAndThen, in_each_clinic
from api.store.clinic_settings import read_settings

_previews = table_of(Preview)


class PreviewDuty(NowAndThen):
    """Looks about once an hour at each clinic that has previews which have ended."""

    every_seconds = 3600

    def look(self, database: Database) -> bool:
        """Delete what is due."""
        delete_old_previews(database, utc_now())
        return False


def delete_old_previews(database: Database, now: datetime) -> None:
    """Delete what is due at `now`, a transaction each clinic.

    A preview rests on intakes, so it is kept as long as one that led to nothing.
    """
    ended = select(_previews.c.clinic_id).where(_previews.c.ended_at.is_not(None)).distinct()
    with database.reading() as connection:
        clinics = connection.execute(ended).scalars().all()
    in_each_clinic(database, clinics, lambda scope: _delete(scope, now))


def _delete(scope: ClinicScope, now: datetime) -> None:
    before = now - timedelta(days=read_settings(scope).intake_retention_days)
    due = (_previews.c.clinic_id == scope.clinic_id, _previews.c.ended_at < before)
    if scope.connection.execute(select(_previews.c.id).where(*due).limit(1)).first() is None:
        return
    connection = scope.unit.begin_write()
    deleted = connection.execute(delete(_previews).where(*due).returning(_previews.c.id))
    for preview_id in deleted.scalars().all():
        record(scope, "preview.expired", preview_id)
