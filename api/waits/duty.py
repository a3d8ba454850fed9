"""What happens to the waiting lists of all clinics without a request: a duty of the steward."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from api.audit.record import record
from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.db.database import Database
from api.steward import in_each_clinic
from api.store.clinics import hold_clinic
from api.waits import look, queries

# How many steps through its list a clinic gets before the steward sees to something else.
_STEPS = 10


def see_to_waits(database: Database) -> None:
    """End the waits whose last day is over, and offer what has appeared to those who wait."""
    now = utc_now()
    with database.reading() as connection:
        passed = queries.clinics_with_passed(connection, now)
    in_each_clinic(database, passed, lambda scope: _expire(scope, now))
    with database.reading() as connection:
        to_look_at = queries.clinics_to_look_at(connection)
    for _ in range(_STEPS):
        to_look_at = _one_step(database, to_look_at)


def _one_step(database: Database, clinic_ids: Sequence[UUID]) -> list[UUID]:
    """A step through the list of each of the clinics; those that have not come to its end."""
    unfinished: list[UUID] = []

    def step(scope: ClinicScope) -> None:
        if look.step(scope):
            unfinished.append(scope.clinic_id)

    in_each_clinic(database, clinic_ids, step)
    return unfinished


def _expire(scope: ClinicScope, now: datetime) -> None:
    hold_clinic(scope)
    for wait_id in queries.expire_passed(scope, now):
        record(scope, "wait.expired", wait_id)
