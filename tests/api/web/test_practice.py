"""A therapist's own pages: who asks for them, whether they have room, what clients share."""

import pytest

from api.auth.roles import Role
from api.web.practice.words import ENDS
from tests.factories.clinics import ClinicApi
from tests.factories.clock import moved_clock
from tests.factories.pages import therapist_of
from tests.factories.pairings import active, chosen, match_of, roster
from tests.factories.session_ratings import course, rated


def test_a_request_is_accepted(clinic: ClinicApi) -> None:
    (therapist_id,) = roster(clinic, 1)
    pairing = chosen(clinic, match_of(clinic, "c-asking"), therapist_id)
    browser = therapist_of(clinic, therapist_id)
    home = browser.open("/practice")
    assert "1 person asks for you" in home.text
    assert "c-asking" in home.text
    after = browser.press(home, "Accept")
    assert "Nobody waits for your answer" in after.text
    assert course(clinic, pairing)["status"] == "active"
    one = browser.open(after.link("c-asking"))
    assert "They have shared nothing" in one.text


def test_a_request_is_declined_with_a_reason(clinic: ClinicApi) -> None:
    (therapist_id,) = roster(clinic, 1)
    pairing = chosen(clinic, match_of(clinic, "c-asking"), therapist_id)
    browser = therapist_of(clinic, therapist_id)
    after = browser.press(browser.open("/practice"), "Decline", reason="scope")
    assert "Nobody waits for your answer" in after.text
    assert course(clinic, pairing)["status"] == "declined"


def test_a_reason_that_is_not_on_the_page_declines_nothing(clinic: ClinicApi) -> None:
    (therapist_id,) = roster(clinic, 1)
    pairing = chosen(clinic, match_of(clinic), therapist_id)
    browser = therapist_of(clinic, therapist_id)
    (token,) = browser.open("/practice").form("Decline").offered("form_token")
    path = f"/practice/pairings/{pairing['id']}/decline"
    refused = browser.post(path, {"form_token": token, "reason": "canary"})
    assert refused.status_code == 422
    assert "Choose one of the reasons" in refused.text
    assert course(clinic, pairing)["status"] == "requested"


def test_availability_is_confirmed_in_one_click(clinic: ClinicApi) -> None:
    (therapist_id,) = roster(clinic, 1)
    browser = therapist_of(clinic, therapist_id)
    home = browser.open("/practice")
    assert "You have not confirmed it yet" in home.text
    assert "You last confirmed on" in browser.press(home, "Yes, this is still right").text
    shown = clinic.get(f"/v1/therapists/{therapist_id}").json()
    assert shown["availability_confirmed_at"] is not None


def test_a_profile_says_what_is_missing_and_what_it_costs(clinic: ClinicApi) -> None:
    therapist_id = clinic.add(reference="t-1", needs=["anxiety"], languages=["es"])["id"]
    view = therapist_of(clinic, therapist_id).open("/practice/profile")
    missing, _, said = view.text.partition("What it says")
    assert "Anxiety" in said
    assert "Kinds of therapy" in missing
    assert "Who asks for one cannot see that you do it." in missing
    assert "What you work with" not in missing
    assert "Your style is not known" in missing


@pytest.mark.parametrize("share", ["none", "summary", "this_rating"])
def test_only_what_a_client_shares_is_seen(clinic: ClinicApi, share: str) -> None:
    (therapist_id,) = roster(clinic, 1)
    pairing = active(clinic, match_of(clinic), therapist_id)
    rated(clinic, pairing, 1, trust=3, comment="My own words.", share_with_therapist=share)
    view = therapist_of(clinic, therapist_id).open(f"/practice/pairings/{pairing['id']}")
    assert ("“I can be honest here, even about hard things”: 3" in view.text) == (
        share == "this_rating"
    )
    assert "My own words" not in view.response.text


def test_who_did_not_answer_in_time_has_nothing_to_answer(clinic: ClinicApi) -> None:
    (therapist_id,) = roster(clinic, 1)
    pairing = chosen(clinic, match_of(clinic), therapist_id)
    with moved_clock() as clock:
        browser = therapist_of(clinic, therapist_id)
        home = browser.open("/practice")
        clinic.post(f"/v1/pairings/{pairing['id']}/withdraw", role=Role.INTAKE)
        clock.pass_time(minutes=1)
        late = browser.press(home, "Accept")
    assert late.code == 409
    assert "not possible as things stand" in late.text


def test_a_request_says_what_the_decision_needs_and_no_more(clinic: ClinicApi) -> None:
    (therapist_id,) = roster(clinic, 1, caseload=3, caseload_limit=9)
    match = match_of(
        clinic,
        "c-asking",
        preferences={
            "schedule": {"any_of": ["tue_evening"], "importance": "strong"},
            "language": {"any_of": ["es"], "importance": "some"},
            "gender": {"any_of": ["woman"], "importance": "some"},
        },
        needs=["anxiety"],
        payer="blue_shield",
    )
    chosen(clinic, match, therapist_id)
    home = therapist_of(clinic, therapist_id).open("/practice").text
    assert "Anxiety" in home
    assert "Tuesday evening (it matters a lot to them)" in home
    assert "Spanish" in home
    assert "Blue shield" in home
    assert "Woman" not in home
    trail = clinic.get("/v1/audit?action=match.read", Role.AUDITOR).json()["items"]
    assert {row["subject_id"] for row in trail} == {match["id"]}


def test_a_request_is_not_counted_as_a_client(clinic: ClinicApi) -> None:
    (therapist_id,) = roster(clinic, 1, caseload=3, caseload_limit=9)
    active(clinic, match_of(clinic, "c-with"), therapist_id)
    chosen(clinic, match_of(clinic, "c-asking"), therapist_id)
    home = therapist_of(clinic, therapist_id).open("/practice").text
    assert "You have 4 clients and 1 request, of 9." in " ".join(home.split())
    assert "3 of these clients did not come through these pages" in home


def test_a_therapist_ends_with_a_client_after_being_asked(clinic: ClinicApi) -> None:
    (therapist_id,) = roster(clinic, 1)
    pairing = active(clinic, match_of(clinic, "c-with"), therapist_id)
    browser = therapist_of(clinic, therapist_id)
    one = browser.open(f"/practice/pairings/{pairing['id']}")
    assert "You work together." in one.text
    asked = browser.open(one.link("End with this client"))
    assert course(clinic, pairing)["status"] == "active"
    after = browser.press(asked, "Yes, end it", reason="goals_met")
    assert "None yet." in after.text
    assert clinic.get(f"/v1/pairings/{pairing['id']}", Role.STAFF).json()["reasons"] == [
        "goals_met"
    ]


def test_no_reason_on_the_page_is_the_clients_to_give(clinic: ClinicApi) -> None:
    for reason in ENDS:
        (therapist_id,) = roster(clinic, 1)
        pairing = active(clinic, match_of(clinic, f"c-{reason}"), therapist_id)
        browser = therapist_of(clinic, therapist_id)
        asked = browser.open(f"/practice/pairings/{pairing['id']}/end")
        assert browser.press(asked, "Yes, end it", reason=reason).code == 200
        assert course(clinic, pairing)["status"] == "ended"
    token = asked.form("Yes, end it").offered("form_token")[0]
    sent = {"form_token": token, "reason": "unsafe"}
    assert browser.post(f"/practice/pairings/{pairing['id']}/end", sent).status_code == 422
