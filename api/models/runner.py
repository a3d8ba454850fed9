"""Takes up trainings that wait, in each serving worker that is to."""

import sys
from collections.abc import Sequence

from api.db.database import Database
from api.jobs.runner import Runner
from api.models.jobs import TRAININGS
from api.settings import Settings

# -P: what lies in the working directory is no part of the service.
WORKER = (sys.executable, "-P", "-m", "api.models.worker")


def trainings(database: Database, settings: Settings, command: Sequence[str] = WORKER) -> Runner:
    """The runner of trainings; `command` starts the process of one."""
    return Runner(database, settings, TRAININGS, command, "trainings")
