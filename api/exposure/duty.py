"""Exposure is measured anew where the active weighting goes by it: a duty of the steward."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, select

from api.db.database import Database
from api.db.tables import Clinic, WeightingRow
from api.db.tables.base import table_of
from api.ranking.shortfalls import renew_if_due
from api.steward import NowAndThen, in_each_clinic

_clinics = table_of(Clinic)
_weightings = table_of(WeightingRow)


class ExposureDuty(NowAndThen):
    """Looks some times an hour at each clinic whose arrangement goes by exposure."""

    # Measuring takes half a second of a worker's time, and little changes in five minutes.
    every_seconds = 300

    def look(self, database: Database) -> bool:
        """Renew what is due."""
        measure_exposure(database)
        return False


def measure_exposure(database: Database) -> None:
    """Renew each clinic's version that is due, a transaction each."""
    with database.reading() as connection:
        clinic_ids = _by_exposure(connection)
    in_each_clinic(database, clinic_ids, renew_if_due)


def _by_exposure(connection: Connection) -> Sequence[UUID]:
    active = (_weightings.c.clinic_id == _clinics.c.id) & (
        _weightings.c.id == _clinics.c.weighting_id
    )
    query = (
        select(_clinics.c.id)
        .join(_weightings, active)
        .where(_weightings.c.document["exposure"].as_float() > 0)
    )
    return connection.execute(query).scalars().all()
