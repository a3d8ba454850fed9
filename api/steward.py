"""Looks after what has to happen without a request: deadlines that pass, lists that wait.

A thread in each serving worker calls every duty about once a second. A duty finds its own work, in
all clinics, and does it in short transactions; several workers may do the same duty at a time.
"""

import logging
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar
from uuid import UUID

from api.auth.scope import ClinicScope
from api.auth.system import clinic_scope
from api.db.database import Database
from api.http.measures import count_fault

Duty = Callable[[Database], None]

logger = logging.getLogger("rapport.steward")

# How soon anything is seen to, at the cost of a small read for each duty.
LOOK_SECONDS = 1.0
# How long a duty that failed is left alone; the others go on.
FAULT_SECONDS = 10.0
_STOP_SECONDS = 15


class Steward:
    """Calls every duty again and again, from `start` until `stop`."""

    def __init__(self, database: Database, duties: Sequence[Duty]) -> None:
        self._database = database
        self._duties = duties
        self._left_alone_until: dict[Duty, float] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="steward", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more; what is under way is finished first."""
        self._stopped.set()
        # A database that does not answer must not keep the service from ending.
        self._thread.join(_STOP_SECONDS)

    def _run(self) -> None:
        while not self._stopped.wait(LOOK_SECONDS):
            for duty in self._duties:
                if self._stopped.is_set():
                    return
                if time.monotonic() >= self._left_alone_until.get(duty, 0.0):
                    self._do(duty)

    def _do(self, duty: Duty) -> None:
        try:
            duty(self._database)
        except Exception as error:
            # The database may be back after a while; the thread must not end unseen.
            self._left_alone_until[duty] = time.monotonic() + FAULT_SECONDS
            count_fault("duty")
            logger.exception("duty", exc_info=error)


class NowAndThen(ABC):
    """A duty that looks once in `every_seconds`, however often it is called, or again at once."""

    every_seconds: ClassVar[float]

    def __init__(self) -> None:
        self._not_before = 0.0

    def __call__(self, database: Database) -> None:
        """Look, if it is time to."""
        if time.monotonic() < self._not_before:
            return
        if not self.look(database):
            self._not_before = time.monotonic() + self.every_seconds

    @abstractmethod
    def look(self, database: Database) -> bool:
        """Do some of what is due; whether there may be more, so that it looks again at once."""


def in_each_clinic(
    database: Database, clinic_ids: Iterable[UUID], work: Callable[[ClinicScope], None]
) -> None:
    """Do a duty's work in each of the clinics, a transaction each; one that fails stops no other.

    The scope is that of the service itself: it has no key.
    """
    for clinic_id in clinic_ids:
        try:
            with clinic_scope(database, clinic_id) as scope:
                work(scope)
        except Exception as error:
            count_fault("duty")
            logger.exception("duty", exc_info=error, extra={"clinic_id": str(clinic_id)})
