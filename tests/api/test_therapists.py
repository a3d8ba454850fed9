"""Therapists: added, read, changed under If-Match, confirmed, and paged."""

from datetime import UTC, datetime, timedelta

from api.auth.roles import Role
from tests.factories.clinics import ClinicApi, make_clinic


def test_only_reference_and_name_are_needed(clinic: ClinicApi) -> None:
    added = clinic.add(reference="t-1", name="Ana Ruiz")
    assert added["active"] is True
    assert added["accepting"] is True
    assert added["services"] == ["individual"]
    assert added["caseload"] == 0
    assert added["caseload_limit"] is None
    assert added["gender"] is None


def test_what_was_added_is_read_back_with_its_etag(clinic: ClinicApi) -> None:
    added = clinic.add(reference="t-1", gender="woman", style={"warm_support": 0.5})
    read = clinic.get(f"/v1/therapists/{added['id']}")
    assert read.json() == added
    assert read.headers["ETag"] == '"1"'


def test_a_taken_reference_is_a_conflict(clinic: ClinicApi) -> None:
    clinic.add(reference="t-1")
    again = clinic.post("/v1/therapists", {"reference": "t-1", "name": "Other"})
    assert again.status_code == 409
    assert again.headers["content-type"] == "application/problem+json"


def test_two_clinics_may_use_one_reference(clinic: ClinicApi) -> None:
    other = make_clinic(clinic.client, "Other")
    assert clinic.add(reference="t-1")["id"] != other.add(reference="t-1")["id"]


def test_a_code_outside_the_vocabulary_is_named_by_field(clinic: ClinicApi) -> None:
    body = {"reference": "t-1", "name": "A", "needs": ["anxiety", "no such need"]}
    refused = clinic.post("/v1/therapists", body)
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == ["needs[1]"]
    assert "no such need" not in refused.text


def test_a_change_needs_the_current_etag(clinic: ClinicApi) -> None:
    path = f"/v1/therapists/{clinic.add(reference='t-1')['id']}"
    assert clinic.patch(path, {"gender": "woman"}).status_code == 428
    changed = clinic.patch(path, {"gender": "woman"}, headers={"If-Match": '"1"'})
    assert changed.status_code == 200
    assert changed.headers["ETag"] == '"2"'
    stale = clinic.patch(path, {"gender": "man"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert clinic.get(path).json()["gender"] == "woman"


def test_a_change_leaves_what_it_does_not_name(clinic: ClinicApi) -> None:
    added = clinic.add(reference="t-1", gender="woman", needs=["grief"], caseload=3)
    path = f"/v1/therapists/{added['id']}"
    changed = clinic.patch(path, {"needs": []}, headers={"If-Match": '"1"'}).json()
    assert changed["needs"] == []
    assert changed["gender"] == "woman"
    assert changed["caseload"] == 3


def test_a_change_to_a_taken_reference_is_a_conflict(clinic: ClinicApi) -> None:
    clinic.add(reference="t-1")
    path = f"/v1/therapists/{clinic.add(reference='t-2')['id']}"
    refused = clinic.patch(path, {"reference": "t-1"}, headers={"If-Match": '"1"'})
    assert refused.status_code == 409
    assert clinic.get(path).json()["reference"] == "t-2"


def test_a_change_that_changes_nothing_keeps_the_etag(clinic: ClinicApi) -> None:
    path = f"/v1/therapists/{clinic.add(reference='t-1', gender='woman')['id']}"
    same = clinic.patch(path, {"gender": "woman"}, headers={"If-Match": '"1"'})
    assert same.headers["ETag"] == '"1"'


def test_confirming_sets_the_time_to_now(clinic: ClinicApi) -> None:
    added = clinic.add(reference="t-1")
    path = f"/v1/therapists/{added['id']}/confirm-availability"
    confirmed = clinic.post(path, role=Role.STAFF).json()["availability_confirmed_at"]
    age = datetime.now(UTC) - datetime.fromisoformat(confirmed)
    assert timedelta(0) <= age < timedelta(minutes=1)


def test_another_clinics_therapist_is_not_found(clinic: ClinicApi) -> None:
    other = make_clinic(clinic.client, "Other")
    path = f"/v1/therapists/{other.add(reference='t-1')['id']}"
    assert clinic.get(path).status_code == 404
    assert clinic.patch(path, {}, headers={"If-Match": "*"}).status_code == 404
    assert clinic.post(f"{path}/confirm-availability").status_code == 404
    assert clinic.get("/v1/therapists").json()["items"] == []


def test_pages_hold_every_therapist_once_in_order(clinic: ClinicApi) -> None:
    added = [clinic.add(reference=f"t-{number}")["id"] for number in range(7)]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = clinic.get("/v1/therapists", params={"limit": 3, **cursor}).json()
        assert len(page["items"]) <= 3
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == added


def test_a_cursor_that_is_not_ours_is_refused(clinic: ClinicApi) -> None:
    for cursor in ("!", "AAAA", "x" * 64):
        assert clinic.get("/v1/therapists", params={"cursor": cursor}).status_code == 422


def test_an_availability_cannot_be_confirmed_in_the_future(clinic: ClinicApi) -> None:
    to_come = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    body = {"reference": "t-1", "name": "A", "availability_confirmed_at": to_come}
    refused = clinic.post("/v1/therapists", body)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "availability_confirmed_at"


def test_an_etag_counts_without_its_quotation_marks(clinic: ClinicApi) -> None:
    path = f"/v1/therapists/{clinic.add(reference='t-1')['id']}"
    assert clinic.patch(path, {"gender": "woman"}, headers={"If-Match": "1"}).status_code == 200
    assert clinic.patch(path, {"gender": "man"}, headers={"If-Match": "1"}).status_code == 412
