"""A job's process, seen from the one that started it."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence

from api.db.database import Database
from api.jobs.jobs import Claim, Jobs
from api.settings import Settings

_STOP_SECONDS = 5


class Child:
    """The process of one attempt. Whoever starts it sees it end, or stops it."""

    def __init__(
        self,
        database: Database,
        jobs: Jobs,
        held: Claim,
        settings: Settings,
        command: Sequence[str],
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._held = held
        words = (str(held.clinic_id), str(held.job_id), str(held.attempt))
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
            self._jobs.give_back(self._database, self._held, broken_off=not asked_to)
        return True

    def stop(self) -> None:
        """End the process; its job is still claimed."""
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
