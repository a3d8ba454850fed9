"""The roster in the console: read at once, somebody new, licences and payers."""

from tests.factories.clinics import ClinicApi
from tests.factories.pages import console
from tests.factories.pairings import database_of, roster
from tests.factories.sql import statements


def test_the_list_is_read_at_once_however_long_it_is(clinic: ClinicApi) -> None:
    roster(clinic, 3)
    browser = console(clinic)
    with statements(database_of(clinic).engine) as few:
        browser.open("/console/therapists")
    roster(clinic, 20)
    with statements(database_of(clinic).engine) as many:
        assert "23 found" in browser.open("/console/therapists").text
    # A roster that grew is read once more.
    assert len(many) <= len(few) + 3


def test_licences_and_payers_are_changed_line_by_line(clinic: ClinicApi) -> None:
    licences = [{"jurisdiction": "US-NY", "kind": "compact", "expires_on": "2031-05-01"}, "US-CA"]
    before = clinic.add(reference="t-1", licences=licences, payers=["Aetna", "Cigna"])
    browser, path = console(clinic), f"/console/therapists/{before['id']}"
    pairs = browser.open(path).form("Save changes").sent("Save changes")
    lines = [value for name, value in pairs if name == "licence_jurisdiction"]
    assert lines == ["US-NY", "US-CA", "", ""]
    fields = {"licence_jurisdiction": ["US-NY", "", "us-tx", ""]}
    fields["licence_kind"] = ["compact", "full", "associate", "full"]
    fields["licence_expires_on"] = ["2031-05-01", "", "2030-01-31", ""]
    kept = [(name, value) for name, value in pairs if name not in {*fields, "payers", "discipline"}]
    sent = [(name, value) for name, values in fields.items() for value in values]
    words = [("payers", "Cigna\r\n\r\n  Self pay "), ("discipline", "Psychologist")]
    assert browser.post(path, [*kept, *sent, *words]).status_code == 303
    after = clinic.get(f"/v1/therapists/{before['id']}").json()
    assert after["licences"] == [
        {"jurisdiction": "US-NY", "kind": "compact", "expires_on": "2031-05-01"},
        {"jurisdiction": "US-TX", "kind": "associate", "expires_on": "2030-01-31"},
    ]
    assert after["payers"] == ["Cigna", "Self pay"]
    assert after["discipline"] == "Psychologist"
    sent = [("licence_jurisdiction", "Texas"), ("licence_kind", "full"), ("licence_expires_on", "")]
    wrong = browser.post(path, [*dict(browser.open(path).form("Save").sent("Save")).items(), *sent])
    assert wrong.status_code == 422
    assert "licences" in wrong.text
    assert 'value="Texas"' in wrong.text


def test_somebody_new_is_added_by_name(clinic: ClinicApi) -> None:
    browser = console(clinic)
    view = browser.open("/console/therapists")
    made = browser.press(view, "Add, and fill in", name="Ana Reyes", reference="t-1")
    assert made.code == 200
    assert "Reference t-1" in made.text
    (therapist,) = clinic.get("/v1/therapists").json()["items"]
    assert (therapist["name"], therapist["reference"]) == ("Ana Reyes", "t-1")
    again = browser.press(view, "Add, and fill in", name="Bo Lind", reference="t-1")
    assert again.code == 409
    assert "another therapist" in again.text
    assert again.form("Add, and fill in").offered("name") == ["Bo Lind"]
    nameless = browser.press(view, "Add, and fill in", name="", reference="t-2")
    assert nameless.code == 422
    assert len(clinic.get("/v1/therapists").json()["items"]) == 1
