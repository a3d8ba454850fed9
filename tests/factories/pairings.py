"""Clinics with somebody to choose, and pairings as far along as a test needs them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx2 import Response
from sqlalchemy import func, insert, select, update
from sqlmodel import SQLModel

from api.auth.roles import Role
from api.auth.system import clinic_scope
from api.clock import utc_now
from api.db.database import Database
from api.db.tables import Match, Pairing, StaffTask, TherapistAvailability, Wait
from api.db.tables.base import table_of
from api.db.tables.pairings import LIVE
from api.ids import new_id
from api.store.clinics import hold_clinic
from api.store.pairings import begin_pairing
from tests.factories.clinics import ClinicApi, key_of

Json = dict[str, Any]

# The modules of these routes that read the clock.
CLOCKS = (
    "api.pairings.selection",
    "api.pairings.service",
    "api.pairings.reading",
    "api.pairings.deadlines",
)


def database_of(clinic: ClinicApi) -> Database:
    database: Database = clinic.client.app.state.database  # type: ignore[attr-defined]
    return database


def at(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """From here on it is `now` wherever a pairing looks at the clock."""
    for module in CLOCKS:
        monkeypatch.setattr(f"{module}.utc_now", lambda: now)


def roster(clinic: ClinicApi, count: int = 3, **row: Any) -> list[str]:
    """So many therapists' ids, each with a place left unless `row` says otherwise."""
    return [
        clinic.add(reference=f"t-{uuid4().hex[:8]}", **{"caseload_limit": 1, **row})["id"]
        for _ in range(count)
    ]


def match_of(clinic: ClinicApi, reference: str | None = "c-1", **body: Any) -> Json:
    """A match of one client, with everybody in it."""
    client = {"client": {"reference": reference}} if reference else {}
    return clinic.match(**client, limit=50, **body)


def choose(
    clinic: ClinicApi, match: Json, therapist_id: str, role: Role = Role.INTAKE, **body: Any
) -> Response:
    return clinic.post(
        f"/v1/matches/{match['id']}/selection", {"therapist_id": therapist_id, **body}, role
    )


def chosen(
    clinic: ClinicApi, match: Json, therapist_id: str, role: Role = Role.INTAKE, **body: Any
) -> Json:
    """The pairing of a choice that must be taken."""
    response = choose(clinic, match, therapist_id, role, **body)
    assert response.status_code == 201, response.text
    pairing: Json = response.json()
    return pairing


def move(
    clinic: ClinicApi, pairing: Json, to: str, body: Any = None, role: Role = Role.STAFF
) -> Response:
    return clinic.post(f"/v1/pairings/{pairing['id']}/{to}", body, role)


def moved(
    clinic: ClinicApi, pairing: Json, to: str, body: Any = None, role: Role = Role.STAFF
) -> Json:
    """The pairing after a move that must be made."""
    response = move(clinic, pairing, to, body, role)
    assert response.status_code == 200, response.text
    after: Json = response.json()
    return after


def unchanged(clinic: ClinicApi, pairing: Json) -> bool:
    """Whether a pairing reads as it was answered before."""
    now = clinic.get(f"/v1/pairings/{pairing['id']}", Role.STAFF).json()
    return {name: now[name] for name in pairing} == pairing


def active(clinic: ClinicApi, match: Json, therapist_id: str) -> Json:
    return moved(clinic, chosen(clinic, match, therapist_id), "accept")


def held(clinic: ClinicApi, therapist_id: str) -> int:
    """The places that are held, which must be as many as there are live pairings."""
    with database_of(clinic).reading() as connection:
        free, pairings = table_of(TherapistAvailability), table_of(Pairing)
        places: int = connection.execute(
            select(free.c.held).where(
                free.c.therapist_id == UUID(therapist_id), free.c.valid_to.is_(None)
            )
        ).scalar_one()
        live = connection.execute(
            select(func.count()).where(
                pairings.c.therapist_id == UUID(therapist_id), pairings.c.status.in_(LIVE)
            )
        ).scalar_one()
    assert places == live, f"{places} places are held for {live} live pairings"
    return places


def open_tasks(clinic: ClinicApi) -> list[tuple[str, UUID | None]]:
    """What is open: kind and the pairing it is about."""
    tasks = table_of(StaffTask)
    query = select(tasks.c.kind, tasks.c.pairing_id).where(
        tasks.c.clinic_id == clinic.clinic_id, tasks.c.status == "open"
    )
    with database_of(clinic).reading() as connection:
        return [tuple(row) for row in connection.execute(query)]


def put_on_hold(clinic: ClinicApi, therapist_id: str) -> None:
    free = table_of(TherapistAvailability)
    with database_of(clinic).writing() as connection:
        connection.execute(
            update(free)
            .where(free.c.therapist_id == UUID(therapist_id), free.c.valid_to.is_(None))
            .values(on_hold=True)
        )


def as_own(clinic: ClinicApi, role: Role, subject_id: str) -> Role:
    """From here on the clinic calls in that role as this client or therapist."""
    clinic.keys[role] = key_of(clinic, role, subject_id)
    return role


def in_scope(clinic: ClinicApi) -> Any:
    return clinic_scope(database_of(clinic), clinic.clinic_id)


def make_alternative(
    clinic: ClinicApi, match: Json, pairing: Json, reasons: list[str] | None = None
) -> None:
    """Have a match be the alternative to a pairing, asked for with these reasons."""
    _change(
        clinic,
        Match,
        match["id"],
        origin="alternative",
        origin_id=UUID(pairing["id"]),
        circumstances={"reasons": reasons} if reasons else None,
    )


def waiting(clinic: ClinicApi, match: Json, status: str = "waiting") -> UUID:
    """The client of a match on the waiting list."""
    now, wait_id = utc_now(), new_id()
    with database_of(clinic).writing() as connection:
        matches = table_of(Match)
        client_id = connection.execute(
            select(matches.c.client_id).where(matches.c.id == UUID(match["id"]))
        ).scalar_one()
        connection.execute(
            insert(table_of(Wait)),
            {
                "clinic_id": clinic.clinic_id,
                "id": wait_id,
                "match_id": UUID(match["id"]),
                "client_id": client_id,
                "status": status,
                "urgency": "routine",
                "accepts": [],
                "since": now,
                "until": now + timedelta(days=90),
                "turn": now,
            },
        )
    return wait_id


def offer(
    clinic: ClinicApi,
    wait_id: UUID,
    match: Json,
    therapist_id: str,
    replaces_id: str | None = None,
) -> UUID:
    """A place held for somebody from the waiting list, as the match of an offer."""
    _change(clinic, Match, match["id"], origin="wait", origin_id=wait_id)
    _change(clinic, Wait, str(wait_id), status="offered", offer_match_id=UUID(match["id"]))
    with in_scope(clinic) as scope:
        hold_clinic(scope)
        client_id = scope.connection.execute(
            select(table_of(Wait).c.client_id).where(table_of(Wait).c.id == wait_id)
        ).scalar_one()
        now = utc_now()
        return begin_pairing(
            scope,
            {
                "status": "offered",
                "match_id": UUID(match["id"]),
                "client_id": client_id,
                "therapist_id": UUID(therapist_id),
                "rank": 1,
                "wait_id": wait_id,
                "replaces_id": UUID(replaces_id) if replaces_id else None,
                "requested_at": now,
                "respond_by": now + timedelta(days=2),
            },
        )


def wait_status(clinic: ClinicApi, wait_id: UUID) -> str:
    waits = table_of(Wait)
    with database_of(clinic).reading() as connection:
        status: str = connection.execute(
            select(waits.c.status).where(waits.c.id == wait_id)
        ).scalar_one()
        return status


def rows_of(clinic: ClinicApi, model: type[SQLModel]) -> list[Json]:
    """All rows of a table that are the clinic's."""
    table = table_of(model)
    with database_of(clinic).reading() as connection:
        query = select(table).where(table.c.clinic_id == clinic.clinic_id)
        return [dict(row._mapping) for row in connection.execute(query)]


def _change(clinic: ClinicApi, model: type[SQLModel], id_: str, **values: Any) -> None:
    table = table_of(model)
    with database_of(clinic).writing() as connection:
        connection.execute(update(table).where(table.c.id == UUID(id_)).values(**values))
