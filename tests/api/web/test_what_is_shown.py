"""What is stored is shown as words, and what a client says stands in no address and no log."""

from typing import Any

import pytest

from api.web.areas import CONSOLE, MY
from tests.api.test_leaks import all_that_is_written
from tests.api.web.test_every_page import faults
from tests.factories.backends import ON_SQLITE_ALONE
from tests.factories.browsing import Browser, View
from tests.factories.clinics import ClinicApi, make_clinic
from tests.factories.pages import (
    begun,
    console,
    pages_of,
    reads_comments,
    set_up,
    therapist_of,
    token_of,
    world,
)
from tests.factories.session_ratings import rated

SCRIPTS = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)")


def shown(view: View) -> str:
    """What there is to read on a page, and in its fields."""
    fields = [one.value for form in view.forms for one in form.controls]
    labels = [attributes.get("aria-label", "") for _, attributes in view.tags]
    return "\n".join([view.text, view.title, *fields, *labels])


def hostile_profile(script: str) -> dict[str, Any]:
    return {"name": f"Name {script}", "payers": [f"payer {script}"[:60]]}


@ON_SQLITE_ALONE
@pytest.mark.parametrize("script", SCRIPTS, ids=["element", "attribute", "address"])
def test_a_script_in_what_is_stored_is_shown_as_words(clinic: ClinicApi, script: str) -> None:
    clinic = make_clinic(clinic.client, f"Clinic {script}")
    made = world(clinic, **hostile_profile(script))
    set_up(
        clinic,
        safety_notice=f"If you are in danger call somebody now {script}",
        named_reader=f"Reader {script}",
        contact=f"Contact {script}",
    )
    label = {"facet": "needs", "code": "own_need", "label": f"Need {script}"[:80]}
    assert clinic.post("/v1/vocabulary", label).status_code < 300
    rated(clinic, made.pairing, 2, comment=f"Comment {script}", share_with_therapist="this_rating")
    reason = {"reason": f"Because {script}"}
    admin = console(clinic)
    promoted = {**reason, "form_token": token_of(admin, CONSOLE)}
    assert admin.post(f"/console/models/{made.model_id}/promote", promoted).status_code == 303
    read = {}
    for template, view in pages_of(made):
        assert faults(view) == [], template
        read[template] = shown(view)
    search = admin.open(f"/console/therapists?q={script.replace('#', '')}")
    assert faults(search) == []
    everything = "\n".join([*read.values(), shown(search)])
    for what in ("Name", "payer", "Clinic", "call somebody now", "Reader", "Contact", "Need"):
        assert f"{what} {script}" in everything, f"{what} is on no page"
    # For the client, who can take them back, and for the named reader.
    said = {template for template, text in read.items() if f"Comment {script}" in text}
    assert said == {"/my/pairings/{pairing_id}/sharing", "/console/comments"}
    assert script in shown(search)


def test_a_script_in_a_file_is_shown_as_words(clinic: ClinicApi) -> None:
    admin = console(clinic)
    for script in SCRIPTS:
        rows = f"reference,name,gender\n{script},{script},{script}\n".encode()
        for name in ("a.csv", f"{script}.csv", script):
            view = admin.press(
                admin.open("/console/therapists/import"), "Import", files={"file": (name, rows)}
            )
            assert faults(view) == []


CANARY = "zqcanary"


def test_what_a_client_says_is_in_no_address_title_or_log(clinic: ClinicApi) -> None:
    """A code of the clinic's own stands for what is said: it would be found anywhere."""
    reads_comments(clinic)
    for facet in ("needs", "communities"):
        own = {"facet": facet, "code": f"{CANARY}_{facet}", "label": f"{CANARY} {facet}"}
        assert clinic.post("/v1/vocabulary", own).status_code < 300
    clinic.add(reference="t-1", needs=[f"{CANARY}_needs"], name=f"{CANARY} name")
    with all_that_is_written() as written:
        browser, view = begun(clinic)
        addresses = []
        answers = {"needs": [f"{CANARY}_needs"], "culture": [f"{CANARY}_communities"]}
        while "/questions/" in view.at:
            key = view.at.rpartition("/")[2]
            choice = answers.get(key)
            press = "Go on" if choice or key == "review" else "Skip"
            addresses += [view.at, view.title, *(href for href, _ in view.links)]
            given: dict[str, Any] = {"choice": choice} if choice else {}
            view = browser.press(view, press, **given)
        assert CANARY in view.text
        addresses += [view.at, view.title, *(href for href, _ in view.links)]
        view = browser.press(view, "Show me therapists")
        assert f"{CANARY} name" in view.text
        addresses += [view.at, view.title, *(href for href, _ in view.links)]
        view = browser.press(view, "Choose ")
        addresses += [view.at, view.title]
        _therapist_and_rating(clinic, browser)
    assert not any(CANARY in one for one in addresses)
    assert CANARY not in written.getvalue()
    assert browser.cookies[MY.cookie][0] not in written.getvalue()
    assert all(key not in written.getvalue() for key in clinic.keys.values())


def _therapist_and_rating(clinic: ClinicApi, browser: Browser) -> None:
    (therapist,) = clinic.get("/v1/therapists").json()["items"]
    theirs = therapist_of(clinic, therapist["id"])
    theirs.press(theirs.open("/practice"), "Accept")
    view = browser.open(browser.open("/my").link("How was your last session?"))
    done = browser.press(view, "Send", trust="8", comment=f"{CANARY} comment")
    assert "Thank you" in done.text


def test_a_failure_says_nothing_of_what_was_sent(
    clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError(f"cannot keep {CANARY}")

    browser, view = begun(clinic)
    monkeypatch.setattr("api.web.intake.routes.keep_answers", fail)
    with all_that_is_written() as written:
        broken = browser.press(view, "Go on", choice=["anxiety"])
    assert broken.code == 500
    assert faults(broken) == []
    assert "Nothing was changed" in broken.text
    assert CANARY not in broken.response.text + written.getvalue()
    assert "anxiety" not in written.getvalue()
