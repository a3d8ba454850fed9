"""A training's process, seen from the one that started it."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence

from api.db.database import Database
from api.models import jobs
from api.models.jobs import Claim
from api.settings import Settings

# -P: what lies in the working directory is no part of the service.
WORKER = (sys.executable, "-P", "-m", "api.models.worker")

_STOP_SECONDS = 5


class Child:
    """The process of one attempt. Whoever starts it sees it end, or stops it."""

    def __init__(
        self, database: Database, held: Claim, settings: Settings, command: Sequence[str] = WORKER
    ) -> None:
        self._database = database
        self._held = held
        words = (str(held.clinic_id), str(held.model_id), str(held.attempt))
        self._process = subprocess.Popen(  # noqa: S603 - our own command, and ids
            [*command, *words],
            env=_environment(settings),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )

    def has_ended(self, seconds: float) -> bool:
        """Wait for the end, at most so long; after one without an outcome others may try again."""
        try:
            status = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        if status != 0:
            # Who stops a service often asks each of its processes to end.
            asked_to = status == -signal.SIGTERM
            jobs.give_back(self._database, self._held, broken_off=not asked_to)
        return True

    def stop(self) -> None:
        """End the process; its training is still claimed."""
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _environment(settings: Settings) -> Mapping[str, str]:
    """This process's own, with the settings that it has."""
    named = {
        f"RAPPORT_{name.upper()}": str(value)
        for name, value in settings.model_dump().items()
        if value is not None
    }
    return {**os.environ, **named}
