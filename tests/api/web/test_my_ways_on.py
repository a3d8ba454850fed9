"""What a client is told before something is lost, and where to go when something cannot be done."""

import pytest

from api.db.tables import Pairing
from tests.api.web.test_my import somebody, therapists, together
from tests.factories.clinics import ClinicApi
from tests.factories.clock import moved_clock
from tests.factories.pages import begun, intake, set_up
from tests.factories.pairings import Json, match_of, roster, rows_of
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


def test_nobody_is_chosen_from_another_list_while_somebody_is_asked(clinic: ClinicApi) -> None:
    roster(clinic, 3)
    browser, first = somebody(clinic)
    second = match_of(clinic, "c-1", needs=["grief"])
    later = therapists(browser, second)
    browser.press(therapists(browser, first), "Choose ")
    assert "You have asked somebody already" in therapists(browser, second).text
    others = [one["therapist"]["id"] for one in second["candidates"]]
    (asked,) = rows_of(clinic, Pairing)
    (other, _) = [one for one in others if one != str(asked["therapist_id"])]
    assert browser.press(later, "Choose ", therapist=other).code == 409
    assert len(rows_of(clinic, Pairing)) == 1
    browser.press(browser.open("/my"), "Take my request back")
    assert "We have asked them" in browser.press(later, "Choose ", therapist=other).text


def test_a_request_whose_time_is_over_stands_in_nobodys_way(clinic: ClinicApi) -> None:
    roster(clinic, 3)
    with moved_clock() as clock:
        browser, first = somebody(clinic)
        browser.press(therapists(browser, first), "Choose ")
        clock.pass_time(days=30)
        browser, second = somebody(clinic, needs=["grief"])
        view = therapists(browser, second)
        assert "You have asked somebody already" not in view.text
        assert "We have asked them" in browser.press(view, "Choose ").text


def test_another_is_chosen_beside_who_they_work_with(clinic: ClinicApi) -> None:
    browser, pairing = together(clinic)
    changed = browser.open(f"/my/pairings/{pairing['id']}/change")
    ways = browser.press(changed, "Go on", reason=["trust"])
    others = browser.open(ways.link("See other therapists"))
    assert "We have asked them" in browser.press(others, "Choose ").text


def test_what_was_asked_for_is_shown_one_by_one(clinic: ClinicApi) -> None:
    clinic.add(reference="t-1", name="Ana Reyes", needs=["anxiety"], gender="man")
    clinic.add(reference="t-2", name="Bo Lind", gender="man")
    woman = {"gender": {"any_of": ["woman"], "importance": "some"}}
    browser, match = somebody(clinic, needs=["anxiety"], preferences=woman)
    view = therapists(browser, match)
    assert view.text.count("Not of a gender you asked for.") == 2
    assert view.text.count("Works with what you named: anxiety.") == 2
    assert view.text.count("they have none of what you asked for") == 1
    browser, match = somebody(clinic, "c-2")
    view = therapists(browser, match)
    assert view.text.count("They take new clients.") == 2
    assert "since you told us little" in view.text


@pytest.mark.parametrize("chosen", [0, 1])
def test_one_alone_is_not_put_beside_anybody(clinic: ClinicApi, chosen: int) -> None:
    ids = roster(clinic, 3)
    browser, match = somebody(clinic)
    chosen_ids: Json = {"with": ids[:chosen]}
    view = browser.press(therapists(browser, match), "Compare", **chosen_ids)
    assert "Choose two or three to put side by side." in view.text
    assert "Choose two or three to put" not in therapists(browser, match).text


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
