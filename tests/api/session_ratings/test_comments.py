"""Comments are read by the key that the clinic named, and by no other."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import pytest

from api.auth.keys import create_key, revoke_key
from api.auth.roles import Role
from api.db.tables import AuditRow
from tests.factories.clinics import ClinicApi, key_of, make_clinic
from tests.factories.pairings import Json, database_of, open_tasks
from tests.factories.session_ratings import path, rated, stored, together


def new_key(clinic: ClinicApi, role: Role) -> tuple[UUID, str]:
    with database_of(clinic).writing() as connection:
        return create_key(connection, clinic.clinic_id, role)


def name(clinic: ClinicApi, key_id: object) -> int:
    return clinic.patch("/v1/settings", {"named_reader_key": key_id and str(key_id)}).status_code


def get(clinic: ClinicApi, key: str, query: str = "") -> Any:
    headers = {"Authorization": f"Bearer {key}"}
    return clinic.client.get(f"/v1/comments{query}", headers=headers)


def mark(clinic: ClinicApi, key: str, rating: Mapping[str, Any]) -> Any:
    headers = {"Authorization": f"Bearer {key}"}
    return clinic.client.post(f"/v1/comments/{rating['id']}/read", headers=headers)


@pytest.fixture
def reader(clinic: ClinicApi) -> str:
    """The key of the clinic's named reader."""
    key_id, key = new_key(clinic, Role.STAFF)
    assert name(clinic, key_id) == 200
    return key


def test_the_named_key_reads_comments_in_their_order(
    clinic: ClinicApi, pairing: Json, reader: str
) -> None:
    first = rated(clinic, pairing, 2, comment="One.")
    rated(clinic, pairing, 3)
    second = rated(clinic, together(clinic, "c-2"), 1, comment="Two.")
    page = get(clinic, reader).json()
    assert page["next_cursor"] is None
    assert [one["comment"] for one in page["items"]] == ["One.", "Two."]
    assert [one["rating_id"] for one in page["items"]] == [first["id"], second["id"]]
    shown = page["items"][0]
    assert (shown["session_number"], shown["read_at"]) == (2, None)
    assert shown["client"] == pairing["client"]
    assert shown["therapist"]["reference"] == pairing["therapist"]["reference"]
    read = {
        row["subject_id"] for row in stored(clinic, AuditRow) if row["action"] == "comment.shown"
    }
    assert read == {UUID(first["id"]), UUID(second["id"])}


def test_comments_come_in_pages(clinic: ClinicApi, pairing: Json, reader: str) -> None:
    ids = [rated(clinic, pairing, session, comment="Words.")["id"] for session in range(1, 6)]
    found: list[str] = []
    query = "?limit=2"
    while True:
        page = get(clinic, reader, query).json()
        found += [one["rating_id"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        query = f"?limit=2&cursor={page['next_cursor']}"
    assert found == ids


def test_what_was_read_is_marked_once(clinic: ClinicApi, pairing: Json, reader: str) -> None:
    first = rated(clinic, pairing, 1, comment="One.")
    second = rated(clinic, pairing, 2, comment="Two.")
    silent = rated(clinic, pairing, 3)
    at = mark(clinic, reader, first).json()["read_at"]
    assert mark(clinic, reader, first).json()["read_at"] == at
    assert [one["read_at"] for one in get(clinic, reader).json()["items"]] == [at, None]
    unread = get(clinic, reader, "?unread=true").json()["items"]
    assert [one["rating_id"] for one in unread] == [second["id"]]
    assert mark(clinic, reader, silent).status_code == 404
    assert mark(clinic, reader, {"id": uuid4()}).status_code == 404


def test_a_comment_taken_away_is_gone(clinic: ClinicApi, pairing: Json, reader: str) -> None:
    rating = rated(clinic, pairing, 1, comment="One.")
    clinic.patch(f"{path(pairing)}/1", {"comment": None})
    assert get(clinic, reader).json()["items"] == []
    assert mark(clinic, reader, rating).status_code == 404


@pytest.mark.parametrize("role", Role)
def test_no_other_key_reads_comments(
    clinic: ClinicApi, pairing: Json, reader: str, role: Role
) -> None:
    rating = rated(clinic, pairing, 1, comment="One.")
    if role in {Role.CLIENT, Role.THERAPIST}:
        clinic.keys[role] = key_of(clinic, role, pairing[role.value]["id"])
    for refused in (get(clinic, clinic.keys[role]), mark(clinic, clinic.keys[role], rating)):
        assert refused.status_code == 403
        assert "One." not in refused.text
    assert get(clinic, reader).json()["items"][0]["read_at"] is None


def test_who_is_refused_is_told_what_to_do(clinic: ClinicApi) -> None:
    refused = clinic.get("/v1/comments").json()
    assert refused["type"].endswith("not-the-reader")
    assert "named_reader_key" in refused["detail"]


def test_a_revoked_key_is_nobody(clinic: ClinicApi, pairing: Json) -> None:
    key_id, key = new_key(clinic, Role.ADMIN)
    assert name(clinic, key_id) == 200
    rated(clinic, pairing, 1, comment="One.")
    assert open_tasks(clinic) == []
    with database_of(clinic).writing() as connection:
        assert revoke_key(connection, clinic.clinic_id, key_id)
    assert get(clinic, key).status_code == 401
    rated(clinic, pairing, 2, comment="Two.")
    assert open_tasks(clinic) == [("name_reader", None)]
    assert clinic.patch("/v1/settings", {"leaving_notice_days": 30}).status_code == 200


def test_a_comment_for_nobody_asks_once_for_a_reader(clinic: ClinicApi, pairing: Json) -> None:
    rated(clinic, pairing, 1)
    assert open_tasks(clinic) == []
    rated(clinic, pairing, 2, comment="One.")
    rated(clinic, together(clinic, "c-2"), 1, comment="Two.")
    assert open_tasks(clinic) == [("name_reader", None)]
    key_id, key = new_key(clinic, Role.STAFF)
    assert name(clinic, key_id) == 200
    assert len(get(clinic, key).json()["items"]) == 2
    assert name(clinic, None) == 200
    assert get(clinic, key).status_code == 403


def test_only_a_live_key_of_the_clinics_staff_is_named(clinic: ClinicApi) -> None:
    other = make_clinic(clinic.client, "Other")
    foreign, _ = new_key(other, Role.STAFF)
    form, _ = new_key(clinic, Role.INTAKE)
    revoked, _ = new_key(clinic, Role.STAFF)
    with database_of(clinic).writing() as connection:
        revoke_key(connection, clinic.clinic_id, revoked)
    for key_id in (foreign, form, revoked, uuid4(), "nonsense"):
        assert name(clinic, key_id) == 422
    assert clinic.get("/v1/settings").json()["named_reader_key"] is None


def test_another_clinics_reader_reads_none_of_ours(clinic: ClinicApi, pairing: Json) -> None:
    rating = rated(clinic, pairing, 1, comment="One.")
    other = make_clinic(clinic.client, "Other")
    key_id, key = new_key(other, Role.STAFF)
    assert name(other, key_id) == 200
    assert get(other, key).json()["items"] == []
    assert mark(other, key, rating).status_code == 404
