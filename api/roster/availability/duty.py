"""Staff are asked to see to a therapist whose availability no longer counts: a duty."""

from datetime import datetime

from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.db.database import Database
from api.roster.availability import queries
from api.roster.availability.ages import Ages
from api.steward import NowAndThen, in_each_clinic
from api.store.places import availability_rules
from api.store.tasks import open_task

# In one transaction; the rest a minute later.
_AT_ONCE = 100


class ConfirmationDuty(NowAndThen):
    """Looks at every clinic once a minute."""

    # Days pass before anybody goes stale; the look goes through all of a clinic's therapists.
    every_seconds = 60

    def look(self, database: Database) -> bool:
        """Open the tasks that are due."""
        ask_to_confirm(database, utc_now())
        return False


def ask_to_confirm(database: Database, now: datetime) -> None:
    """Open a task for each therapist who went out of the ranking by age, once each time."""
    with database.reading() as connection:
        clinic_ids = queries.clinics(connection)

    def ask(scope: ClinicScope) -> None:
        ages = Ages.at(availability_rules(scope), now)
        for therapist_id in queries.gone_stale(scope, ages, _AT_ONCE):
            open_task(scope, queries.KIND, therapist_id=therapist_id)

    in_each_clinic(database, clinic_ids, ask)
