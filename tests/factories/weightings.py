"""Weightings of a clinic: drafted, activated, previewed."""

import json
from typing import Any

from httpx2 import Response

from api.auth.roles import Role
from seed.clinic import ClinicSpec, generate
from tests.factories.clinics import ClinicApi

Json = dict[str, Any]

_FREE: Json = {
    "active": True,
    "accepting": True,
    "caseload": 0,
    "caseload_limit": 20,
    "availability_confirmed_at": None,
    "leaving_on": None,
    "services": ["individual"],
}


def active(clinic: ClinicApi) -> Json:
    """The clinic's active version."""
    (found,) = clinic.get("/v1/weightings?status=active").json()["items"]
    shown: Json = found
    return shown


def drafted(clinic: ClinicApi, **content: Any) -> Json:
    """A draft, which must be taken."""
    response = clinic.post("/v1/weightings", content)
    assert response.status_code == 201, response.text
    made: Json = response.json()
    return made


def etag_of(clinic: ClinicApi, weighting: Json) -> str:
    return str(clinic.get(f"/v1/weightings/{weighting['id']}").headers["ETag"])


def activate(
    clinic: ClinicApi, weighting: Json, if_match: str | None = None, role: Role = Role.ADMIN
) -> Response:
    """Make it the active one, as it is now unless an ETag is given."""
    headers = {"If-Match": if_match or etag_of(clinic, weighting)}
    path = f"/v1/weightings/{weighting['id']}/activate"
    return clinic.post(path, role=role, headers=headers)


def activated(clinic: ClinicApi, weighting: Json) -> Json:
    """The version, which must become the active one."""
    response = activate(clinic, weighting)
    assert response.status_code == 200, response.text
    shown: Json = response.json()
    return shown


def preview(clinic: ClinicApi, weighting: Json, **asked: Any) -> Response:
    return clinic.post(f"/v1/weightings/{weighting['id']}/preview", asked)


def previewed(clinic: ClinicApi, weighting: Json, **asked: Any) -> Json:
    """A preview, which must be answered at once."""
    response = preview(clinic, weighting, **asked)
    assert response.status_code == 200, response.text
    found: Json = response.json()
    return found


def seeded(clinic: ClinicApi, therapists: int = 24, clients: int = 12) -> list[Json]:
    """A synthetic roster; returns requests of so many clients with references, not yet sent.

    Everybody is free and they require nothing, so that all are eligible.
    """
    made = generate(ClinicSpec(therapists=therapists, past_clients=0, unseen_clients=clients))
    rows = "".join(json.dumps({**row, **_FREE}) + "\n" for row in made.therapists)
    headers = {"Content-Type": "application/x-ndjson"}
    landed = clinic.post("/v1/imports/therapists", headers=headers, content=rows.encode())
    assert landed.json()["created"] == therapists, landed.text
    bodies: list[Json] = [dict(one.body) for one in made.unseen]
    return [
        {
            "preferences": {
                name: {**wish, "importance": "strong"} for name, wish in body["preferences"].items()
            },
            "needs": body.get("needs", []),
            "client": {"reference": f"c-{number}"},
        }
        for number, body in enumerate(bodies)
    ]


def erase(clinic: ClinicApi, match: Json) -> None:
    """Erase the client of a match, and it with them."""
    path = f"/v1/matches/{match['id']}"
    refused = clinic.call(Role.STAFF, "DELETE", path)
    client_id = refused.json()["client_id"]
    erased = clinic.call(Role.STAFF, "DELETE", f"/v1/clients/{client_id}")
    assert erased.status_code == 200, erased.text
    assert clinic.get(path).status_code == 410
