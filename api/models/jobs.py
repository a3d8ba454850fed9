"""The life of a training: asked for, claimed under a lease, renewed, given back, ended.

    queued → training → ready | refused | failed

The row in `models` is the job. A claim is good for one attempt: who has lost it, because the lease
ran out and somebody else took the training up, can no longer write.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from api.audit.record import record
from api.auth.scope import ClinicScope
from api.auth.system import clinic_scope
from api.clock import utc_now
from api.db.database import Database
from api.ids import new_id
from api.models import queries
from api.problems import Conflict
from api.store.clinics import hold_clinic

# A training that was broken off so often will be broken off again.
MAX_ATTEMPTS = 3
STAGE_CHARS = 64


class LostClaimError(Exception):
    """The training is no longer this process's to write to."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One attempt at one clinic's training."""

    clinic_id: UUID
    model_id: UUID
    attempt: int


def ask(scope: ClinicScope, seed: int = 0) -> UUID:
    """Queue a training; returns its id.

    Raises:
        Conflict: one is under way; `model_id` names it.
    """
    hold_clinic(scope)
    present = queries.under_way(scope)
    if present is not None:
        raise Conflict(
            f"Training {present.id} is under way; wait for it to end.", model_id=str(present.id)
        )
    model_id = new_id()
    row = {
        "id": model_id,
        "status": "queued",
        "progress": 0.0,
        "seed": seed,
        "attempts": 0,
        "promotes": True,
        "requested_at": utc_now(),
        "requested_by": scope.key_id,
    }
    queries.insert_model(scope, row)
    record(scope, "model.requested", model_id)
    return model_id


def is_waiting(row: Row[Any], now: datetime) -> bool:
    """Whether nobody works on a training that is under way."""
    return bool(row.status == "queued" or row.lease_until < now)


def claim(database: Database, clinic_id: UUID, lease: timedelta) -> Claim | None:
    """Take up the clinic's training; None where none waits, or where it was given up."""
    with clinic_scope(database, clinic_id) as scope:
        hold_clinic(scope)
        row, now = queries.under_way(scope), utc_now()
        if row is None or not is_waiting(row, now):
            return None
        if row.attempts >= MAX_ATTEMPTS:
            _fail(scope, row.id, "broken_off")
            return None
        queries.change(
            scope,
            row.id,
            status="training",
            stage="starting",
            progress=0.0,
            attempts=row.attempts + 1,
            started_at=now,
            lease_until=now + lease,
        )
        return Claim(clinic_id, row.id, row.attempts + 1)


def claim_any(database: Database, lease: timedelta) -> Claim | None:
    """Take up the training that has waited longest, of whichever clinic."""
    with database.reading() as connection:
        waiting = queries.clinics_that_wait(connection, utc_now())
    claims = (claim(database, clinic_id, lease) for clinic_id in waiting)
    return next((taken for taken in claims if taken is not None), None)


def renew(database: Database, held: Claim, lease: timedelta, stage: str, progress: float) -> bool:
    """Say how far a training is and keep it; False where the claim is lost."""
    with clinic_scope(database, held.clinic_id) as scope:
        scope.unit.begin_write()
        until = utc_now() + lease
        told = {"stage": stage[:STAGE_CHARS], "progress": progress, "lease_until": until}
        return queries.change_attempt(scope, held.model_id, held.attempt, **told) is not None


def fail(database: Database, held: Claim, failure: str) -> None:
    """End a training that cannot be done, unless the claim is lost; `failure` is a code."""
    with clinic_scope(database, held.clinic_id) as scope:
        hold_clinic(scope)
        if queries.change_attempt(scope, held.model_id, held.attempt, stage=None) is not None:
            _fail(scope, held.model_id, failure)


def give_back(database: Database, held: Claim, *, broken_off: bool) -> None:
    """Let somebody else take up a training whose process has ended without an end of it.

    `broken_off` counts it as an attempt; a process that was asked to stop did nothing wrong.
    """
    with clinic_scope(database, held.clinic_id) as scope:
        hold_clinic(scope)
        attempts = held.attempt if broken_off else held.attempt - 1
        back = {"status": "queued", "stage": None, "progress": 0.0, "attempts": attempts}
        row = queries.change_attempt(scope, held.model_id, held.attempt, **back)
        if row is not None and attempts >= MAX_ATTEMPTS:
            _fail(scope, held.model_id, "broken_off")


def _fail(scope: ClinicScope, model_id: UUID, failure: str) -> None:
    ended = {"status": "failed", "stage": None, "failure": failure, "lease_until": None}
    queries.change(scope, model_id, **ended)
    record(scope, "model.failed", model_id, {"failure": failure})
