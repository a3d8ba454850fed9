"""Clinics whose figures are known by hand."""

from collections.abc import Sequence
from typing import Any

from api.auth.roles import Role
from tests.factories.clinics import ClinicApi

Json = dict[str, Any]


def ask(clinic: ClinicApi, clients: int, begin: int = 0, **body: Any) -> list[Json]:
    """One match for each of so many clients."""
    return [
        clinic.match(client={"reference": f"c-{begin + number}"}, **body)
        for number in range(clients)
    ]


def staff(clinic: ClinicApi, count: int, prefix: str = "t", **row: Any) -> list[str]:
    """So many therapists alike; their ids."""
    return [clinic.add(reference=f"{prefix}-{number}", **row)["id"] for number in range(count)]


def page(clinic: ClinicApi, name: str, role: Role = Role.ADMIN, **params: Any) -> Json:
    """A page of insights, which must be answered."""
    answer = clinic.get(f"/v1/insights/{name}", role, params=params)
    assert answer.status_code == 200, answer.text
    shown: Json = answer.json()
    return shown


def by_reference(rows: Sequence[Json]) -> dict[str, Json]:
    """Rows about therapists by the therapist's reference."""
    return {row["therapist"]["reference"]: row for row in rows}


def plain_order(clinic: ClinicApi) -> None:
    """From here on nothing is varied among close matches."""
    body = {"near_tie": 0, "diversity": 0}
    made = clinic.post("/v1/weightings", body)
    assert made.status_code == 201, made.text
    tag = clinic.get(f"/v1/weightings/{made.json()['id']}").headers["ETag"]
    path = f"/v1/weightings/{made.json()['id']}/activate"
    assert clinic.post(path, headers={"If-Match": tag}).status_code == 200
