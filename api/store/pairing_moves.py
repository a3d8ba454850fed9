"""Moves of a pairing that more than one feature makes, whole: place, waiting list, trail, event.

Every function here is called under the clinic's lock, with a pairing read after it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, update

from api.audit.record import record
from api.auth.scope import ClinicScope
from api.db.tables import Wait
from api.db.tables.base import table_of
from api.store.departures import note_departure
from api.store.outbox import emit
from api.store.pairings import close_pairing, move_on, overdue, rules_out
from api.store.places import set_hold
from api.store.tasks import open_task, settle_task
from api.store.waiting import back_on_list
from matching.reasons import is_fit, is_safety

_waits = table_of(Wait)


def accept(scope: ClinicScope, pairing: Row[Any], now: datetime) -> None:
    """The therapist takes the client on: the place is filled, and the wait for one is over."""
    move_on(scope, pairing, "active", accepted_at=now, respond_by=None)
    set_wait(scope, pairing.wait_id, "offered", "placed", closed_at=now)
    _tell(scope, "pairing.accepted", pairing)


def decline(scope: ClinicScope, pairing: Row[Any], reason: str, now: datetime) -> None:
    """The therapist does not take the client on."""
    close_pairing(scope, pairing, "declined", now, decline_reason=reason)
    back_on_list(scope, pairing, now)
    _tell(scope, "pairing.declined", pairing)


def expire(scope: ClinicScope, pairing: Row[Any], now: datetime) -> None:
    """Nobody answered by the deadline."""
    close_pairing(scope, pairing, "expired", now)
    back_on_list(scope, pairing, now)
    _tell(scope, "pairing.expired", pairing)


def expire_overdue(
    scope: ClinicScope, now: datetime, *, at_most: int | None = None, **of: UUID
) -> None:
    """Expire the pairings whose deadline has passed, oldest first; `of` narrows them."""
    for pairing in overdue(scope, now, at_most=at_most, **of):
        expire(scope, pairing, now)


def withdraw(scope: ClinicScope, pairing: Row[Any], now: datetime) -> None:
    """The client does not ask for this therapist any more, before they were accepted."""
    close_pairing(scope, pairing, "withdrawn", now)
    back_on_list(scope, pairing, now)
    # There is nothing left for staff to decide.
    settle_task(scope, "staff_selection", pairing.id)
    record(scope, "pairing.withdrawn", pairing.id)


def end(
    scope: ClinicScope,
    pairing: Row[Any],
    reasons: Sequence[str],
    now: datetime,
    *,
    by_alternative: bool = False,
) -> None:
    """The two part, for any number of reasons; what is of fit can be learned from.

    What the client said before, when they asked for alternatives, counts where no reason is given
    now or one of those is accepted; what was unsafe counts always. Who leaves by way of an
    alternative and says no reason is not shown this therapist again.
    """
    said = list(pairing.reasons or ())
    before = said if by_alternative or not reasons else [code for code in said if is_safety(code)]
    kept = list(dict.fromkeys([*before, *reasons]))
    apart = rules_out(kept) or (by_alternative and not kept)
    close_pairing(scope, pairing, "ended", now, reasons=kept, rules_out=apart)
    if any(map(is_fit, kept)):
        note_departure(scope, pairing, now)
    _tell(scope, "pairing.ended", pairing, {"reasons": len(kept)})


def put_before_staff(scope: ClinicScope, pairing: Row[Any]) -> None:
    """Something unsafe was reported: staff look at once.

    Where the two have met, nobody new comes to the therapist until they have; else anybody could
    keep clients away from whom they never met.
    """
    open_task(
        scope,
        "safety",
        therapist_id=pairing.therapist_id,
        client_id=pairing.client_id,
        pairing_id=pairing.id,
    )
    if pairing.accepted_at is not None:
        set_hold(scope, pairing.therapist_id, on_hold=True)


def set_wait(
    scope: ClinicScope, wait_id: UUID | None, before: str, after: str, **values: Any
) -> None:
    """Move a wait on from one status to another, if that is where it is."""
    if wait_id is None:
        return
    scope.connection.execute(
        update(_waits)
        .where(
            _waits.c.clinic_id == scope.clinic_id,
            _waits.c.id == wait_id,
            _waits.c.status == before,
        )
        .values(status=after, **values)
    )


def _tell(
    scope: ClinicScope, what: str, pairing: Row[Any], details: dict[str, int] | None = None
) -> None:
    record(scope, what, pairing.id, details)
    emit(
        scope,
        what,
        pairing.id,
        pairing_id=pairing.id,
        match_id=pairing.match_id,
        therapist_id=pairing.therapist_id,
        client_id=pairing.client_id,
    )
