"""Takes up jobs that wait: a small thread in each serving worker, one job of a kind at a time.

The thread only looks and waits. The job has a process of its own, which ends with the service where
the service is asked to end; where it is killed, the process may go on, or the lease runs out and
the job is taken up again.
"""

import logging
import threading
import time
from collections.abc import Sequence
from datetime import timedelta

from api.db.database import Database
from api.http.measures import count_fault
from api.jobs.child import Child
from api.jobs.jobs import Jobs
from api.settings import Settings

logger = logging.getLogger("rapport.work")

# How soon a job that was asked for is begun, at the cost of one small read each time.
LOOK_SECONDS = 1.0
# How soon the end of a process, or of the service, is seen.
_STEP_SECONDS = 0.2
_STOP_SECONDS = 15
_FAULT_SECONDS = 10


class Runner:
    """Looks for jobs of one kind, of any clinic, from `start` until `stop`.

    `command` starts a process that takes clinic, job and attempt as its last words; `name` is the
    thread's.
    """

    def __init__(
        self, database: Database, settings: Settings, jobs: Jobs, command: Sequence[str], name: str
    ) -> None:
        self._database = database
        self._settings = settings
        self._jobs = jobs
        self._command = command
        self._name = name
        self._lease = timedelta(seconds=settings.training_lease_seconds)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End the job at work, which whoever serves next begins again."""
        self._stopped.set()
        # A database that does not answer must not keep the service from ending.
        self._thread.join(_STOP_SECONDS)

    def _run(self) -> None:
        pause = LOOK_SECONDS
        while not self._stopped.wait(pause):
            pause = LOOK_SECONDS
            try:
                self._take_up()
            except Exception as error:
                # The database or the machine may be back after a while; whatever it was, the thread
                # that takes jobs up must not end unseen.
                pause = _FAULT_SECONDS
                count_fault(self._name)
                logger.exception(self._name, exc_info=error)

    def _take_up(self) -> None:
        held = self._jobs.claim_any(self._database, self._lease)
        if held is None:
            return
        child = Child(self._database, self._jobs, held, self._settings, self._command)
        deadline = time.monotonic() + self._settings.training_seconds
        while not child.has_ended(_STEP_SECONDS):
            if time.monotonic() > deadline:
                child.stop()
                self._jobs.fail(self._database, held, "took_too_long")
                return
            if self._stopped.is_set():
                child.stop()
                self._jobs.give_back(self._database, held, broken_off=False)
                return
