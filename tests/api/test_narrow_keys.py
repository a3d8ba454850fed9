"""Keys of one client or one therapist: they see their own, for a time, and no more."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from api.auth.keys import create_narrow_key
from api.auth.roles import Role
from api.clock import utc_now
from api.db.database import Database
from api.db.tables import Client
from api.db.tables.base import table_of
from tests.factories.clinics import ClinicApi, key_of


def client_id(clinic: ClinicApi, reference: str) -> str:
    database: Database = clinic.client.app.state.database  # type: ignore[attr-defined]
    clients = table_of(Client)
    with database.reading() as connection:
        query = select(clients.c.id).where(clients.c.reference == reference)
        return str(connection.execute(query).scalar_one())


def matched(clinic: ClinicApi, reference: str) -> str:
    clinic.add(reference=f"t-{uuid4().hex[:8]}")
    answer = clinic.match(client={"reference": reference}, needs=["anxiety"])
    return str(answer["id"])


def test_a_client_reads_their_own_match_and_nobody_elses(clinic: ClinicApi) -> None:
    own, other = matched(clinic, "c-1"), matched(clinic, "c-2")
    clinic.keys[Role.CLIENT] = key_of(clinic, Role.CLIENT, client_id(clinic, "c-1"))
    assert clinic.get(f"/v1/matches/{own}", role=Role.CLIENT).status_code == 200
    refused = clinic.get(f"/v1/matches/{other}", role=Role.CLIENT)
    unknown = clinic.get(f"/v1/matches/{uuid4()}", role=Role.CLIENT)
    assert (refused.status_code, refused.json()) == (404, unknown.json())


def test_a_client_never_sees_the_randomness(clinic: ClinicApi) -> None:
    match_id = matched(clinic, "c-1")
    clinic.keys[Role.CLIENT] = key_of(clinic, Role.CLIENT, client_id(clinic, "c-1"))
    shown = clinic.get(f"/v1/matches/{match_id}", role=Role.CLIENT).json()
    whole = clinic.get(f"/v1/matches/{match_id}").json()
    assert "propensity" in whole["candidates"][0]
    assert "propensity" not in shown["candidates"][0]
    assert shown["candidates"][0]["reasons"] == whole["candidates"][0]["reasons"]


def test_a_match_without_a_client_is_no_clients(clinic: ClinicApi) -> None:
    clinic.add(reference="t-1")
    match_id = clinic.match()["id"]
    assert clinic.get(f"/v1/matches/{match_id}", role=Role.CLIENT).status_code == 404


@pytest.mark.parametrize("role", [Role.CLIENT, Role.THERAPIST])
def test_a_narrow_key_ends_when_it_says(clinic: ClinicApi, role: Role) -> None:
    database: Database = clinic.client.app.state.database  # type: ignore[attr-defined]
    for lasting, status in ((timedelta(days=1), 200), (timedelta(seconds=-1), 401)):
        with database.writing() as connection:
            _, key, expires_at = create_narrow_key(
                connection, clinic.clinic_id, role, uuid4(), lasting
            )
        assert (expires_at > utc_now()) == (status == 200)
        clinic.keys[role] = key
        assert clinic.get("/v1/vocabulary", role=role).status_code == status


def test_a_narrow_key_is_for_clients_and_therapists_only(database: Database) -> None:
    with database.writing() as connection, pytest.raises(ValueError, match="narrow"):
        create_narrow_key(connection, UUID(int=1), Role.ADMIN, uuid4(), timedelta(days=1))
