"""Clients on the waiting list, and what the service does about them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from httpx2 import Response
from sqlalchemy import select, update

from api.auth.roles import Role
from api.db.tables import Wait
from api.db.tables.base import table_of
from api.waits.duty import see_to_waits
from tests.factories.clinics import ClinicApi
from tests.factories.pairings import database_of

Json = dict[str, Any]


def ask_to_wait(clinic: ClinicApi, match: Json, role: Role = Role.INTAKE, **body: Any) -> Response:
    return clinic.post(f"/v1/matches/{match['id']}/wait", body, role)


def waits_for(clinic: ClinicApi, match: Json, role: Role = Role.INTAKE, **body: Any) -> Json:
    """The wait of a client who must be taken on the list."""
    response = ask_to_wait(clinic, match, role, **body)
    assert response.status_code == 201, response.text
    wait: Json = response.json()
    return wait


def joined(clinic: ClinicApi, reference: str, **body: Any) -> Json:
    """The wait of a new match of that client."""
    return waits_for(clinic, clinic.match(client={"reference": reference}), **body)


def wait_now(clinic: ClinicApi, wait: Json, role: Role = Role.STAFF) -> Json:
    response = clinic.get(f"/v1/waits/{wait['id']}", role)
    assert response.status_code == 200, response.text
    now: Json = response.json()
    return now


def look(clinic: ClinicApi) -> None:
    """Have the lists gone through until there is nothing to do."""
    for _ in range(3):
        see_to_waits(database_of(clinic))


def offered_to(clinic: ClinicApi) -> list[str]:
    """The references of those who are offered something, in the order of the list."""
    items = clinic.get("/v1/waits", Role.STAFF).json()["items"]
    return [one["client"]["reference"] for one in items if one["status"] == "offered"]


def set_waited(clinic: ClinicApi, wait: Json, days: float) -> None:
    """As if they had been on the list for so many days longer."""
    with database_of(clinic).writing() as connection:
        waits = table_of(Wait)
        own = waits.c.id == UUID(wait["id"])
        row = connection.execute(select(waits).where(own)).one()
        earlier = timedelta(days=days)
        connection.execute(
            update(waits).where(own).values(since=row.since - earlier, turn=row.turn - earlier)
        )


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
