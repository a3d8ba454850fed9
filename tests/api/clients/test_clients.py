"""Clients listed and shown, and the keys that are their own."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update

from api.auth.keys import create_key
from api.auth.roles import Role
from api.clients import service
from api.clock import utc_now
from api.db.tables import AccessKey
from api.db.tables.base import table_of
from tests.api.clients.life import (
    Life,
    as_client,
    client_id_of,
    created,
    database_of,
    furnish,
    id_of,
    live,
)
from tests.factories.clinics import ClinicApi, key_of, make_clinic


@pytest.fixture
def two(clinic: ClinicApi) -> ClinicApi:
    """A clinic with two clients, matched by an intake form."""
    clinic.add(reference="t-1")
    for reference in ("c-1", "c-2"):
        body = {"preferences": {}, "client": {"reference": reference}}
        created(clinic.post("/v1/matches", body, role=Role.INTAKE))
    return clinic


def keys_of(clinic: ClinicApi, reference: str) -> str:
    return f"/v1/clients/{client_id_of(clinic, reference)}/keys"


def test_clients_are_listed_page_by_page(two: ClinicApi) -> None:
    first = two.get("/v1/clients", params={"limit": 1}).json()
    second = two.get("/v1/clients", params={"limit": 1, "cursor": first["next_cursor"]}).json()
    listed = [page["items"][0]["reference"] for page in (first, second)]
    assert (listed, second["next_cursor"]) == (["c-1", "c-2"], None)


def test_a_client_is_found_by_reference(two: ClinicApi) -> None:
    found = two.get("/v1/clients", params={"reference": "c-2"}).json()["items"]
    assert [item["reference"] for item in found] == ["c-2"]
    assert two.get("/v1/clients", params={"reference": "c-3"}).json()["items"] == []
    other = make_clinic(two.client, "Other")
    assert other.get("/v1/clients", params={"reference": "c-2"}).json()["items"] == []


def test_an_intake_form_finds_one_and_lists_none(two: ClinicApi) -> None:
    found = two.get("/v1/clients", params={"reference": "c-1"}, role=Role.INTAKE)
    assert len(found.json()["items"]) == 1
    assert two.get("/v1/clients", role=Role.INTAKE).status_code == 422


def test_a_client_is_shown_with_what_there_is_of_them(clinic: ClinicApi) -> None:
    furnish(clinic)
    life: Life = live(clinic)
    shown = clinic.get(f"/v1/clients/{life.client_id}").json()
    assert {match["id"] for match in shown["matches"]} == {
        life.match_id,
        life.alternative_id,
        life.waited_match_id,
    }
    statuses = {pairing["id"]: pairing["status"] for pairing in shown["pairings"]}
    assert statuses == {life.pairing_id: "ended", life.next_pairing_id: "ended"}
    assert [wait["id"] for wait in shown["waits"]] == [life.wait_id]
    left_out = {therapist["reference"] for therapist in shown["left_out"]}
    assert {"t-out", "t-away"} <= left_out
    assert shown["consents"]["learning"] is True
    own = as_client(clinic, life.key).get(f"/v1/clients/{life.client_id}", role=Role.CLIENT)
    assert own.json() == shown


def test_who_is_not_there_is_not_found(two: ClinicApi) -> None:
    two.keys[Role.CLIENT] = key_of(two, Role.CLIENT, client_id_of(two, "c-1"))
    other = f"/v1/clients/{client_id_of(two, 'c-2')}"
    assert two.get(f"/v1/clients/{uuid4()}").status_code == 404
    assert two.get(other, role=Role.CLIENT).status_code == 404
    assert make_clinic(two.client, "Other").get(other).status_code == 404


class TestKeys:
    """A key of the client's own."""

    def test_it_is_shown_once_and_opens_the_clients_own(self, two: ClinicApi) -> None:
        path, headers = keys_of(two, "c-1"), {"Idempotency-Key": "once"}
        made = two.post(path, {"days": 90}, role=Role.STAFF, headers=headers)
        again = two.post(path, {"days": 90}, role=Role.STAFF, headers=headers)
        assert (made.status_code, again.status_code) == (201, 201)
        assert again.json() == {**made.json(), "key": None}
        own = as_client(two, made.json()["key"])
        client = f"/v1/clients/{client_id_of(two, 'c-1')}"
        assert own.get(client, role=Role.CLIENT).status_code == 200
        match_id = two.get(client).json()["matches"][0]["id"]
        assert own.get(f"/v1/matches/{match_id}", role=Role.CLIENT).status_code == 200

    @pytest.mark.parametrize("days", [0, 91, 1.5, None, "7"])
    def test_it_lasts_one_to_ninety_days(self, two: ClinicApi, days: Any) -> None:
        assert two.post(keys_of(two, "c-1"), {"days": days}).status_code == 422

    def test_all_of_them_end_at_once(self, two: ClinicApi) -> None:
        path = keys_of(two, "c-1")
        made = [two.post(path, {"days": 1}).json()["key"] for _ in range(2)]
        kept = two.post(keys_of(two, "c-2"), {"days": 1}).json()["key"]
        ended = two.call(Role.STAFF, "DELETE", path)
        assert ended.json() == {"ended": 2}
        assert two.call(Role.STAFF, "DELETE", path).json() == {"ended": 0}
        mine, others = (f"/v1/clients/{client_id_of(two, name)}" for name in ("c-1", "c-2"))
        for key in made:
            assert as_client(two, key).get(mine, role=Role.CLIENT).status_code == 401
        assert as_client(two, kept).get(others, role=Role.CLIENT).status_code == 200

    def test_an_intake_key_makes_one_for_whom_it_just_matched(self, two: ClinicApi) -> None:
        made = two.post(keys_of(two, "c-1"), {"days": 1}, role=Role.INTAKE)
        assert made.status_code == 201

    def test_an_intake_key_makes_none_for_whom_another_matched(self, two: ClinicApi) -> None:
        with database_of(two).writing() as connection:
            _, two.keys[Role.INTAKE] = create_key(connection, two.clinic_id, Role.INTAKE)
        refused = two.post(keys_of(two, "c-1"), {"days": 1}, role=Role.INTAKE)
        assert refused.status_code == 403

    def test_an_intake_key_makes_none_a_day_later(
        self, two: ClinicApi, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        later = utc_now() + timedelta(hours=24, minutes=1)
        monkeypatch.setattr(service, "utc_now", lambda: later)
        refused = two.post(keys_of(two, "c-1"), {"days": 1}, role=Role.INTAKE)
        assert refused.status_code == 403
        assert two.post(keys_of(two, "c-1"), {"days": 1}, role=Role.STAFF).status_code == 201

    def test_one_that_has_expired_opens_nothing(self, two: ClinicApi) -> None:
        key = two.post(keys_of(two, "c-1"), {"days": 1}).json()["key"]
        keys = table_of(AccessKey)
        with database_of(two).writing() as connection:
            narrow = keys.c.subject_id.is_not(None)
            connection.execute(update(keys).where(narrow).values(expires_at=utc_now()))
        client = f"/v1/clients/{client_id_of(two, 'c-1')}"
        assert as_client(two, key).get(client, role=Role.CLIENT).status_code == 401


def test_a_match_without_reference_makes_a_client_who_is_erased_by_match(
    two: ClinicApi,
) -> None:
    matched = two.match()
    chosen = {"therapist_id": id_of(two, "t-1")}
    pairing = created(two.post(f"/v1/matches/{matched['id']}/selection", chosen))
    assert two.get(f"/v1/clients/{pairing['client']['id']}").status_code == 200
    two.call(Role.STAFF, "DELETE", f"/v1/matches/{matched['id']}")
    assert two.get(f"/v1/clients/{pairing['client']['id']}").status_code == 410
