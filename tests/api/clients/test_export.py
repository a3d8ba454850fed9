"""Export: one document, for those who may have it, whatever its size."""

import json
import tracemalloc
from typing import Any
from uuid import UUID, uuid4

import pytest

from api.auth.roles import Role
from api.auth.system import clinic_scope
from api.clients import export
from api.clients.export import export_client
from api.clock import utc_now
from api.db.tables import FitRating
from api.db.tables.base import table_of
from tests.api.clients.life import client_id_of, database_of, id_of
from tests.factories.clinics import ClinicApi, key_of, make_clinic

MANY = 10_000


@pytest.fixture
def client_id(clinic: ClinicApi) -> str:
    clinic.add(reference="t-1")
    clinic.match(client={"reference": "c-1"}, payer="Ätna “1”")
    return client_id_of(clinic, "c-1")


def add_ratings(clinic: ClinicApi, client_id: str, count: int) -> None:
    therapist_id = UUID(id_of(clinic, "t-1"))
    rows = [
        {
            "clinic_id": clinic.clinic_id,
            "id": uuid4(),
            "client_id": UUID(client_id),
            "therapist_id": therapist_id,
            "session_number": number,
            "rated_at": utc_now(),
            "trust": 7.5,
            "learning": True,
            "arrival": number,
        }
        for number in range(1, count + 1)
    ]
    with database_of(clinic).writing() as connection:
        connection.execute(table_of(FitRating).insert(), rows)


def test_it_says_in_plain_words_what_is_what(clinic: ClinicApi, client_id: str) -> None:
    answer = clinic.get(f"/v1/clients/{client_id}/export")
    assert answer.headers["content-type"] == "application/json"
    assert "attachment" in answer.headers["content-disposition"]
    assert int(answer.headers["content-length"]) == len(answer.content)
    document = answer.json()
    assert next(iter(document)) == "about"
    assert set(document["sections"]) | {"about", "sections", "made_at"} == set(document)
    (match,) = document["matches"]
    assert match["request"]["payer"] == "Ätna “1”"
    assert match["answer"] == clinic.get(f"/v1/matches/{match['id']}").json()


@pytest.mark.slow
def test_ten_thousand_ratings_are_no_burden(clinic: ClinicApi, client_id: str) -> None:
    add_ratings(clinic, client_id, MANY)
    with clinic_scope(database_of(clinic), clinic.clinic_id) as scope:
        tracemalloc.start()
        document, size = export_client(scope, UUID(client_id), None)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        with document:
            exported: dict[str, Any] = json.load(document)
    assert len(exported["ratings"]) == MANY
    assert {row["session_number"] for row in exported["ratings"]} == set(range(1, MANY + 1))
    assert size > 5_000_000
    assert peak < 4_000_000


def test_what_fails_halfway_is_an_error_and_not_half_a_document(
    clinic: ClinicApi, client_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "shown_to", lambda *_: b"{")
    assert clinic.get(f"/v1/clients/{client_id}/export").status_code == 500


@pytest.mark.parametrize("role", [Role.STAFF, Role.ADMIN, Role.CLIENT])
def test_who_may_have_it(clinic: ClinicApi, client_id: str, role: Role) -> None:
    clinic.keys[Role.CLIENT] = key_of(clinic, Role.CLIENT, client_id)
    assert clinic.get(f"/v1/clients/{client_id}/export", role=role).status_code == 200


def test_nobody_else_finds_it(clinic: ClinicApi, client_id: str) -> None:
    clinic.match(client={"reference": "c-2"})
    clinic.keys[Role.CLIENT] = key_of(clinic, Role.CLIENT, client_id_of(clinic, "c-2"))
    path = f"/v1/clients/{client_id}/export"
    assert clinic.get(path, role=Role.CLIENT).status_code == 404
    assert make_clinic(clinic.client, "Other").get(path).status_code == 404


def test_each_export_is_in_the_next_ones_trail(clinic: ClinicApi, client_id: str) -> None:
    path = f"/v1/clients/{client_id}/export"
    first, second = clinic.get(path).json(), clinic.get(path).json()
    told = [row["action"] for row in second["trail"]]
    assert told == [row["action"] for row in first["trail"]] + ["client.exported"]
