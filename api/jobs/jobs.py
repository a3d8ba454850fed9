"""The life of a job: asked for, claimed under a lease, renewed, given back, ended.

    queued → at work → an end

The row is the job. A claim is good for one attempt: who has lost it, because the lease ran out and
somebody else took the job up, can no longer write.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Table, TextClause, or_, select, text, update

from api.audit.record import record
from api.auth.scope import ClinicScope
from api.auth.system import clinic_scope
from api.clock import utc_now
from api.db.database import Database
from api.store.clinics import hold_clinic

# A job that was broken off so often will be broken off again.
MAX_ATTEMPTS = 3

Values = Mapping[str, Any]


class LostClaimError(Exception):
    """The job is no longer this process's to write to."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One attempt at one clinic's job."""

    clinic_id: UUID
    job_id: UUID
    attempt: int


@dataclass(frozen=True, slots=True)
class Jobs:
    """The jobs of one kind: a table of them, of which a clinic has one under way at most.

    The table has the columns `status`, `attempts`, `requested_at`, `lease_until` and `failure`, and
    a unique index on `clinic_id` where the status is `queued` or `at_work`.

    Attributes:
        table: a row is a job.
        at_work: the status of those that are claimed.
        name: what the log calls one.
        subject: what the audit trail says it is about.
        begun: columns set with a claim, at that time.
        unbegun: columns set where a claim is given back.
        ended: columns set where a job fails, at that time.
    """

    table: Table
    at_work: str
    name: str
    subject: str
    begun: Callable[[datetime], Values]
    unbegun: Values
    ended: Callable[[datetime], Values]

    def under_way(self, scope: ClinicScope) -> Row[Any] | None:
        """The clinic's job that is queued or at work."""
        query = select(self.table).where(
            self.table.c.clinic_id == scope.clinic_id, self._under_way()
        )
        return scope.connection.execute(query).one_or_none()

    def claim(self, database: Database, clinic_id: UUID, lease: timedelta) -> Claim | None:
        """Take up the clinic's job; None where none waits, or where it was given up."""
        with clinic_scope(database, clinic_id) as scope:
            hold_clinic(scope)
            row, now = self.under_way(scope), utc_now()
            if row is None or not is_waiting(row, now):
                return None
            if row.attempts >= MAX_ATTEMPTS:
                self._fail(scope, row.id, "broken_off")
                return None
            attempt = row.attempts + 1
            claimed = {"status": self.at_work, "attempts": attempt, "lease_until": now + lease}
            self._change(scope, row.id, {**claimed, **self.begun(now)})
            return Claim(clinic_id, row.id, attempt)

    def claim_any(self, database: Database, lease: timedelta) -> Claim | None:
        """Take up the job that has waited longest, of whichever clinic."""
        with database.reading() as connection:
            waiting = self._clinics_that_wait(connection, utc_now())
        claims = (self.claim(database, clinic_id, lease) for clinic_id in waiting)
        return next((taken for taken in claims if taken is not None), None)

    def renew(self, database: Database, held: Claim, lease: timedelta, told: Values) -> bool:
        """Say how far a job is and keep it; False where the claim is lost."""
        with clinic_scope(database, held.clinic_id) as scope:
            scope.unit.begin_write()
            values = {**told, "lease_until": utc_now() + lease}
            return self.change_attempt(scope, held, values) is not None

    def fail(self, database: Database, held: Claim, failure: str) -> None:
        """End a job that cannot be done, unless the claim is lost; `failure` is a code."""
        with clinic_scope(database, held.clinic_id) as scope:
            hold_clinic(scope)
            if self.change_attempt(scope, held, {"failure": failure}) is not None:
                self._fail(scope, held.job_id, failure)

    def give_back(self, database: Database, held: Claim, *, broken_off: bool) -> None:
        """Let somebody else take up a job whose process has ended without an end of it.

        `broken_off` counts it as an attempt; a process that was asked to stop did nothing wrong.
        """
        with clinic_scope(database, held.clinic_id) as scope:
            hold_clinic(scope)
            attempts = held.attempt if broken_off else held.attempt - 1
            back = {"status": "queued", "attempts": attempts, **self.unbegun}
            row = self.change_attempt(scope, held, back)
            if row is not None and attempts >= MAX_ATTEMPTS:
                self._fail(scope, held.job_id, "broken_off")

    def change_attempt(self, scope: ClinicScope, held: Claim, values: Values) -> Row[Any] | None:
        """Set columns of a job that is still at work in that attempt; None where it is not."""
        return scope.connection.execute(
            update(self.table)
            .where(
                self.table.c.clinic_id == scope.clinic_id,
                self.table.c.id == held.job_id,
                self.table.c.status == self.at_work,
                self.table.c.attempts == held.attempt,
            )
            .values(values)
            .returning(self.table)
        ).one_or_none()

    def _fail(self, scope: ClinicScope, job_id: UUID, failure: str) -> None:
        ended = {"status": "failed", "failure": failure, "lease_until": None}
        self._change(scope, job_id, {**ended, **self.ended(utc_now())})
        record(scope, f"{self.subject}.failed", job_id, {"failure": failure})

    def _change(self, scope: ClinicScope, job_id: UUID, values: Values) -> None:
        scope.connection.execute(
            update(self.table)
            .where(self.table.c.clinic_id == scope.clinic_id, self.table.c.id == job_id)
            .values(values)
        )

    def _clinics_that_wait(self, connection: Connection, now: datetime) -> Sequence[UUID]:
        """The clinics of the installation with a job that nobody works on, oldest first.

        A query over all clinics: who looks for work cannot know whose it is. It reads ids only.
        """
        columns = self.table.c
        query = (
            select(columns.clinic_id)
            .where(self._under_way(), or_(columns.status == "queued", columns.lease_until < now))
            .order_by(columns.requested_at)
        )
        return connection.execute(query).scalars().all()

    def _under_way(self) -> TextClause:
        # Word for word as the index has it, so that both databases use the index.
        return text(f"status IN ('queued', '{self.at_work}')")


def is_waiting(row: Row[Any], now: datetime) -> bool:
    """Whether nobody works on a job that is under way."""
    return bool(row.status == "queued" or row.lease_until < now)
