"""Tells the database how far a job is, and keeps its lease, from a thread of its own."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from types import TracebackType
from typing import Any, Self

from sqlalchemy.exc import SQLAlchemyError

from api.db.database import Database
from api.jobs.jobs import Claim, Jobs, LostClaimError, Values

logger = logging.getLogger("rapport.work")

# How often progress is written, where there is any.
BEAT_SECONDS = 1.0


class Pulse:
    """Called with how far the work is; what it is told, others can poll.

    `columns` makes of what it is called with the columns that say so. The lease is renewed whether
    or not there is progress, several times before it would end.
    """

    def __init__(
        self,
        database: Database,
        jobs: Jobs,
        held: Claim,
        lease: timedelta,
        columns: Callable[..., Values],
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._held = held
        self._lease = lease
        self._columns = columns
        self._told: Values = {}
        self._written: Values = {}
        self._renewed = time.monotonic()
        self._stopped = threading.Event()
        self._lost = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pulse", daemon=True)

    def __call__(self, *told: Any) -> None:
        """Note how far the work is.

        Raises:
            LostClaimError: somebody else has taken it up; there is no use in going on.
        """
        if self._lost.is_set():
            raise LostClaimError
        self._told = self._columns(*told)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        pause = min(BEAT_SECONDS, self._lease.total_seconds() / 4)
        while not self._stopped.wait(pause):
            try:
                self._beat()
            except SQLAlchemyError as error:
                # The next beat tries again; the lease outlasts several.
                logger.warning("pulse", exc_info=error)

    def _beat(self) -> None:
        told = self._told
        unrenewed = time.monotonic() - self._renewed
        if told == self._written and unrenewed < self._lease.total_seconds() / 4:
            return
        if self._jobs.renew(self._database, self._held, self._lease, told):
            self._written, self._renewed = told, time.monotonic()
        else:
            self._lost.set()
