"""Pairings whose sessions are rated."""

from collections.abc import Sequence
from typing import Any

from httpx2 import Response
from sqlalchemy import select
from sqlmodel import SQLModel

from api.auth.roles import Role
from api.db.tables import FitRating
from api.db.tables.base import table_of
from tests.factories.clinics import ClinicApi
from tests.factories.pairings import Json, active, database_of, match_of, roster

# A fall that stands out with the fifth: each is the answer to all of the core four.
FALLING = (9, 8, 6.5, 5, 3.5)


def together(clinic: ClinicApi, reference: str = "c-1", **body: Any) -> Json:
    """An active pairing with a therapist of its own."""
    (therapist_id,) = roster(clinic, 1)
    return active(clinic, match_of(clinic, reference, **body), therapist_id)


def path(pairing: Json) -> str:
    return f"/v1/pairings/{pairing['id']}/ratings"


def rate(
    clinic: ClinicApi, pairing: Json, session: int, role: Role = Role.INTAKE, **body: Any
) -> Response:
    said = {"session_number": session, **body}
    if not body.keys() & {"trust", "overall", "privacy"}:
        said["trust"] = 8
    return clinic.post(path(pairing), said, role)


def rated(
    clinic: ClinicApi, pairing: Json, session: int, role: Role = Role.INTAKE, **body: Any
) -> Json:
    """The answer to a rating that must be taken."""
    response = rate(clinic, pairing, session, role, **body)
    assert response.status_code == 201, response.text
    answer: Json = response.json()
    return answer


def core(value: float) -> dict[str, Any]:
    return dict.fromkeys(("trust", "safe", "heard", "goals"), value)


def series(clinic: ClinicApi, pairing: Json, values: Sequence[float], **body: Any) -> list[Json]:
    """The answers to ratings of one session after the other."""
    return [
        rated(clinic, pairing, session, **core(value), **body)
        for session, value in enumerate(values, 1)
    ]


def course(clinic: ClinicApi, pairing: Json, role: Role = Role.STAFF) -> Json:
    """The pairing as that role sees it."""
    response = clinic.get(f"/v1/pairings/{pairing['id']}", role)
    assert response.status_code == 200, response.text
    shown: Json = response.json()
    return shown


def stored(clinic: ClinicApi, table: type[SQLModel] = FitRating) -> list[dict[str, Any]]:
    """The clinic's rows of a table, ratings in the order of their arrival."""
    of = table_of(table)
    query = select(of).where(of.c.clinic_id == clinic.clinic_id)
    if "arrival" in of.c:
        query = query.order_by(of.c.arrival)
    with database_of(clinic).reading() as connection:
        return [row._asdict() for row in connection.execute(query)]
