"""Sends events: a small thread in each serving worker."""

import logging
import threading
import time

from api.clock import utc_now
from api.db.database import Database
from api.events.attempt import Post
from api.events.destinations import AllowedHosts
from api.events.dispatch import Dispatcher
from api.events.retention import drop_old_events
from api.http.measures import count_fault
from api.settings import Settings

logger = logging.getLogger("rapport.events")

# How soon an event goes out, at the cost of one small read each time.
LOOK_SECONDS = 1.0
_FAULT_SECONDS = 10
_STOP_SECONDS = 15
_TIDY_SECONDS = 3600


class Sender:
    """Sends what is due to the webhooks of any clinic, from `start` until `stop`."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        hosts = AllowedHosts(settings.webhook_hosts, private=settings.webhook_private)
        self._dispatcher = Dispatcher(database, Post(hosts))
        self._stopped = threading.Event()
        self._tidy_at = 0.0
        self._thread = threading.Thread(target=self._run, name="events", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self) -> None:
        """End after the attempt at work."""
        self._stopped.set()
        # A receiver or a database that does not answer must not keep the service from ending.
        self._thread.join(_STOP_SECONDS)

    def _run(self) -> None:
        pause = LOOK_SECONDS
        while not self._stopped.wait(pause):
            pause = LOOK_SECONDS
            try:
                self._dispatcher.send_due(self._stopped.is_set)
                self._tidy()
            except Exception as error:
                # The database may be back after a while; whatever it was, the thread that sends
                # must not end unseen.
                pause = _FAULT_SECONDS
                count_fault("webhooks")
                logger.exception("events", exc_info=error)

    def _tidy(self) -> None:
        if time.monotonic() >= self._tidy_at:
            self._tidy_at = time.monotonic() + _TIDY_SECONDS
            drop_old_events(self._database, utc_now())
