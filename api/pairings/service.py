"""What follows a choice: staff approve it, the therapist answers, the client withdraws, it ends."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from api.audit.record import record
from api.auth.roles import Role
from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.db.tables.pairings import LIVE
from api.pairings import queries
from api.pairings.answers import shown
from api.pairings.asking import ask_therapist, deadline
from api.pairings.schemas import END_REASONS, DeclineIn, EndIn, PairingOut
from api.problems import Conflict, FieldProblem, Invalid
from api.store import pairing_moves
from api.store.clinics import hold_clinic
from api.store.pairings import existing_pairing, has_passed, move_on, pairing_of, say_reasons
from api.store.places import standing_of
from api.store.tasks import open_task, settle_task
from matching.reasons import is_fit, is_safety

# Whether the two fit, and whether it was safe, is the client's to say.
_THERAPIST_MAY_SAY = frozenset(
    code for code in END_REASONS if not is_fit(code) and not is_safety(code)
)


def approve(scope: ClinicScope, pairing_id: UUID) -> PairingOut:
    """Staff agree with a client's choice: from now on the therapist's answer is due.

    Raises:
        NotFound, Gone: the clinic has no such pairing, or it was erased.
        Conflict: nothing waits for staff, or the therapist is on hold.
    """
    pairing, now = _held(scope, pairing_id)
    if pairing.status != "requested":
        _check_is(pairing, "awaiting_staff")
        _check_at_work(scope, pairing, now)
        move_on(scope, pairing, "requested", respond_by=deadline(scope, now))
        settle_task(scope, "staff_selection", pairing_id)
        record(scope, "pairing.approved", pairing_id)
        ask_therapist(scope, pairing)
    else:
        _record_reading(scope, pairing_id)
    return _shown(scope, pairing_id, now)


def accept(scope: ClinicScope, pairing_id: UUID) -> PairingOut:
    """The therapist takes the client on; whom the client leaves for them, they leave now.

    Raises:
        NotFound, Gone: the clinic has no such pairing, or it was erased.
        Conflict: no answer of the therapist's is due, or the therapist is on hold.
    """
    pairing, now = _held(scope, pairing_id)
    if pairing.status != "active":
        _check_is(pairing, "requested")
        _check_at_work(scope, pairing, now)
        pairing_moves.accept(scope, pairing, now)
        _leave_replaced(scope, pairing, now)
    else:
        _record_reading(scope, pairing_id)
    return _shown(scope, pairing_id, now)


def decline(scope: ClinicScope, pairing_id: UUID, body: DeclineIn) -> PairingOut:
    """The therapist does not take the client on: the place is free, and the next one is named.

    Raises:
        NotFound, Gone: the clinic has no such pairing, or it was erased.
        Conflict: no answer of the therapist's is due.
    """
    pairing, now = _held(scope, pairing_id)
    if pairing.status != "declined":
        _check_is(pairing, "requested")
        pairing_moves.decline(scope, pairing, body.reason, now)
        if body.reason == "full":
            # What is known of how free the therapist is does not hold.
            open_task(scope, "confirm_availability", therapist_id=pairing.therapist_id)
    else:
        _record_reading(scope, pairing_id)
    return _shown(scope, pairing_id, now)


def withdraw(scope: ClinicScope, pairing_id: UUID) -> PairingOut:
    """The client takes a choice back before it was accepted, or does not want an offer.

    Raises:
        NotFound, Gone: the clinic has no such pairing, or it was erased.
        Conflict: it was accepted, or is over.
    """
    pairing, now = _held(scope, pairing_id)
    if pairing.status != "withdrawn":
        _check_is(pairing, "offered", "awaiting_staff", "requested")
        pairing_moves.withdraw(scope, pairing, now)
    else:
        _record_reading(scope, pairing_id)
    return _shown(scope, pairing_id, now)


def end(scope: ClinicScope, pairing_id: UUID, body: EndIn) -> PairingOut:
    """The two part. What was unsafe is put before staff at once.

    Raises:
        NotFound, Gone: the clinic has no such pairing, or it was erased.
        Invalid: a therapist gives a reason that is the client's to give.
        Conflict: they were never together.
    """
    pairing, now = _held(scope, pairing_id)
    reasons = body.codes()
    if scope.role is Role.THERAPIST and not _THERAPIST_MAY_SAY.issuperset(reasons):
        field = "reasons" if body.reasons else "reason"
        raise Invalid([FieldProblem(field, "is a reason that only the client can give")])
    unsafe = any(map(is_safety, reasons))
    if unsafe:
        # A report counts whatever became of the pairing, and before anything is refused.
        say_reasons(scope, pairing, reasons)
        pairing_moves.put_before_staff(scope, pairing)
        pairing = existing_pairing(scope, pairing_id)
    if pairing.status == "active":
        pairing_moves.end(scope, pairing, reasons, now)
    elif unsafe and pairing.status in LIVE:
        pairing_moves.withdraw(scope, pairing, now)
    elif not unsafe and pairing.status != "ended":
        _check_is(pairing, "active")
    else:
        _record_reading(scope, pairing_id)
    return _shown(scope, pairing_id, now)


def _held(scope: ClinicScope, pairing_id: UUID) -> tuple[Row[Any], datetime]:
    """The pairing as it is under the clinic's lock, expired if its deadline has passed."""
    hold_clinic(scope)
    now = utc_now()
    pairing = existing_pairing(scope, pairing_id)
    if has_passed(pairing, now):
        pairing_moves.expire(scope, pairing, now)
        pairing = existing_pairing(scope, pairing_id)
    return pairing, now


def _check_is(pairing: Row[Any], *needed: str) -> None:
    if pairing.status not in needed:
        raise Conflict(
            f"This pairing is {pairing.status}; it would have to be {' or '.join(needed)}.",
            pairing_status=pairing.status,
        )


def _check_at_work(scope: ClinicScope, pairing: Row[Any], now: datetime) -> None:
    """Nobody begins with a therapist who was put on hold or left after they were asked."""
    if not standing_of(scope, pairing.therapist_id, now).at_work:
        raise Conflict(
            "This therapist begins with nobody new just now; staff can say when.",
            pairing_status=pairing.status,
        )


def _leave_replaced(scope: ClinicScope, pairing: Row[Any], now: datetime) -> None:
    """End what the client left by an alternative, with what they said then."""
    before = pairing_of(scope, pairing.replaces_id) if pairing.replaces_id else None
    if before is None or before.status not in LIVE:
        return
    if before.status == "active":
        reasons = queries.reasons_of(scope, pairing.match_id)
        pairing_moves.end(scope, before, reasons, now, by_alternative=True)
    else:
        pairing_moves.withdraw(scope, before, now)
        # They have found somebody: they do not wait on.
        pairing_moves.set_wait(scope, before.wait_id, "waiting", "placed", closed_at=now)


def _record_reading(scope: ClinicScope, pairing_id: UUID) -> None:
    """A call that finds its work done changes nothing, and yet shows the pairing."""
    record(scope, "pairing.read", pairing_id)


def _shown(scope: ClinicScope, pairing_id: UUID, now: datetime) -> PairingOut:
    return shown(scope, queries.shown_row(scope, pairing_id), now)
