"""Exposure is measured anew where the active weighting goes by it: a duty of the steward."""

import time
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, select

from api.db.database import Database
from api.db.tables import Clinic, WeightingRow
from api.db.tables.base import table_of
from api.ranking.shortfalls import renew_if_due
from api.steward import in_each_clinic

# Measuring takes half a second of a worker's time, and little changes in five minutes.
_EVERY_SECONDS = 300

_clinics = table_of(Clinic)
_weightings = table_of(WeightingRow)


class ExposureDuty:
    """Looks some times an hour at each clinic whose arrangement goes by exposure."""

    def __init__(self) -> None:
        self._not_before = 0.0

    def __call__(self, database: Database) -> None:
        """Renew what is due."""
        if time.monotonic() < self._not_before:
            return
        measure_exposure(database)
        self._not_before = time.monotonic() + _EVERY_SECONDS


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
