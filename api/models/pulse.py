"""Tells the database how far a training is, and keeps its lease, from a thread of its own."""

import logging
import threading
import time
from datetime import timedelta
from types import TracebackType
from typing import Self

from sqlalchemy.exc import SQLAlchemyError

from api.db.database import Database
from api.models import jobs
from api.models.jobs import Claim, LostClaimError

logger = logging.getLogger("rapport.models")

# How often progress is written, where there is any.
BEAT_SECONDS = 1.0


class Pulse:
    """Called with a stage and the share done, 0..1; what it is told, others can poll.

    The lease is renewed whether or not there is progress, several times before it would end.
    """

    def __init__(self, database: Database, held: Claim, lease: timedelta) -> None:
        self._database = database
        self._held = held
        self._lease = lease
        self._told = self._written = ("starting", 0.0)
        self._renewed = time.monotonic()
        self._stopped = threading.Event()
        self._lost = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pulse", daemon=True)

    def __call__(self, stage: str, share: float) -> None:
        """Note how far the training is.

        Raises:
            LostClaimError: somebody else has taken it up; there is no use in going on.
        """
        if self._lost.is_set():
            raise LostClaimError
        self._told = (stage, min(max(share, 0.0), 1.0))

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
        if jobs.renew(self._database, self._held, self._lease, *told):
            self._written, self._renewed = told, time.monotonic()
        else:
            self._lost.set()
