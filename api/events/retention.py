"""How long events are kept: long enough to look into a failure, and then no longer."""

from datetime import datetime, timedelta

from api.auth.system import clinic_scope
from api.db.database import Database
from api.events import queries

KEPT_FOR = timedelta(days=30)
_AT_ONCE = 500


def drop_old_events(database: Database, now: datetime) -> int:
    """Remove events past `KEPT_FOR` with all that is known of their deliveries; how many."""
    with database.reading() as connection:
        clinics = queries.clinics_with_events_before(connection, now - KEPT_FOR)
    dropped = 0
    for clinic_id in clinics:
        gone = _AT_ONCE
        while gone == _AT_ONCE:
            with clinic_scope(database, clinic_id) as scope:
                scope.unit.begin_write()
                gone = queries.drop_events(scope, now - KEPT_FOR, _AT_ONCE)
            dropped += gone
    return dropped
