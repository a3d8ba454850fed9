"""The clinic's vocabulary and its webhooks in the console."""

from typing import Any, get_args
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from sqlalchemy import update

from api.auth.roles import Role
from api.db.tables import Delivery
from api.db.tables.base import table_of
from api.events.schemas import DeliveryOut
from api.store.outbox import EVENT_TYPES
from api.web.areas import CONSOLE
from api.web.console.vocabulary import FACETS
from api.web.console.webhook_words import EVENTS, FAILURES, STATUS
from matching.shared_codes import SHARED
from tests.factories.browsing import Browser, View
from tests.factories.clinics import ClinicApi, make_clinic, service
from tests.factories.pages import console, token_of
from tests.factories.pairings import database_of

URL = "https://hooks.example.org/told"
OWN = {"facet": "needs", "code": "burn_survivors", "label": "Living with burns"}


def test_every_list_that_people_choose_from_has_a_name() -> None:
    # Reasons for an alternative are the service's own, and no list of a clinic's.
    assert set(FACETS) == set(SHARED) - {"alternative_reasons"}


def test_a_word_is_added_and_stands_among_the_others(clinic: ClinicApi) -> None:
    admin = console(clinic)
    view = admin.press(admin.open("/console/vocabulary"), "Add it", **OWN)
    assert view.code == 200
    assert "Living with burns burn_survivors ours" in view.lines
    shown = clinic.get("/v1/vocabulary").json()["needs"]
    assert {"code": OWN["code"], "label": OWN["label"]} in shown
    staff = console(clinic, Role.STAFF).open("/console/vocabulary")
    assert "Living with burns" in staff.text
    assert "Add a word" not in staff.text
    other = console(make_clinic(clinic.client, "Another")).open("/console/vocabulary")
    assert "Living with burns" not in other.text


@pytest.mark.parametrize(
    ("field", "value", "code", "words"),
    [
        ("code", "Grief", 422, "Begin with a small letter"),
        ("code", "grief", 409, "The code stands in the vocabulary already"),
        ("label", "", 422, "Write what people are to read"),
        ("label", "x" * 121, 422, "Write what people are to read"),
    ],
)
def test_a_word_that_is_not_taken_is_said_why_and_stays(
    clinic: ClinicApi, field: str, value: str, code: int, words: str
) -> None:
    admin = console(clinic)
    said = {**OWN, field: value}
    view = admin.press(admin.open("/console/vocabulary"), "Add it", **said)
    assert view.code == code
    assert words in view.text
    form = view.form("Add it")
    assert {name: form.offered(name)[0] for name in ("code", "label")} == {
        name: said[name] for name in ("code", "label")
    }
    assert clinic.get("/v1/vocabulary").json()["needs"] == [
        {"code": code, "label": label} for code, label in SHARED["needs"].items()
    ]


def added(browser: Browser, **said: Any) -> View:
    page = browser.open("/console/webhooks")
    return browser.press(page, "Add it", **{"url": URL, **said})


def test_there_are_words_for_all_that_can_come_of_an_event() -> None:
    fields = DeliveryOut.model_fields
    failures, _ = get_args(fields["last_failure"].annotation)
    assert set(EVENTS) == EVENT_TYPES | {"ping"}
    assert set(FAILURES) == set(get_args(failures))
    assert set(STATUS) == set(get_args(fields["status"].annotation))


def test_a_webhook_is_added_and_its_secret_shown_once(clinic: ClinicApi) -> None:
    admin = console(clinic)
    made = added(admin, note="Bills", events=["task.opened", "wait.offered"])
    (stored,) = clinic.get("/v1/webhooks").json()["items"]
    assert (stored["url"], stored["note"]) == (URL, "Bills")
    assert stored["events"] == ["task.opened", "wait.offered"]
    (secret,) = [line for line in made.lines if line.startswith("whsec_")]
    for path in ("/console/webhooks", made.link("Go on to the webhook")):
        view = admin.open(path)
        assert URL in view.text
        assert secret not in view.response.text


def test_a_webhook_that_is_not_taken_is_said_why_and_stays(clinic: ClinicApi) -> None:
    admin = console(clinic)
    view = added(admin, url="https://elsewhere.example/x", note="Bills", events=["task.opened"])
    assert view.code == 422
    assert "on a host that the operator allows" in view.text
    form = view.form("Add it")
    assert form.offered("url") == ["https://elsewhere.example/x"]
    assert form.offered("note") == ["Bills"]
    assert [one.value for one in form.controls if one.name == "events" and one.on] == [
        "task.opened"
    ]
    assert added(admin, note="x" * 501).code == 422
    assert clinic.get("/v1/webhooks").json()["items"] == []


def test_where_webhooks_are_off_it_is_said_who_switches_them_on(database_url: str) -> None:
    with service(database_url, webhook_hosts="") as client:
        clinic = make_clinic(client)
        admin = console(clinic)
        view = admin.open("/console/webhooks")
        assert "RAPPORT_WEBHOOK_HOSTS" in view.text
        assert all(one.label != "Add it" for form in view.forms for one in form.buttons)
        forged = {"url": URL, "form_token": token_of(admin, CONSOLE)}
        refused = admin.post("/console/webhooks", forged)
        assert refused.status_code == 409
        assert clinic.get("/v1/webhooks").json()["items"] == []


def test_a_webhook_is_tried_switched_off_and_on_and_removed(clinic: ClinicApi) -> None:
    admin = console(clinic)
    view = admin.open(added(admin).link("Go on to the webhook"))
    path = urlsplit(view.at).path
    tried = admin.press(view, "Send a test")
    assert "A test" in tried.text
    assert "To be sent" in tried.text
    off = admin.press(tried, "Switch off")
    assert "switched off by an administrator" in off.text
    assert clinic.get("/v1/webhooks").json()["items"][0]["status"] == "paused"
    stale = admin.press(tried, "Switch off")
    assert stale.code == 412
    assert "Switch off" in admin.press(off, "Switch on").text
    asked = admin.press(admin.open(path), "Remove")
    assert len(clinic.get("/v1/webhooks").json()["items"]) == 1
    gone = admin.press(asked, "Yes, remove it")
    assert "There are none" in gone.text
    assert clinic.get("/v1/webhooks").json()["items"] == []


def test_what_a_webhook_is_told_of_is_changed(clinic: ClinicApi) -> None:
    admin = console(clinic)
    view = admin.open(added(admin, events=["task.opened"]).link("Go on to the webhook"))
    assert [one.value for one in view.form("Save changes").controls if one.on and one.value] == [
        *view.form("Save changes").offered("form_token"),
        *view.form("Save changes").offered("revision"),
        "task.opened",
    ]
    changed = admin.press(view, "Save changes", events=["wait.offered"], note="Bills")
    assert changed.code == 200
    (stored,) = clinic.get("/v1/webhooks").json()["items"]
    assert (stored["events"], stored["note"]) == (["wait.offered"], "Bills")
    stale = admin.press(view, "Save changes", events=["task.opened"])
    assert stale.code == 412
    wrong = admin.press(changed, "Save changes", note="x" * 501)
    assert wrong.code == 422
    assert "Write at most 500 characters" in wrong.text
    # What a colleague changed since is not overwritten by what stayed on the page.
    assert wrong.form("Save changes").offered("revision") == changed.form("Save changes").offered(
        "revision"
    )
    everything = admin.press(wrong, "Save changes", events=[], note="Bills")
    assert "Told of everything." in everything.lines
    (stored,) = clinic.get("/v1/webhooks").json()["items"]
    assert (stored["events"], stored["status"]) == (None, "active")


def test_what_was_given_up_is_sent_again(clinic: ClinicApi) -> None:
    admin = console(clinic)
    view = admin.press(admin.open(added(admin).link("Go on to the webhook")), "Send a test")
    deliveries = table_of(Delivery)
    mine = deliveries.c.clinic_id == UUID(str(clinic.clinic_id))
    failed = {"status": "given_up", "attempts": 9, "last_failure": "timed_out"}
    with database_of(clinic).writing() as connection:
        connection.execute(update(deliveries).where(mine).values(**failed))
    given_up = admin.open(urlsplit(view.at).path)
    assert "Given up" in given_up.text
    assert "It did not answer in time" in given_up.text
    again = admin.press(given_up, "Send again")
    assert "To be sent" in again.text
    assert "Send again" not in again.text
