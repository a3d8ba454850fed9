"""A call sent twice with one Idempotency-Key is done once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.factories.barrage import Barrage
from tests.factories.clinics import ClinicApi, make_clinic

BODIES: dict[str, dict[str, Any]] = {
    "/v1/matches": {"preferences": {}},
    "/v1/therapists": {"reference": "t-1", "name": "Ana Ruiz"},
    "/v1/vocabulary": {"facet": "needs", "code": "stage_fright", "label": "Stage fright"},
}


# Of a key only the hash is kept, so that it is not shown a second time.
KEYS = {"/v1/clients/{client_id}/keys", "/v1/therapists/{therapist_id}/keys"}


def rows(clinic: ClinicApi, table: str) -> int:
    database = clinic.client.app.state.database  # type: ignore[attr-defined]
    with database.reading() as connection:
        count = connection.exec_driver_sql(f"SELECT count(*) FROM {table}")  # noqa: S608
        number: int = count.scalar_one()
        return number


@pytest.mark.parametrize("path", BODIES)
def test_the_second_call_gets_the_first_answer(clinic: ClinicApi, path: str) -> None:
    headers = {"Idempotency-Key": "once"}
    first = clinic.post(path, BODIES[path], headers=headers)
    second = clinic.post(path, BODIES[path], headers=headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert second.headers.get("Location") == first.headers.get("Location")
    assert second.headers.get("ETag") == first.headers.get("ETag")


def test_every_call_that_creates_is_done_once(clinic: ClinicApi) -> None:
    barrage = Barrage(clinic)
    paths = clinic.client.app.openapi()["paths"]  # type: ignore[attr-defined]
    creating = [
        path for path in paths if "201" in paths[path].get("post", {"responses": ()})["responses"]
    ]
    assert {*BODIES, *KEYS, "/v1/matches/{match_id}/selection", "/v1/webhooks"} <= set(creating)
    for number, path in enumerate(creating):
        url, body = barrage.anew(path), barrage.body("POST", path)
        headers = {"Idempotency-Key": f"call-{number}"}
        first = clinic.post(url, body, headers=headers)
        assert first.status_code == 201, (path, first.text)
        done = rows(clinic, "audit")
        second = clinic.post(url, body, headers=headers)
        assert second.status_code == 201, path
        assert rows(clinic, "audit") == done, path
        assert second.json() == first.json() | ({"key": None} if path in KEYS else {}), path
        assert path not in KEYS or first.json()["key"]


def test_the_same_key_with_another_request_is_refused(clinic: ClinicApi) -> None:
    headers = {"Idempotency-Key": "once"}
    clinic.post("/v1/matches", {"preferences": {}}, headers=headers)
    other = clinic.post("/v1/matches", {"preferences": {}, "limit": 5}, headers=headers)
    assert other.status_code == 409
    assert other.json()["type"] == "urn:rapport:problem:idempotency-key-reused"
    assert rows(clinic, "matches") == 1


def test_another_clinic_may_use_the_same_key(clinic: ClinicApi) -> None:
    other = make_clinic(clinic.client, "Other")
    headers = {"Idempotency-Key": "once"}
    first = clinic.post("/v1/matches", {"preferences": {}}, headers=headers)
    second = other.post("/v1/matches", {"preferences": {}}, headers=headers)
    assert first.json()["id"] != second.json()["id"]


def test_a_refused_call_is_not_kept(clinic: ClinicApi) -> None:
    headers = {"Idempotency-Key": "once"}
    bad = {"preferences": {}, "needs": ["no_such_need"]}
    assert clinic.post("/v1/matches", bad, headers=headers).status_code == 422
    assert clinic.post("/v1/matches", {"preferences": {}}, headers=headers).status_code == 201


def test_many_calls_at_once_are_done_once(clinic: ClinicApi) -> None:
    def call(_number: int) -> bytes:
        response = clinic.post(
            "/v1/matches", {"preferences": {}}, headers={"Idempotency-Key": "once"}
        )
        assert response.status_code == 201
        return response.content

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(call, range(16)))
    assert len(answers) == 1
    assert rows(clinic, "matches") == 1
    assert rows(clinic, "idempotent_replies") == 1


def test_without_a_key_each_call_is_done(clinic: ClinicApi) -> None:
    clinic.post("/v1/matches", {"preferences": {}})
    clinic.post("/v1/matches", {"preferences": {}})
    assert rows(clinic, "matches") == 2


def test_an_imports_second_call_gets_the_first_report(clinic: ClinicApi) -> None:
    headers = {"Idempotency-Key": "once", "Content-Type": "application/x-ndjson"}
    body = b'{"reference": "t-1", "name": "Ana"}\n'
    first = clinic.post("/v1/imports/therapists", content=body, headers=headers)
    second = clinic.post("/v1/imports/therapists", content=body, headers=headers)
    assert first.json()["created"] == 1
    assert second.content == first.content


def test_an_imports_key_goes_with_its_route_and_its_type(clinic: ClinicApi) -> None:
    body = b'{"preferences": {}}'
    json = {"Idempotency-Key": "once", "Content-Type": "application/json"}
    assert clinic.post("/v1/matches", content=body, headers=json).status_code == 201
    rows_of_a_roster = {**json, "Content-Type": "application/x-ndjson"}
    other_route = clinic.post("/v1/imports/therapists", content=body, headers=rows_of_a_roster)
    assert other_route.status_code == 409
    table = b"reference,name\nt-1,Ana\n"
    csv = {"Idempotency-Key": "file", "Content-Type": "text/csv"}
    assert clinic.post("/v1/imports/therapists", content=table, headers=csv).status_code == 200
    lines = {**csv, "Content-Type": "application/x-ndjson"}
    other_type = clinic.post("/v1/imports/therapists", content=table, headers=lines)
    assert other_type.status_code == 409
