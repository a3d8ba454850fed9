"""Staff decide in the console: on what a client chose, and for a client."""

from datetime import timedelta

import pytest

from api.auth.roles import Role
from api.web.areas import CONSOLE
from tests.factories.browsing import Browser, View
from tests.factories.clinics import ClinicApi
from tests.factories.clock import moved_clock
from tests.factories.pages import client_of, console, token_of
from tests.factories.pairings import Json, chosen, match_of, open_tasks, roster

BOTH = pytest.mark.parametrize("where", ["/console", "/console/matches/{match_id}"])


@pytest.fixture
def undecided(clinic: ClinicApi) -> Json:
    """A choice of the second of three therapists, which waits for staff."""
    roster(clinic, 3, caseload_limit=1)
    wish = {"format": {"any_of": ["video"], "importance": "some"}}
    match = match_of(clinic, "c-careful", staff_review=True, preferences=wish)
    return chosen(clinic, match, match["candidates"][1]["therapist"]["id"])


def status(clinic: ClinicApi, pairing: Json) -> str:
    said: str = clinic.get(f"/v1/pairings/{pairing['id']}").json()["status"]
    return said


def at(where: str, pairing: Json) -> str:
    return where.replace("{match_id}", pairing["match_id"])


def actions(clinic: ClinicApi, pairing: Json) -> list[str]:
    rows = clinic.get("/v1/audit", params={"subject_id": pairing["id"]}).json()["items"]
    return [row["action"] for row in rows if row["action"] != "pairing.read"]


@BOTH
def test_staff_see_what_they_need_and_approve(
    clinic: ClinicApi, undecided: Json, where: str
) -> None:
    staff = console(clinic, Role.STAFF)
    view = staff.open(at(where, undecided))
    assert f"c-careful would like to see {undecided['therapist']['name']}" in view.text
    assert "Number 2 of the client’s list" in view.text
    assert "Decide by" in view.text
    assert "What the client was told of them" in view.text
    done = staff.press(view, "Approve")
    assert done.code == 200
    assert "would like to see" not in done.text
    assert status(clinic, undecided) == "requested"
    assert "pairing.approved" in actions(clinic, undecided)
    assert open_tasks(clinic) == []


@BOTH
def test_staff_take_a_choice_back_and_choose_themselves(
    clinic: ClinicApi, undecided: Json, where: str
) -> None:
    staff = console(clinic, Role.STAFF)
    after = staff.press(staff.open(at(where, undecided)), "Take the choice back")
    assert undecided["match_id"] in after.at
    assert status(clinic, undecided) == "withdrawn"
    assert "pairing.withdrawn" in actions(clinic, undecided)
    assert open_tasks(clinic) == []
    client = client_of(clinic, undecided["client"]["id"]).open("/my")
    assert "The place was given back" in client.text
    assert staff.press(after, "Choose for the client").code == 200
    (asked,) = clinic.get("/v1/pairings", params={"status": "requested"}).json()["items"]
    assert asked["match_id"] == undecided["match_id"]


def test_nobody_else_is_chosen_while_a_choice_stands(clinic: ClinicApi, undecided: Json) -> None:
    view = console(clinic, Role.STAFF).open(f"/console/matches/{undecided['match_id']}")
    assert not any("Choose" in one.label for form in view.forms for one in form.buttons)


def test_an_auditor_sees_no_choice_and_decides_nothing(clinic: ClinicApi, undecided: Json) -> None:
    auditor = console(clinic, Role.AUDITOR)
    for where in ("/console", f"/console/matches/{undecided['match_id']}"):
        assert "would like to see" not in auditor.open(where).text
    token = {"form_token": token_of(auditor, CONSOLE)}
    for answer in ("approve", "withdraw"):
        path = f"/console/choices/{undecided['id']}/{answer}"
        assert auditor.post(path, token).status_code == 403
    assert status(clinic, undecided) == "awaiting_staff"


@pytest.mark.parametrize("press", ["Approve", "Take the choice back"])
def test_what_a_colleague_decided_meanwhile_stays(
    clinic: ClinicApi, undecided: Json, press: str
) -> None:
    staff = console(clinic, Role.STAFF)
    view = staff.open("/console")
    clinic.post(f"/v1/pairings/{undecided['id']}/approve", role=Role.STAFF)
    late = staff.press(view, press)
    assert late.code == 409
    assert "this was decided meanwhile" in late.text
    assert status(clinic, undecided) == "requested"


def test_a_choice_whose_time_ran_out_is_not_approved(clinic: ClinicApi, undecided: Json) -> None:
    with moved_clock() as clock:
        staff = console(clinic, Role.STAFF)
        view = staff.open("/console")
        clock.pass_time(seconds=timedelta(days=7).total_seconds())
        staff = console(clinic, Role.STAFF)
        token = {"form_token": token_of(staff, CONSOLE)}
        path = view.form("Approve").action
        assert staff.post(path, token).status_code == 409
        assert status(clinic, undecided) == "expired"
        # Somebody has to talk to the client.
        assert "A choice waits for staff" in staff.open("/console").text


def pick(browser: Browser, view: View, **said: str) -> View:
    return browser.press(view, "Choose them for the client", **said)


def test_past_the_list_staff_choose_by_reference_and_with_a_reason(clinic: ClinicApi) -> None:
    roster(clinic, 1)
    wish = {"language": {"any_of": ["es"], "importance": "must"}}
    match = match_of(clinic, "c-1", preferences=wish)
    other = clinic.add(reference="north-7", name="Bo Lind")["id"]
    staff = console(clinic, Role.STAFF)
    view = staff.open(f"/console/matches/{match['id']}")
    unknown = pick(staff, view, reference="north-8", reason="They know each other’s language.")
    assert unknown.code == 422
    assert "no therapist of the clinic has that reference" in unknown.text
    sent = dict(unknown.form("Choose them for the client").sent("Choose them"))
    assert (sent["reference"], sent["reason"]) == ("north-8", "They know each other’s language.")
    silent = pick(staff, view, reference="north-7", reason="")
    assert silent.code == 422
    assert "Say why you choose them" in silent.text
    endless = pick(staff, view, reference="north-7", reason="They know. " * 200)
    assert endless.code == 422
    assert "Nobody was chosen: your reason" in endless.text
    done = pick(staff, view, reference="north-7", reason="They know each other’s language.")
    assert done.code == 200
    assert "They know each other’s language." in done.text
    (pairing,) = clinic.get("/v1/pairings").json()["items"]
    assert (pairing["therapist"]["id"], pairing["rank"]) == (other, None)


def test_who_takes_nobody_new_is_chosen_only_with_a_reason(clinic: ClinicApi) -> None:
    first, second = roster(clinic, 2, caseload_limit=2)
    match = match_of(clinic, "c-1")
    before = clinic.get(f"/v1/therapists/{first}")
    clinic.patch(
        f"/v1/therapists/{first}",
        {"accepting": False},
        headers={"If-Match": before.headers["etag"]},
    )
    staff = console(clinic, Role.STAFF)
    token = {"form_token": token_of(staff, CONSOLE), "therapist": first}
    path = f"/console/matches/{match['id']}/choose"
    refused = View(staff.post(path, token))
    assert refused.code == 409
    name = clinic.get(f"/v1/therapists/{second}").json()["name"]
    assert f"Next who does: {name}." in refused.text
    assert clinic.get("/v1/pairings").json()["items"] == []
    done = staff.press(refused, "Choose them, for this reason", reason="They asked us to.")
    assert done.code == 200
    (pairing,) = clinic.get("/v1/pairings").json()["items"]
    assert (pairing["therapist"]["id"], pairing["override_reason"]) == (first, "They asked us to.")


def test_a_reason_makes_no_place_where_there_is_none(clinic: ClinicApi) -> None:
    (only,) = roster(clinic, 1, caseload_limit=1)
    first, match = match_of(clinic, "c-0"), match_of(clinic, "c-1")
    chosen(clinic, first, only)
    staff = console(clinic, Role.STAFF)
    said = {"form_token": token_of(staff, CONSOLE), "therapist": only, "reason": "Please."}
    answer = View(staff.post(f"/console/matches/{match['id']}/choose", said))
    assert answer.code == 409
    assert "a reason does not change that" in answer.text
    assert not any("for this reason" in one.label for form in answer.forms for one in form.buttons)


def test_staff_put_a_client_on_the_waiting_list(clinic: ClinicApi) -> None:
    match = match_of(clinic, "c-1")
    staff = console(clinic, Role.STAFF)
    view = staff.open(f"/console/matches/{match['id']}")
    listed = staff.press(view, "Put them on the waiting list", urgency="urgent")
    assert listed.code == 200
    assert "c-1" in listed.text
    (wait,) = clinic.get("/v1/waits").json()["items"]
    assert (wait["match_id"], wait["urgency"]) == (match["id"], "urgent")
    again = staff.open(f"/console/matches/{match['id']}")
    assert "They are on the waiting list since" in again.text
    assert "Put them on the waiting list" not in again.text


def test_who_is_on_offer_something_is_not_put_on_the_list(clinic: ClinicApi) -> None:
    therapist_id = roster(clinic, 1)[0]
    match = match_of(clinic, "c-1")
    staff = console(clinic, Role.STAFF)
    view = staff.open(f"/console/matches/{match['id']}")
    chosen(clinic, match, therapist_id)
    late = staff.press(view, "Put them on the waiting list")
    assert late.code == 409
    assert "The client was not put on the list" in late.text
    assert clinic.get("/v1/waits").json()["items"] == []
