"""The SQL of the waiting list."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, and_, exists, func, insert, or_, select, update

from api.auth.scope import ClinicScope
from api.db.tables import Client, Clinic, Match, Pairing, Wait
from api.db.tables.base import table_of
from api.db.tables.pairings import LIVE, WAITING

_waits = table_of(Wait)
_clients = table_of(Client)
_clinics = table_of(Clinic)
_matches = table_of(Match)
_pairings = table_of(Pairing)

# A place in the list: its turn, and the id for those of one turn.
Place = tuple[datetime, UUID]


def insert_wait(scope: ClinicScope, row: dict[str, Any]) -> None:
    """Put a client of the scope's clinic on the list."""
    scope.connection.execute(insert(_waits), {"clinic_id": scope.clinic_id, **row})


def change_wait(scope: ClinicScope, wait_id: UUID, **values: Any) -> None:
    """Set columns of one of the clinic's waits."""
    scope.connection.execute(
        update(_waits)
        .where(_waits.c.clinic_id == scope.clinic_id, _waits.c.id == wait_id)
        .values(**values)
    )


def wait_of(scope: ClinicScope, wait_id: UUID) -> Row[Any] | None:
    """The clinic's wait of that id, with the client's reference."""
    return scope.connection.execute(_shown(scope).where(_waits.c.id == wait_id)).one_or_none()


def live_wait_of(scope: ClinicScope, client_id: UUID) -> Row[Any] | None:
    """The client's place on the list, if they are on it."""
    query = (
        _shown(scope)
        .where(_waits.c.client_id == client_id, _waits.c.status.in_(WAITING))
        .order_by(_waits.c.id)
        .limit(1)
    )
    return scope.connection.execute(query).one_or_none()


def page(
    scope: ClinicScope, statuses: Sequence[str], after: Place | None, limit: int
) -> Sequence[Row[Any]]:
    """Up to `limit` waits of these statuses, in the order of the list."""
    query = _shown(scope).where(_waits.c.status.in_(statuses), *_after(after))
    return scope.connection.execute(_in_order(query).limit(limit)).all()


def to_look_at(scope: ClinicScope, after: Place | None, limit: int) -> Sequence[Row[Any]]:
    """Up to `limit` of those who wait, in order, with what they asked for."""
    query = (
        select(_waits, _matches.c.request, _matches.c.circumstances)
        .add_columns(_matches.c.origin, _matches.c.origin_id)
        .join(
            _matches,
            and_(_matches.c.clinic_id == _waits.c.clinic_id, _matches.c.id == _waits.c.match_id),
        )
        .where(
            _waits.c.clinic_id == scope.clinic_id,
            _waits.c.status == "waiting",
            *_after(after),
        )
    )
    return scope.connection.execute(_in_order(query).limit(limit)).all()


def waiting_before(scope: ClinicScope, place: Place) -> int:
    """How many wait before that place."""
    query = select(func.count()).where(
        _waits.c.clinic_id == scope.clinic_id,
        _waits.c.status == "waiting",
        or_(_waits.c.turn < place[0], and_(_waits.c.turn == place[0], _waits.c.id < place[1])),
    )
    count: int = scope.connection.execute(query).scalar_one()
    return count


def offers_of(scope: ClinicScope, waits: Sequence[Row[Any]]) -> dict[UUID, Row[Any]]:
    """The live pairing of each of these waits, if it has one, by the wait's id."""
    query = select(_pairings).where(
        _pairings.c.clinic_id == scope.clinic_id,
        _pairings.c.client_id.in_([wait.client_id for wait in waits]),
        _pairings.c.wait_id.in_([wait.id for wait in waits]),
        _pairings.c.status.in_(LIVE),
    )
    return {row.wait_id: row for row in scope.connection.execute(query)}


def expire_passed(scope: ClinicScope, now: datetime) -> Sequence[UUID]:
    """End the waits whose last day is over, unless something is on offer; their ids."""
    ended = scope.connection.execute(
        update(_waits)
        .where(
            _waits.c.clinic_id == scope.clinic_id,
            _waits.c.status == "waiting",
            _waits.c.until <= now,
        )
        .values(status="expired", closed_at=now)
        .returning(_waits.c.id)
    )
    return ended.scalars().all()


def clinics_with_passed(connection: Connection, now: datetime) -> Sequence[UUID]:
    """The clinics where somebody's last day on the list is over. Of all clinics, so ids alone."""
    query = (
        select(_waits.c.clinic_id)
        .where(_waits.c.status == "waiting", _waits.c.until <= now)
        .distinct()
    )
    return connection.execute(query).scalars().all()


def clinics_to_look_at(connection: Connection) -> Sequence[UUID]:
    """The clinics where somebody waits and something changed. Of all clinics, so ids alone."""
    query = select(_clinics.c.id).where(
        or_(
            _clinics.c.waits_seen_roster != _clinics.c.roster_version,
            _clinics.c.waits_seen_availability != _clinics.c.availability_version,
        ),
        exists().where(_waits.c.clinic_id == _clinics.c.id, _waits.c.status == "waiting"),
    )
    return connection.execute(query).scalars().all()


def seen_versions(scope: ClinicScope) -> tuple[int, int]:
    """The versions of roster and availability at which the list was last looked through.

    The second is below zero where it is to be looked through whatever has changed.
    """
    query = select(_clinics.c.waits_seen_roster, _clinics.c.waits_seen_availability).where(
        _clinics.c.id == scope.clinic_id
    )
    roster, availability = scope.connection.execute(query).one()
    return roster, availability


def mark_seen(scope: ClinicScope, before: tuple[int, int], after: tuple[int, int]) -> None:
    """Note that the list was looked through, unless that was asked for again meanwhile."""
    scope.unit.begin_write().execute(
        update(_clinics)
        .where(
            _clinics.c.id == scope.clinic_id,
            _clinics.c.waits_seen_roster == before[0],
            _clinics.c.waits_seen_availability == before[1],
        )
        .values(waits_seen_roster=after[0], waits_seen_availability=after[1])
    )


def _shown(scope: ClinicScope) -> Select[Any]:
    return (
        select(_waits, _clients.c.reference.label("client_reference"))
        .join(
            _clients,
            and_(_clients.c.clinic_id == _waits.c.clinic_id, _clients.c.id == _waits.c.client_id),
        )
        .where(_waits.c.clinic_id == scope.clinic_id)
    )


def _in_order(query: Select[Any]) -> Select[Any]:
    return query.order_by(_waits.c.turn, _waits.c.id)


def _after(place: Place | None) -> list[Any]:
    if place is None:
        return []
    turn, id_ = place
    return [or_(_waits.c.turn > turn, and_(_waits.c.turn == turn, _waits.c.id > id_))]
