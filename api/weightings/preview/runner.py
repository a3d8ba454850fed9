"""Takes up previews that wait, in each serving worker that is to."""

import sys
from collections.abc import Sequence

from api.db.database import Database
from api.jobs.runner import Runner
from api.settings import Settings
from api.weightings.preview.jobs import PREVIEWS

# -P: what lies in the working directory is no part of the service.
WORKER = (sys.executable, "-P", "-m", "api.weightings.preview.worker")


def previews(database: Database, settings: Settings, command: Sequence[str] = WORKER) -> Runner:
    """The runner of previews; `command` starts the process of one."""
    return Runner(database, settings, PREVIEWS, command, "previews")
