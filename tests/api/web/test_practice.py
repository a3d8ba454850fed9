"""A therapist's own pages: who asks for them, whether they have room, what clients share."""

import pytest

from api.auth.roles import Role
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
    assert ("trust 3" in view.text) == (share == "this_rating")
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
