"""Takes up trainings that wait: a small thread in each serving worker, one training at a time.

The thread only looks and waits. The training has a process of its own, which ends with the service
where the service is asked to end; where it is killed, the process may go on, or the lease runs out
and the training is taken up again.
"""

import logging
import threading
import time
from collections.abc import Sequence
from datetime import timedelta

from api.db.database import Database
from api.http.measures import count_fault
from api.models import jobs
from api.models.child import WORKER, Child
from api.settings import Settings

logger = logging.getLogger("rapport.models")

# How soon a training that was asked for is begun, at the cost of one small read each time.
LOOK_SECONDS = 1.0
# How soon the end of a process, or of the service, is seen.
_STEP_SECONDS = 0.2
_STOP_SECONDS = 15
_FAULT_SECONDS = 10


class Runner:
    """Looks for trainings of any clinic, from `start` until `stop`."""

    def __init__(
        self, database: Database, settings: Settings, command: Sequence[str] = WORKER
    ) -> None:
        self._database = database
        self._settings = settings
        self._command = command
        self._lease = timedelta(seconds=settings.training_lease_seconds)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="trainings", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End the training at work, which whoever serves next begins again."""
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
                # that takes trainings up must not end unseen.
                pause = _FAULT_SECONDS
                count_fault("trainings")
                logger.exception("trainings", exc_info=error)

    def _take_up(self) -> None:
        held = jobs.claim_any(self._database, self._lease)
        if held is None:
            return
        child = Child(self._database, held, self._settings, self._command)
        deadline = time.monotonic() + self._settings.training_seconds
        while not child.has_ended(_STEP_SECONDS):
            if time.monotonic() > deadline:
                child.stop()
                jobs.fail(self._database, held, "took_too_long")
                return
            if self._stopped.is_set():
                child.stop()
                jobs.give_back(self._database, held, broken_off=False)
                return
