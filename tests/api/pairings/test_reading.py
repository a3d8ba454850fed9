"""Pairings read: who sees which, and what of them."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import insert

from api.auth.roles import Role
from api.clock import utc_now
from api.db.tables import AuditRow, Tombstone
from api.db.tables.base import table_of
from tests.factories.clinics import ClinicApi, make_clinic
from tests.factories.pairings import (
    active,
    as_own,
    at,
    chosen,
    database_of,
    held,
    match_of,
    moved,
    roster,
    rows_of,
    unchanged,
)


def ids(page: dict[str, list[dict[str, str]]]) -> list[str]:
    return [item["id"] for item in page["items"]]


def test_a_caseload_is_read_page_by_page(clinic: ClinicApi) -> None:
    (therapist,) = roster(clinic, 1, caseload_limit=9)
    made = [chosen(clinic, match_of(clinic, f"c-{n}"), therapist)["id"] for n in range(5)]
    pages = [clinic.get("/v1/pairings", Role.STAFF, params={"limit": 2}).json()]
    while cursor := pages[-1]["next_cursor"]:
        params = {"limit": 2, "cursor": cursor}
        pages.append(clinic.get("/v1/pairings", Role.STAFF, params=params).json())
    assert [ids(page) for page in pages] == [made[:2], made[2:4], made[4:]]


def test_a_list_is_narrowed_by_status_therapist_and_client(clinic: ClinicApi) -> None:
    first, second = roster(clinic, 2, caseload_limit=9)
    asked = chosen(clinic, match_of(clinic), first)
    with_first = active(clinic, match_of(clinic, "c-2"), first)
    with_second = active(clinic, match_of(clinic, "c-3"), second)

    def found(**of: str) -> list[str]:
        return ids(clinic.get("/v1/pairings", Role.STAFF, params=of).json())

    assert found(status="requested") == [asked["id"]]
    assert found(therapist_id=first) == [asked["id"], with_first["id"]]
    assert found(client_id=with_second["client"]["id"]) == [with_second["id"]]
    assert found(status="active", therapist_id=first) == [with_first["id"]]
    assert found(status="ended") == []
    response = clinic.get("/v1/pairings", Role.STAFF, params={"status": "over"})
    assert response.status_code == 422


def test_a_therapist_sees_their_own_caseload_only(clinic: ClinicApi) -> None:
    first, second = roster(clinic, 2)
    mine = active(clinic, match_of(clinic), first)
    theirs = active(clinic, match_of(clinic, "c-2"), second)
    own = as_own(clinic, Role.THERAPIST, first)
    assert ids(clinic.get("/v1/pairings", own).json()) == [mine["id"]]
    asked = clinic.get("/v1/pairings", own, params={"therapist_id": second}).json()
    assert ids(asked) == []
    assert clinic.get(f"/v1/pairings/{theirs['id']}", own).status_code == 404
    seen = clinic.get(f"/v1/pairings/{mine['id']}", own).json()
    assert seen["client"]["reference"] == "c-1"
    assert seen["rank"] is None


def test_why_staff_chose_past_the_list_is_for_staff(clinic: ClinicApi) -> None:
    roster(clinic, 1)
    match = match_of(clinic)
    later = clinic.add(reference="later")["id"]
    pairing = chosen(clinic, match, later, Role.STAFF, override_reason="a word of ours")
    path = f"/v1/pairings/{pairing['id']}"
    client = as_own(clinic, Role.CLIENT, pairing["client"]["id"])
    therapist = as_own(clinic, Role.THERAPIST, later)
    assert clinic.get(path, Role.ADMIN).json()["override_reason"] == "a word of ours"
    for role in (client, therapist, Role.INTAKE):
        assert "a word of ours" not in clinic.get(path, role).text


def test_what_was_taken_back_or_lapsed_is_not_the_therapists_to_keep(clinic: ClinicApi) -> None:
    (therapist,) = roster(clinic, 1)
    pairing = chosen(clinic, match_of(clinic), therapist)
    own = as_own(clinic, Role.THERAPIST, therapist)
    path = f"/v1/pairings/{pairing['id']}"
    assert clinic.get(path, own).json()["client"]["reference"] == "c-1"
    moved(clinic, pairing, "withdraw")
    assert clinic.get(path, own).json()["client"]["reference"] is None
    assert clinic.get(path, Role.STAFF).json()["client"]["reference"] == "c-1"


def test_a_client_sees_their_own_pairings_only(clinic: ClinicApi) -> None:
    first, second = roster(clinic, 2)
    mine = chosen(clinic, match_of(clinic), first)
    theirs = chosen(clinic, match_of(clinic, "c-2"), second)
    own = as_own(clinic, Role.CLIENT, mine["client"]["id"])
    assert clinic.get(f"/v1/pairings/{mine['id']}", own).json()["status"] == "requested"
    assert clinic.get(f"/v1/pairings/{theirs['id']}", own).status_code == 404
    assert clinic.get("/v1/pairings", own).status_code == 403


def test_another_clinics_pairing_is_not_there(clinic: ClinicApi) -> None:
    (therapist,) = roster(clinic, 1)
    pairing = chosen(clinic, match_of(clinic), therapist)
    other = make_clinic(clinic.client, "Other")
    path = f"/v1/pairings/{pairing['id']}"
    assert other.get(path).status_code == 404
    assert ids(other.get("/v1/pairings").json()) == []
    for to, body in (
        ("approve", None),
        ("accept", None),
        ("decline", {"reason": "full"}),
        ("withdraw", None),
        ("end", {}),
    ):
        assert other.post(f"{path}/{to}", body).status_code == 404
    assert clinic.get(f"/v1/pairings/{uuid4()}").status_code == 404


def test_an_erased_pairing_is_gone(clinic: ClinicApi) -> None:
    erased = uuid4()
    with database_of(clinic).writing() as connection:
        connection.execute(
            insert(table_of(Tombstone)),
            {"clinic_id": clinic.clinic_id, "id": erased, "erased_at": utc_now()},
        )
    assert clinic.get(f"/v1/pairings/{erased}").status_code == 410
    assert clinic.post(f"/v1/pairings/{erased}/accept").status_code == 410


def test_every_read_is_recorded(clinic: ClinicApi) -> None:
    (therapist,) = roster(clinic, 1)
    pairing = chosen(clinic, match_of(clinic), therapist)
    clinic.get(f"/v1/pairings/{pairing['id']}")
    clinic.get("/v1/pairings")
    reads = {row["action"]: row for row in rows_of(clinic, AuditRow)}
    assert str(reads["pairing.read"]["subject_id"]) == pairing["id"]
    assert reads["pairings.listed"]["details"] == {"items": 1}


@pytest.mark.parametrize("way", ["one", "list"])
def test_what_is_read_is_never_older_than_its_deadline(
    clinic: ClinicApi, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    roster(clinic)
    match = match_of(clinic)
    first = match["candidates"][0]["therapist"]["id"]
    pairing = chosen(clinic, match, first)
    at(monkeypatch, datetime.fromisoformat(pairing["respond_by"]) + timedelta(hours=1))
    if way == "one":
        seen = clinic.get(f"/v1/pairings/{pairing['id']}").json()
        assert seen["next_candidate"]["rank"] == 2
    else:
        (seen,) = clinic.get("/v1/pairings").json()["items"]
    assert seen["status"] == "expired"
    assert seen["ended_at"] is not None
    assert held(clinic, first) == 0


def test_a_pairing_has_its_course_with_it(clinic: ClinicApi) -> None:
    (therapist,) = roster(clinic, 1)
    pairing = active(clinic, match_of(clinic), therapist)
    seen = clinic.get(f"/v1/pairings/{pairing['id']}").json()
    assert seen["ratings"] == []
    assert seen["rupture"]["suspected"] is False
    assert unchanged(clinic, pairing)
