"""A client's record in the console: found by reference, read, taken along and erased."""

import json

import pytest

from api.auth.roles import Role
from tests.factories.browsing import Browser, View
from tests.factories.clinics import ClinicApi, make_clinic
from tests.factories.pages import console
from tests.factories.pairings import Json, active, chosen, match_of, roster
from tests.factories.session_ratings import FALLING, rated, series
from tests.factories.waits import waits_for


def actions(clinic: ClinicApi, subject_id: str) -> list[str]:
    """What the trail says was done to a record, newest first."""
    rows = clinic.get("/v1/audit", params={"subject_id": subject_id}).json()["items"]
    return [row["action"] for row in rows]


def find(browser: Browser, reference: str) -> View:
    page = browser.open("/console/clients")
    return browser.press(page, "Open the record", reference=reference)


@pytest.fixture
def with_course(clinic: ClinicApi) -> Json:
    """A client whose first choice declined, and whose ratings fell with the second."""
    first, second = roster(clinic, 2, caseload_limit=9)
    match = match_of(clinic, "c-1", consent={"learning": True})
    declined = chosen(clinic, match, first)
    clinic.post(f"/v1/pairings/{declined['id']}/decline", {"reason": "scope"}, Role.STAFF)
    pairing = active(clinic, match, second)
    series(clinic, pairing, FALLING)
    return pairing


def test_a_record_is_found_by_reference_which_stands_in_no_address(
    clinic: ClinicApi, with_course: Json
) -> None:
    staff = console(clinic, Role.STAFF)
    view = find(staff, "c-1")
    client_id = with_course["client"]["id"]
    assert view.at.endswith(f"/console/clients/{client_id}")
    assert "Client c-1" in view.text
    assert "c-1" not in view.title
    for words in (
        "A client’s ratings fell",
        "Rating of session 6",
        "Work together",
        "The therapist declined",
        "Declined: scope",
        "5 sessions rated, the last one number 5; their ratings are falling",
        "Never on it",
    ):
        assert words in view.text
    assert "client.read" in actions(clinic, client_id)
    assert "pairing.read" in actions(clinic, with_course["id"])


def test_who_is_not_there_is_not_found_and_what_was_typed_stays(clinic: ClinicApi) -> None:
    match_of(make_clinic(clinic.client, "Another"), "c-theirs")
    staff = console(clinic, Role.STAFF)
    for typed, code in {"c-theirs": 404, "c 1": 404, "x" * 65: 422, "a\u202eb": 422}.items():
        view = find(staff, typed)
        assert view.code == code, typed
        assert view.form("Open the record").offered("reference") == [typed]
        assert typed not in view.text


def test_what_waits_for_a_client_is_said(clinic: ClinicApi) -> None:
    (therapist_id,) = roster(clinic, 1, caseload_limit=9, name="Ana Reyes")
    chosen(clinic, match_of(clinic, "c-asking"), therapist_id)
    waits_for(clinic, match_of(clinic, "c-waiting"))
    match_of(clinic, "c-new")
    staff = console(clinic, Role.STAFF)
    assert "Ana Reyes has until" in find(staff, "c-asking").text
    assert "On the waiting list, number 1" in find(staff, "c-waiting").text
    assert "They have chosen nobody now" in find(staff, "c-new").text


@pytest.mark.usefixtures("with_course")
def test_tasks_about_a_client_and_nobody_else_are_named(clinic: ClinicApi) -> None:
    (therapist_id,) = roster(clinic, 1)
    active(clinic, match_of(clinic, "c-2"), therapist_id)
    staff = console(clinic, Role.STAFF)
    assert "ratings fell" not in find(staff, "c-2").text
    staff.press(staff.open("/console"), "Close", resolution="done", note="We talked.")
    view = find(staff, "c-1")
    assert "Close it in Today" not in view.text
    assert "We talked." in view.text
    assert "We talked." not in find(staff, "c-2").text


def test_a_consent_is_taken_back_and_what_follows_is_done(clinic: ClinicApi) -> None:
    wait = waits_for(clinic, match_of(clinic, "c-1", consent={"learning": True}))
    client_id = wait["client"]["id"]
    staff = console(clinic, Role.STAFF)
    view = find(staff, "c-1")
    same = staff.press(view, "Save what they said")
    before = clinic.get(f"/v1/clients/{client_id}").json()["consents"]
    assert (before["matching"], before["learning"]) == (None, True)
    after = staff.press(same, "Save what they said", matching="no")
    consents = clinic.get(f"/v1/clients/{client_id}").json()["consents"]
    assert (consents["matching"], consents["learning"]) == (False, True)
    assert "Left the list" in after.text
    assert "client.consents_changed" in actions(clinic, client_id)
    token = view.form("Save what they said").offered("form_token")[0]
    path = f"/console/clients/{client_id}/consents"
    fields = {"form_token": token, "matching": "perhaps", "learning": "no"}
    assert staff.post(path, fields).status_code == 422
    assert clinic.get(f"/v1/clients/{client_id}").json()["consents"] == consents


def test_a_page_opened_before_gives_no_consent_back(clinic: ClinicApi) -> None:
    match_of(clinic, "c-1", consent={"learning": True})
    staff = console(clinic, Role.STAFF)
    stale = find(staff, "c-1")
    client_id = clinic.get("/v1/clients?reference=c-1").json()["items"][0]["id"]
    taken_back = clinic.call(
        Role.ADMIN, "PUT", f"/v1/clients/{client_id}/consents", json={"learning": False}
    )
    assert taken_back.status_code == 200, taken_back.text
    staff.press(stale, "Save what they said", matching="yes")
    consents = clinic.get(f"/v1/clients/{client_id}").json()["consents"]
    assert (consents["matching"], consents["learning"]) == (True, False)


@pytest.mark.parametrize("written", ["3z8t wbrh", " 3Z8Twbrh", "3Z8T - WBRH"])
def test_a_code_that_was_read_out_is_found_however_it_is_written(
    clinic: ClinicApi, written: str
) -> None:
    match_of(clinic, "3Z8T-WBRH")
    assert "3Z8T-WBRH" in find(console(clinic, Role.STAFF), written).text


def test_the_record_is_taken_along_with_comments_for_the_reader_alone(
    clinic: ClinicApi, with_course: Json
) -> None:
    rated(clinic, with_course, 6, comment="For one person.")
    client_id = with_course["client"]["id"]
    staff = console(clinic, Role.STAFF)
    path = find(staff, "c-1").link("Download the record")
    answer = staff.request("GET", path)
    assert 'filename="client.json"' in answer.headers["content-disposition"]
    document = json.loads(answer.content)
    assert document["client"][0]["id"] == client_id
    assert len(document["ratings"]) == 6
    assert "For one person." not in answer.text
    assert "client.exported" in actions(clinic, client_id)


def test_a_client_is_erased_once_it_was_said_twice(clinic: ClinicApi, with_course: Json) -> None:
    client_id = with_course["client"]["id"]
    staff = console(clinic, Role.STAFF)
    asked = staff.press(find(staff, "c-1"), "Erase this client")
    assert "What is kept" in asked.text
    assert clinic.get(f"/v1/clients/{client_id}").status_code == 200
    done = staff.press(asked, "Yes, erase everything")
    assert "1 match, 2 pairings, 0 waits, 5 ratings" in done.text
    assert "1 place is free again" in done.text
    assert clinic.get(f"/v1/clients/{client_id}").status_code == 410
    assert staff.open(f"/console/clients/{client_id}").code == 410
    assert find(staff, "c-1").code == 404


def test_an_auditor_is_shown_no_way_to_clients(clinic: ClinicApi, with_course: Json) -> None:
    auditor = console(clinic, Role.AUDITOR)
    today = auditor.open("/console")
    assert not any(href.startswith("/console/clients") for href, _ in today.links)
    client_id = with_course["client"]["id"]
    for path in ("", f"/{client_id}", f"/{client_id}/export"):
        assert auditor.open(f"/console/clients{path}").code == 403
