"""The trail is sealed about once a minute, clinic by clinic: a duty."""

from datetime import datetime, timedelta

from api.audit.sealing import LOOK_BACK, seal_all
from api.audit_trail import queries
from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.db.database import Database
from api.steward import NowAndThen, in_each_clinic

# Another worker sealed a moment ago; a little less than a minute, so that none is passed over.
_LATELY = timedelta(seconds=50)
# Of a thousand rows each, so that a long backlog does not keep other duties waiting.
_SEALS_AT_ONCE = 50


class SealingDuty(NowAndThen):
    """Seals what every clinic has unsealed, once a minute, whichever worker comes first."""

    every_seconds = 60

    def look(self, database: Database) -> bool:
        """Seal what is due."""
        seal_due(database, utc_now())
        return False


def seal_due(database: Database, now: datetime) -> None:
    """Seal in each clinic that has rows to seal and was not sealed a moment ago.

    Also where the last seal is fresh and nothing newer is there: a late row may have come.
    """
    with database.reading() as connection:
        clinic_ids = queries.clinics_to_seal(connection, now, _LATELY, 2 * LOOK_BACK)

    def seal(scope: ClinicScope) -> None:
        seal_all(scope, _SEALS_AT_ONCE)

    in_each_clinic(database, clinic_ids, seal)
