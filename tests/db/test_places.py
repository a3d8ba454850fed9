"""Places, one at a time: whatever is held is held once, and what holds nothing frees nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Row, insert, select
from sqlalchemy.exc import IntegrityError

from api.auth.scope import ClinicScope
from api.auth.system import clinic_scope
from api.clinics.creation import create_clinic
from api.db.database import Database
from api.db.tables import Client, Match, Therapist, TherapistAvailability
from api.db.tables.base import table_of
from api.ids import new_id
from api.store.clinics import hold_clinic
from api.store.pairings import (
    begin_pairing,
    close_pairing,
    existing_pairing,
    live_pairings,
    move_on,
)
from api.store.places import change_held, set_hold, standing_of, standings_of

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
_FREE = {
    "active": True,
    "accepting": True,
    "caseload": 0,
    "caseload_limit": 2,
    "confirmed_at": NOW,
    "leaving_on": None,
    "held": 0,
    "on_hold": False,
}


@pytest.fixture
def clinic_id(database: Database) -> UUID:
    with database.writing() as connection:
        return create_clinic(connection, "Clinic")


@pytest.fixture
def scope(database: Database, clinic_id: UUID) -> Iterator[ClinicScope]:
    with clinic_scope(database, clinic_id) as opened:
        hold_clinic(opened)
        yield opened


def therapist(scope: ClinicScope, **free: Any) -> UUID:
    """One with two places, unless `free` says otherwise."""
    id_, of_clinic = new_id(), {"clinic_id": scope.clinic_id}
    row = {"id": id_, "reference": str(id_), "revision": 1, "created_at": NOW, "updated_at": NOW}
    scope.connection.execute(insert(table_of(Therapist)), of_clinic | row)
    version = {"therapist_id": id_, "valid_from": 0, "valid_to": None}
    scope.connection.execute(
        insert(table_of(TherapistAvailability)), of_clinic | version | _FREE | free
    )
    return id_


def request(scope: ClinicScope, therapist_id: UUID) -> dict[str, Any]:
    """What a choice stores, by a client and a match of its own."""
    client_id, match_id, of_clinic = new_id(), new_id(), {"clinic_id": scope.clinic_id}
    client = {"id": client_id, "reference": str(client_id), "created_at": NOW}
    match = {
        "id": match_id,
        "created_at": NOW,
        "created_by": uuid4(),
        "client_id": client_id,
        "request": {"preferences": {}},
        "answer": b"{}",
        "roster_version": 0,
        "availability_version": 0,
        "weighting_id": scope.clinic.weighting_id,
        "rules": {},
        "selection_mode": "client",
    }
    scope.connection.execute(insert(table_of(Client)), of_clinic | client)
    scope.connection.execute(insert(table_of(Match)), of_clinic | match)
    return {
        "match_id": match_id,
        "client_id": client_id,
        "therapist_id": therapist_id,
        "status": "requested",
        "requested_at": NOW,
        "respond_by": NOW + timedelta(days=2),
    }


def held(scope: ClinicScope, therapist_id: UUID) -> int:
    free = table_of(TherapistAvailability)
    query = select(free.c.held).where(
        free.c.therapist_id == therapist_id, free.c.valid_to.is_(None)
    )
    count: int = scope.connection.execute(query).scalar_one()
    return count


def begun(scope: ClinicScope, therapist_id: UUID, **values: Any) -> Row[Any]:
    return existing_pairing(scope, begin_pairing(scope, {**request(scope, therapist_id), **values}))


@pytest.mark.parametrize(
    ("free", "room", "at_work", "takes"),
    [
        ({}, True, True, True),
        ({"caseload": 1, "held": 1}, False, True, False),
        ({"caseload": 2}, False, True, False),
        ({"held": 2}, False, True, False),
        ({"held": 3}, False, True, False),
        ({"caseload_limit": None, "caseload": 99, "held": 99}, True, True, True),
        ({"accepting": False}, True, True, False),
        ({"active": False}, True, False, False),
        ({"on_hold": True}, True, False, False),
        ({"confirmed_at": NOW - timedelta(days=91)}, True, True, False),
        ({"confirmed_at": None}, True, True, True),
        ({"leaving_on": (NOW + timedelta(days=60)).date()}, True, True, False),
        ({"leaving_on": (NOW + timedelta(days=61)).date()}, True, True, True),
    ],
)
def test_a_therapist_takes_one_more_only_where_all_allows_it(
    scope: ClinicScope, free: dict[str, Any], room: bool, at_work: bool, takes: bool
) -> None:
    standing = standing_of(scope, therapist(scope, **free), NOW)
    assert (standing.has_room, standing.at_work, standing.takes_new) == (room, at_work, takes)


def test_who_is_nobody_stands_nowhere(scope: ClinicScope) -> None:
    known = therapist(scope)
    assert list(standings_of(scope, [known, uuid4()], NOW)) == [known]


def test_a_place_that_nobody_holds_cannot_be_freed(scope: ClinicScope) -> None:
    one = therapist(scope)
    with pytest.raises(IntegrityError):
        change_held(scope, one, -1)


def test_each_change_is_a_version_of_its_own(scope: ClinicScope) -> None:
    one = therapist(scope)
    for by in (1, 1, -1):
        change_held(scope, one, by)
    set_hold(scope, one, on_hold=True)
    set_hold(scope, one, on_hold=True)
    free = table_of(TherapistAvailability)
    versions = scope.connection.execute(
        select(free.c.held, free.c.on_hold, free.c.valid_from, free.c.valid_to)
        .where(free.c.therapist_id == one)
        .order_by(free.c.valid_from)
    ).all()
    assert [tuple(row[:2]) for row in versions] == [
        (0, False),
        (1, False),
        (2, False),
        (1, False),
        (1, True),
    ]
    assert [row.valid_to for row in versions[:-1]] == [row.valid_from for row in versions[1:]]
    assert versions[-1].valid_to is None


@pytest.mark.parametrize("over", ["declined", "expired", "withdrawn", "ended"])
def test_a_pairing_holds_its_place_while_it_lives(scope: ClinicScope, over: str) -> None:
    one = therapist(scope)
    pairing = begun(scope, one, status="offered")
    for status in ("requested", "active"):
        move_on(scope, pairing, status)
        pairing = existing_pairing(scope, pairing.id)
        assert (pairing.status, held(scope, one)) == (status, 1)
    close_pairing(scope, pairing, over, NOW)
    closed = existing_pairing(scope, pairing.id)
    assert (closed.status, closed.closed_at, closed.respond_by) == (over, NOW, None)
    assert held(scope, one) == 0
    assert live_pairings(scope, therapist_id=one) == []


def test_what_is_over_is_neither_moved_nor_closed_again(scope: ClinicScope) -> None:
    one = therapist(scope)
    pairing = begun(scope, one)
    with pytest.raises(ValueError, match="live state"):
        move_on(scope, pairing, "ended")
    with pytest.raises(ValueError, match="only a live pairing is closed"):
        close_pairing(scope, pairing, "active", NOW)
    close_pairing(scope, pairing, "ended", NOW)
    closed = existing_pairing(scope, pairing.id)
    with pytest.raises(ValueError, match="only a live pairing moves on"):
        move_on(scope, closed, "active")
    with pytest.raises(ValueError, match="and once"):
        close_pairing(scope, closed, "ended", NOW)
    assert held(scope, one) == 0


def test_a_pairing_begins_live(scope: ClinicScope) -> None:
    one = therapist(scope)
    with pytest.raises(ValueError, match="begins live"):
        begin_pairing(scope, {**request(scope, one), "status": "ended"})
    assert held(scope, one) == 0


def test_the_database_itself_refuses_two_live_pairings_of_one_match(scope: ClinicScope) -> None:
    row = request(scope, therapist(scope))
    begin_pairing(scope, row)
    other = therapist(scope)
    with pytest.raises(IntegrityError):
        begin_pairing(scope, {**row, "therapist_id": other})
