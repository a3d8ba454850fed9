"""A client's time with therapists: whom they are with, whom they left, who may come back."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from api.auth.scope import ClinicScope
from api.db.tables import Pairing, RuledOut, Therapist, TherapistAvailability
from api.db.tables.base import table_of
from api.db.tables.pairings import LIVE
from api.store.versions import holding_now

# After an end for these alone a therapist may come back, and is named first.
COMES_BACK = frozenset({"goals_met", "paused", "moved", "cost", "schedule"})

_pairings = table_of(Pairing)
_ruled_out = table_of(RuledOut)
_therapists = table_of(Therapist)
_availability = table_of(TherapistAvailability)

_PAIRINGS = (
    select(
        _pairings.c.therapist_id,
        _pairings.c.status,
        _pairings.c.closed_at,
        _pairings.c.decline_reason,
        _pairings.c.reasons,
        _pairings.c.rules_out,
        _availability.c.stated_at,
    )
    .join(_availability, holding_now(_availability, _pairings.c.therapist_id))
    .where(
        _pairings.c.clinic_id == bindparam("clinic_id"),
        _pairings.c.client_id == bindparam("client_id"),
    )
    .order_by(_pairings.c.id.desc())
)
_RULED_OUT = select(_ruled_out.c.therapist_id).where(
    _ruled_out.c.clinic_id == bindparam("clinic_id"),
    _ruled_out.c.client_id == bindparam("client_id"),
)
_ADD = {
    "sqlite": sqlite.insert(_ruled_out).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(_ruled_out).on_conflict_do_nothing(),
}


@dataclass(frozen=True, slots=True)
class History:
    """Therapists by id: `returning` latest first, the others sorted."""

    with_now: tuple[str, ...]
    left_before: tuple[str, ...]
    returning: tuple[str, ...]


def history_of(scope: ClinicScope, client_id: UUID) -> History:
    """What counts in every later match of the client."""
    named = {"clinic_id": scope.clinic_id, "client_id": client_id}
    pairings = scope.connection.execute(_PAIRINGS, named).all()
    ruled_out = scope.connection.execute(_RULED_OUT, named).scalars().all()
    with_now = {row.therapist_id for row in pairings if row.status in LIVE}
    left = {row.therapist_id for row in pairings if _keeps_away(row)} | set(ruled_out)
    back = [row.therapist_id for row in pairings if _may_come_back(row)]
    return History(
        tuple(sorted(map(str, with_now))),
        tuple(sorted(map(str, left - with_now))),
        tuple(str(one) for one in dict.fromkeys(back) if one not in with_now | left),
    )


def rule_out(scope: ClinicScope, client_id: UUID, references: list[str]) -> None:
    """Keep whom the client does not want to be matched with, now or later."""
    if not references:
        return
    connection = scope.connection
    query = select(_therapists.c.id).where(
        _therapists.c.clinic_id == scope.clinic_id, _therapists.c.reference.in_(references)
    )
    rows = [
        {"clinic_id": scope.clinic_id, "client_id": client_id, "therapist_id": therapist_id}
        for therapist_id in connection.execute(query).scalars()
    ]
    if rows:
        connection.execute(_ADD[connection.dialect.name], rows)


def _keeps_away(row: Any) -> bool:
    """Left for fit or safety, or turned down; for lack of room until there is news of the room."""
    if row.status == "declined" and row.decline_reason == "full":
        return bool(row.stated_at is None or row.stated_at <= row.closed_at)
    return bool(row.rules_out or row.status == "declined")


def _may_come_back(row: Any) -> bool:
    return row.status == "ended" and bool(row.reasons) and set(row.reasons) <= COMES_BACK
