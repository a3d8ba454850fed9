"""What a client is told before something is lost, and where to go when something cannot be done."""

import pytest

from api.db.tables import Pairing
from tests.api.web.test_my import somebody, therapists, together
from tests.factories.clinics import ClinicApi
from tests.factories.pages import begun, intake, set_up
from tests.factories.pairings import roster, rows_of
from tests.factories.session_ratings import rated


def test_who_made_no_link_is_told_to(clinic: ClinicApi) -> None:
    browser, view = begun(clinic)
    view = browser.open(f"{intake(clinic)}/check")
    browser.press(view, "Show me therapists")
    home = browser.open("/my")
    assert "You are signed out in two hours" in home.text
    browser.press(browser.open(home.link("Make your link")), "Make my link")
    assert "You are signed out in two hours" not in browser.open("/my").text


def test_signing_out_says_so(clinic: ClinicApi) -> None:
    browser, _ = somebody(clinic)
    out = browser.press(browser.open("/my"), "Sign out")
    assert (out.code, "You are signed out" in out.text) == (200, True)


def test_nobody_else_is_offered_while_a_choice_stands(clinic: ClinicApi) -> None:
    roster(clinic, 2)
    browser, match = somebody(clinic)
    before = therapists(browser, match)
    browser.press(before, "Choose ")
    assert not any("Choose " in one.label for form in therapists(browser, match).forms
                   for one in form.buttons)  # fmt: skip
    refused = browser.press(before, "Choose ", therapist=match["candidates"][1]["therapist"]["id"])
    assert refused.code == 409
    assert "see the pairing" not in refused.text
    assert browser.open(refused.link("Where things stand")).code == 200


def test_no_comment_is_asked_for_where_nobody_reads_it(clinic: ClinicApi) -> None:
    browser, pairing = together(clinic)
    view = browser.open(f"/my/pairings/{pairing['id']}/rate")
    assert "comment" not in view.form("Send").names()
    rated(clinic, pairing, 1, comment="Something.")
    shared = browser.open(f"/my/pairings/{pairing['id']}/sharing")
    assert "The clinic has named nobody to read them" in shared.text


@pytest.mark.parametrize(("lowest", "told"), [("3", True), ("4", False)])
def test_low_answers_are_met_with_a_way_on(clinic: ClinicApi, lowest: str, told: bool) -> None:
    set_up(clinic, contact="555 0100")
    browser, pairing = together(clinic)
    view = browser.open(f"/my/pairings/{pairing['id']}/rate")
    done = browser.press(view, "Send", trust="9", safe=lowest)
    assert ("Some of your answers are low" in done.text) == told
    assert ("You can also reach us at 555 0100" in done.text) == told


def test_with_review_the_clinic_looks_before_a_therapist_is_asked(clinic: ClinicApi) -> None:
    roster(clinic, 1)
    browser, match = somebody(clinic, staff_review=True)
    home = browser.press(therapists(browser, match), "Choose ")
    assert "The clinic is looking at your choice" in home.text
    assert [row["status"] for row in rows_of(clinic, Pairing)] == ["awaiting_staff"]
    assert "call the clinic and give your code: c-1" in home.text
