"""The waiting list as several features touch it: who is on it, and when it is looked through again.

Every function here is called under the clinic's lock.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, case, select, update

from api.audit.record import record
from api.auth.scope import ClinicScope
from api.db.tables import Clinic, Pairing, Wait
from api.db.tables.base import table_of

# So many offers in a row that nobody answers, and the list goes on without the client: each keeps
# a place from others for as long as the clinic's deadline is.
UNANSWERED_OFFERS = 3

_clinics = table_of(Clinic)
_waits = table_of(Wait)
_pairings = table_of(Pairing)


def look_again(scope: ClinicScope) -> None:
    """Have the whole list looked through, whatever has changed since it last was.

    The mark counts down below zero, where no version is: so a look that began before this one was
    asked for does not pass for it.
    """
    seen = _clinics.c.waits_seen_availability
    scope.connection.execute(
        update(_clinics)
        .where(_clinics.c.id == scope.clinic_id)
        .values(waits_seen_availability=case((seen > 0, -1), else_=seen - 1))
    )


def back_on_list(scope: ClinicScope, pairing: Row[Any], now: datetime) -> None:
    """A pairing of somebody from the list, closed already, came to nothing: they wait on.

    They keep their turn. After `UNANSWERED_OFFERS` in a row that nobody answered they leave the
    list; a pairing that began without it changes nothing.
    """
    wait_id: UUID | None = pairing.wait_id
    if wait_id is None:
        return
    gone = _unanswered(scope, pairing.client_id, wait_id) >= UNANSWERED_OFFERS
    changes = {"status": "left", "closed_at": now} if gone else {"status": "waiting"}
    changed = scope.connection.execute(
        update(_waits)
        .where(
            _waits.c.clinic_id == scope.clinic_id,
            _waits.c.id == wait_id,
            _waits.c.status == "offered",
        )
        .values(**changes)
        .returning(_waits.c.id)
    )
    if changed.one_or_none() is None:
        return
    if gone:
        record(scope, "wait.left", wait_id, {"unanswered_offers": UNANSWERED_OFFERS})
    look_again(scope)


def came_to_nothing(scope: ClinicScope, wait: Row[Any]) -> frozenset[UUID]:
    """The therapists who were offered or asked within this wait, and nothing came of it."""
    return frozenset(
        row.therapist_id
        for row in _pairings_of(scope, wait.client_id, wait.id)
        if row.status in {"expired", "withdrawn"}
    )


def _unanswered(scope: ClinicScope, client_id: UUID, wait_id: UUID) -> int:
    """How many offers lapsed since the client last did anything about one."""
    count = 0
    for row in _pairings_of(scope, client_id, wait_id):
        # Whoever chooses makes the offer their own request.
        if row.status != "expired" or row.requested_by is not None:
            break
        count += 1
    return count


def _pairings_of(scope: ClinicScope, client_id: UUID, wait_id: UUID) -> Sequence[Row[Any]]:
    """Latest first."""
    query: Select[Any] = (
        select(_pairings.c.therapist_id, _pairings.c.status, _pairings.c.requested_by)
        .where(
            _pairings.c.clinic_id == scope.clinic_id,
            _pairings.c.client_id == client_id,
            _pairings.c.wait_id == wait_id,
        )
        .order_by(_pairings.c.id.desc())
    )
    return scope.connection.execute(query).all()
