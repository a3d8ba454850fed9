"""A deadline that passed frees its place by itself."""

from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.db.database import Database
from api.pairings import queries
from api.steward import in_each_clinic
from api.store.clinics import hold_clinic
from api.store.pairing_moves import expire_overdue

# A clinic's lock is held for as many at a time; the rest are seen to a moment later.
_AT_ONCE = 100


def expire_passed(database: Database) -> None:
    """Expire what nobody answered in time, in every clinic: a duty of the steward."""
    now = utc_now()
    with database.reading() as connection:
        clinic_ids = queries.clinics_with_overdue(connection, now)

    def expire_in(scope: ClinicScope) -> None:
        hold_clinic(scope)
        expire_overdue(scope, now, at_most=_AT_ONCE)

    in_each_clinic(database, clinic_ids, expire_in)
