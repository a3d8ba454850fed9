"""The states of a pairing, and the place that goes with them: begun, moved on, closed.

Every function here is called under the clinic's lock (`hold_clinic`), after which what is to be
changed is read again; so no place is given twice and none is lost.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, insert, select, update

from api.auth.own import is_own
from api.auth.scope import ClinicScope
from api.db.tables import Pairing
from api.db.tables.base import table_of
from api.db.tables.pairings import ANSWER_DUE, LIVE, OVER
from api.ids import new_id
from api.problems import NotFound
from api.store.places import change_held
from api.store.tombstones import refuse_erased
from matching.reasons import is_fit, is_safety

_NO_PAIRING = "The clinic has no such pairing."

# Not of fit or safety themselves, but of the two people: they do not meet again.
_OF_THE_TWO = frozenset({"conflict", "therapist_advised"})

_pairings = table_of(Pairing)
_BY_ID = select(_pairings).where(
    _pairings.c.clinic_id == bindparam("clinic_id"), _pairings.c.id == bindparam("pairing_id")
)


def begin_pairing(scope: ClinicScope, row: dict[str, Any]) -> UUID:
    """Store a live pairing and hold its place; `row` is whole but for clinic and id."""
    if row["status"] not in LIVE:
        raise ValueError("a pairing begins live")
    pairing_id = new_id()
    change_held(scope, row["therapist_id"], +1)
    scope.connection.execute(
        insert(_pairings),
        {"clinic_id": scope.clinic_id, "id": pairing_id, "rules_out": False, **row},
    )
    return pairing_id


def move_on(scope: ClinicScope, pairing: Row[Any], status: str, **values: Any) -> None:
    """From one live state to another; the place stays held."""
    if pairing.status not in LIVE or status not in LIVE:
        raise ValueError("only a live pairing moves on, to a live state")
    _change(scope, pairing, status=status, **values)


def close_pairing(
    scope: ClinicScope, pairing: Row[Any], status: str, now: datetime, **values: Any
) -> None:
    """End a live pairing and free its place."""
    if pairing.status not in LIVE or status not in OVER:
        raise ValueError("only a live pairing is closed, and once")
    _change(scope, pairing, status=status, closed_at=now, respond_by=None, **values)
    change_held(scope, pairing.therapist_id, -1)


def rules_out(reasons: Sequence[str]) -> bool:
    """Whether a client who left for any of these is not shown the therapist again."""
    return any(is_fit(code) or is_safety(code) or code in _OF_THE_TWO for code in reasons)


def pairing_of(scope: ClinicScope, pairing_id: UUID) -> Row[Any] | None:
    """The clinic's pairing of that id."""
    named = {"clinic_id": scope.clinic_id, "pairing_id": pairing_id}
    return scope.connection.execute(_BY_ID, named).one_or_none()


def existing_pairing(scope: ClinicScope, pairing_id: UUID) -> Row[Any]:
    """The clinic's pairing of that id, which a narrow key sees only if it is its own.

    Raises:
        NotFound: the clinic has no such pairing.
        Gone: it was erased.
    """
    row = pairing_of(scope, pairing_id)
    if row is None:
        refuse_erased(scope, pairing_id)
        raise NotFound(_NO_PAIRING)
    if not is_own(scope, client_id=row.client_id, therapist_id=row.therapist_id):
        raise NotFound(_NO_PAIRING)
    return row


def has_passed(pairing: Row[Any], now: datetime) -> bool:
    """Whether somebody's answer was due and has not come."""
    return pairing.status in ANSWER_DUE and pairing.respond_by <= now


def live_pairings(scope: ClinicScope, **of: UUID) -> Sequence[Row[Any]]:
    """The clinic's live pairings whose columns are as named, oldest first."""
    query = (
        select(_pairings)
        .where(
            _pairings.c.clinic_id == scope.clinic_id,
            _pairings.c.status.in_(LIVE),
            *(_pairings.c[name] == value for name, value in of.items()),
        )
        .order_by(_pairings.c.id)
    )
    return scope.connection.execute(query).all()


def overdue(
    scope: ClinicScope, now: datetime, *, at_most: int | None = None, **of: UUID
) -> Sequence[Row[Any]]:
    """The clinic's pairings whose deadline has passed, oldest first; `of` narrows them."""
    query = (
        select(_pairings)
        .where(
            _pairings.c.clinic_id == scope.clinic_id,
            _pairings.c.status.in_(ANSWER_DUE),
            _pairings.c.respond_by <= now,
            *(_pairings.c[name] == value for name, value in of.items()),
        )
        .order_by(_pairings.c.respond_by, _pairings.c.id)
        .limit(at_most)
    )
    return scope.connection.execute(query).all()


def say_reasons(scope: ClinicScope, pairing: Row[Any], reasons: Sequence[str]) -> None:
    """Keep on a pairing, whatever its state, why the client would leave or left."""
    said = list(dict.fromkeys([*(pairing.reasons or ()), *reasons]))
    _change(scope, pairing, reasons=said, rules_out=pairing.rules_out or rules_out(reasons))


def _change(scope: ClinicScope, pairing: Row[Any], **values: Any) -> None:
    """Change a pairing that is still as it was read.

    Raises:
        ValueError: it moved since; a place would be freed twice.
    """
    changed = scope.connection.execute(
        update(_pairings)
        .where(
            _pairings.c.clinic_id == scope.clinic_id,
            _pairings.c.id == pairing.id,
            _pairings.c.status == pairing.status,
        )
        .values(**values)
    )
    if changed.rowcount != 1:
        raise ValueError("the pairing moved after it was read")
