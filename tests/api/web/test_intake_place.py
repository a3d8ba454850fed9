"""Where the client will be and how they pay: asked with what the clinic's therapists state."""

import pytest

from tests.api.web.test_intake import SAVE, SKIP, check_page, request_sent, to_question
from tests.factories.clinics import ClinicApi
from tests.factories.pages import begun, in_two_states

NOT_CHECKED = "We did not check if they may work with you where you live."


def test_who_says_where_they_are_sees_only_who_may_practise_there(clinic: ClinicApi) -> None:
    in_two_states(clinic)
    browser, _ = begun(clinic)
    browser.press(to_question(browser, clinic, "place"), SAVE, choice="US-CA")
    listed = browser.press(check_page(browser, clinic), "Show me therapists")
    assert "One therapist for you" in listed.text
    assert NOT_CHECKED not in listed.text


@pytest.mark.parametrize("choice", [None, "-other"])
def test_who_does_not_say_where_they_are_is_told_so(clinic: ClinicApi, choice: str | None) -> None:
    in_two_states(clinic)
    browser, _ = begun(clinic)
    place = to_question(browser, clinic, "place")
    browser.press(place, SAVE if choice else SKIP, **({"choice": choice} if choice else {}))
    browser.press(to_question(browser, clinic, "payment"), SAVE, choice="-self")
    checked = check_page(browser, clinic)
    assert "I pay for it myself" in checked.text
    listed = browser.press(checked, "Show me therapists")
    assert "2 therapists for you" in listed.text
    assert NOT_CHECKED in listed.text
    assert request_sent(clinic)["payer"] is None


def test_what_profiles_state_is_what_is_offered(clinic: ClinicApi) -> None:
    in_two_states(clinic)
    clinic.add(
        reference="t-over",
        licences=[{"jurisdiction": "US-TX", "expires_on": "2020-01-01"}],
        payers=["AETNA"],
    )
    clinic.add(reference="t-gone", licences=["US-NV"], payers=["gone"], active=False)
    browser, _ = begun(clinic)
    place = to_question(browser, clinic, "place").form(SAVE).offered("choice")
    assert place == ["US-CA", "US-NY", "-other"]
    pay = to_question(browser, clinic, "payment").form(SAVE).offered("choice")
    assert pay == ["AETNA", "Cigna", "-self", "-other"]


@pytest.mark.parametrize("licences", [[], ["US-CA"]])
def test_where_there_is_one_place_nobody_is_asked(clinic: ClinicApi, licences: list[str]) -> None:
    clinic.add(reference="t-1", licences=licences)
    browser, _ = begun(clinic)
    assert to_question(browser, clinic, "place").code == 404
    assert to_question(browser, clinic, "payment").code == 404
    checked = check_page(browser, clinic)
    assert "Where will you be" not in checked.text
    browser.press(checked, "Show me therapists")
    assert request_sent(clinic)["jurisdiction"] == (licences[0] if licences else None)
