"""What follows from an attempt: delivered, tried again later, or given up."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from api.audit.record import record
from api.auth.scope import ClinicScope
from api.events import queries
from api.events.attempt import Outcome
from api.store.tasks import open_task

# Between one attempt and the next: eight attempts over about 31 hours.
DELAYS = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(hours=24),
)
# Up to so much longer, as a share, so that what failed together does not come back together.
JITTER = 0.2


def settle(
    scope: ClinicScope, tried: Row[Any], outcome: Outcome, now: datetime, jitter: float
) -> None:
    """Write down what came of an attempt; `jitter` is a share of the most that is added, 0 to 1.

    Where the delivery was changed meanwhile, by a retry or by another sender, it stays as it is.
    """
    scope.unit.begin_write()
    told = {
        "attempts": tried.attempts + 1,
        "last_try_at": now,
        "last_status": outcome.status,
        "last_failure": outcome.failure,
    }
    if outcome.failure is None:
        if queries.settle(scope, tried, status="delivered", **told):
            queries.change(scope, tried.webhook_id, delivered_at=now)
    elif tried.attempts < len(DELAYS) and outcome.status != HTTPStatus.GONE:
        wait = DELAYS[tried.attempts] * (1 + JITTER * jitter)
        queries.settle(scope, tried, next_try_at=now + wait, **told)
    elif queries.settle(scope, tried, status="given_up", **told):
        _give_up(scope, tried, outcome)


def _give_up(scope: ClinicScope, tried: Row[Any], outcome: Outcome) -> None:
    """Tell staff; and pause a webhook that wants nothing more, or that took nothing meanwhile."""
    webhook = queries.by_id(scope, tried.webhook_id)
    if webhook is None or webhook.status != "active":
        return
    open_task(scope, "webhook_failing")
    idle = webhook.delivered_at is None or webhook.delivered_at < tried.created_at
    if idle or outcome.status == HTTPStatus.GONE:
        queries.change(scope, webhook.id, status="paused")
        _record_pause(scope, webhook.id)


def _record_pause(scope: ClinicScope, webhook_id: UUID) -> None:
    record(scope, "webhook.paused", webhook_id, {"by": "sender"})
