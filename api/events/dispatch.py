"""Sends what is due: webhook by webhook, each by one sender at a time, oldest event first.

A webhook is claimed under a lease that is longer than any turn. Who dies in the middle of a turn
leaves the event waiting, and whoever comes after the lease sends it again, under the same id.
"""

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from api.auth.scope import ClinicScope
from api.auth.system import clinic_scope
from api.clock import utc_now
from api.db.database import Database
from api.events import queries
from api.events.attempt import Outcome, Post
from api.events.payload import event_body
from api.events.settling import settle
from api.events.signing import signed_headers

logger = logging.getLogger("rapport.events")

LEASE = timedelta(minutes=3)
# A turn ends after so many events or seconds, so that every webhook gets one. With the longest
# attempt, and the longest that a resolver takes, it ends well within the lease.
TURN_EVENTS = 50
TURN_SECONDS = 20.0
# How long a webhook is left alone that gave no answer, or one that says: too much at once.
REST = timedelta(seconds=30)
_TOO_MUCH = frozenset({None, 429, 502, 503, 504})
_RANDOM = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class _Turn:
    """A webhook that is claimed until then."""

    webhook: Row[Any]
    until: datetime


class Dispatcher:
    """Sends what is due in a database; `now` is its clock and `jitter` gives a share, 0 to 1."""

    def __init__(
        self,
        database: Database,
        post: Post,
        *,
        now: Callable[[], datetime] = utc_now,
        jitter: Callable[[], float] = _RANDOM.random,
    ) -> None:
        self._database = database
        self._post = post
        self._now = now
        self._jitter = jitter

    def send_due(self, stopped: Callable[[], bool] = lambda: False) -> int:
        """Give each webhook that something is due to one turn; how many attempts were made."""
        with self._database.reading() as connection:
            due = queries.webhooks_due(connection, self._now())
        attempts = 0
        for clinic_id, webhook_id in due:
            if stopped():
                break
            turn = self._claim(clinic_id, webhook_id)
            if turn is not None:
                attempts += self._take(turn, stopped)
        return attempts

    def _claim(self, clinic_id: UUID, webhook_id: UUID) -> _Turn | None:
        now = self._now()
        with clinic_scope(self._database, clinic_id) as scope:
            scope.unit.begin_write()
            webhook = queries.claim(scope, webhook_id, now, now + LEASE)
        return None if webhook is None else _Turn(webhook, now + LEASE)

    def _take(self, turn: _Turn, stopped: Callable[[], bool]) -> int:
        """Send until nothing is due, the turn is over, or the webhook needs a rest."""
        end = time.monotonic() + TURN_SECONDS
        attempts, rests = 0, False
        while attempts < TURN_EVENTS and time.monotonic() < end and not rests and not stopped():
            due = self._next(turn.webhook)
            if due is None:
                break
            attempts += 1
            rests = self._send(turn.webhook, due).status in _TOO_MUCH
        with clinic_scope(self._database, turn.webhook.clinic_id) as scope:
            scope.unit.begin_write()
            rest = self._now() + REST if rests else None
            queries.let_go(scope, turn.webhook.id, turn.until, rest)
        return attempts

    def _next(self, webhook: Row[Any]) -> Row[Any] | None:
        with clinic_scope(self._database, webhook.clinic_id) as scope:
            # Paused or deleted meanwhile: there is nothing to send any more.
            present = queries.by_id(scope, webhook.id)
            if present is None or present.status != "active":
                return None
            return queries.next_due(scope, webhook.id, self._now())

    def _send(self, webhook: Row[Any], due: Row[Any]) -> Outcome:
        body = event_body(due)
        headers = signed_headers(webhook.secret, due.event_id, self._now(), body)
        outcome = self._post(webhook.url, headers, body)
        with clinic_scope(self._database, webhook.clinic_id) as scope:
            settle(scope, due, outcome, self._now(), self._jitter())
        if outcome.failure is not None:
            _log(scope, due, outcome)
        return outcome


def _log(scope: ClinicScope, due: Row[Any], outcome: Outcome) -> None:
    told = {
        "clinic_id": str(scope.clinic_id),
        "webhook_id": str(due.webhook_id),
        "event_id": str(due.event_id),
        "attempt": due.attempts + 1,
        "failure": outcome.failure,
        "status": outcome.status,
    }
    logger.warning("an event was not taken", extra=told)
