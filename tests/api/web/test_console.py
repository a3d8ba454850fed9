"""The console: the day, the roster, a match with its arithmetic, models, keys and settings."""

import re
from typing import Any

import pytest

from api.auth.roles import Role
from tests.factories.browsing import Browser
from tests.factories.clinics import ClinicApi, task_of
from tests.factories.models import refused, trained
from tests.factories.pages import console
from tests.factories.pairings import chosen, match_of, open_tasks, roster
from tests.factories.waits import waits_for


def test_a_wrong_key_signs_nobody_in(clinic: ClinicApi) -> None:
    browser = Browser(clinic.client)
    view = browser.press(browser.open("/console/sign-in"), "Sign in", key="rapport_wrong")
    assert view.code == 401
    assert "That key does not open the console" in view.text
    assert "rapport_wrong" not in view.response.text


def test_today_shows_what_waits(clinic: ClinicApi) -> None:
    (therapist_id,) = roster(clinic, 1, caseload_limit=9, name="Ana Reyes")
    chosen(clinic, match_of(clinic, "c-asking"), therapist_id)
    waits_for(clinic, match_of(clinic, "c-waiting"))
    task_of(clinic, "safety")
    task_of(clinic, "call_back")
    view = console(clinic, Role.STAFF).open("/console")
    for words in ("c-asking", "c-waiting", "Ana Reyes", "Somebody asked for help"):
        assert words in view.text
    assert view.text.index("reported something") < view.text.index("asked for help")
    auditor = console(clinic, Role.AUDITOR).open("/console")
    assert "c-asking" not in auditor.text


def test_a_task_is_closed(clinic: ClinicApi) -> None:
    task_of(clinic, "call_back")
    staff = console(clinic, Role.STAFF)
    done = staff.press(staff.open("/console"), "Close", resolution="done", note="Called.")
    assert "Nothing waits" in done.text
    assert open_tasks(clinic) == []


def test_therapists_are_found_by_name_and_reference(clinic: ClinicApi) -> None:
    clinic.add(reference="north-1", name="Ana Reyes")
    clinic.add(reference="south-2", name="Bo Lind")
    browser = console(clinic)
    page = browser.open("/console/therapists")
    for words, found in {"ana": {"Ana Reyes"}, "SOUTH": {"Bo Lind"}, "nobody": set()}.items():
        view = browser.press(page, "Search", q=words)
        assert {name for name in ("Ana Reyes", "Bo Lind") if name in view.text} == found
        assert f"{len(found)} found" in view.text


def test_a_therapist_is_changed_and_what_is_not_on_the_form_stays(clinic: ClinicApi) -> None:
    before = clinic.add(
        reference="t-1",
        name="Ana Reyes",
        payers=["aetna"],
        needs=["anxiety"],
        languages=["es-MX"],
        caseload_limit=5,
        style={"warm_support": 0.4},
    )
    browser = console(clinic, Role.STAFF)
    view = browser.open(f"/console/therapists/{before['id']}")
    untouched = browser.press(view, "Save changes")
    assert untouched.code == 200
    path = f"/v1/therapists/{before['id']}"
    same = clinic.get(path).json()
    assert {**same, "revision": 0} == {**before, "revision": 0}
    view = browser.open(f"/console/therapists/{before['id']}")
    browser.press(
        view, "Save changes", caseload="3", caseload_limit="0", gender="woman", needs=["grief"]
    )
    after = clinic.get(path).json()
    changed = {"caseload": 3, "caseload_limit": 0, "gender": "woman", "needs": ["grief"]}
    assert {name: after[name] for name in changed} == changed
    kept = ("name", "payers", "languages", "style", "reference")
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}


def test_a_change_of_what_somebody_else_changed_is_refused(clinic: ClinicApi) -> None:
    therapist_id = clinic.add(reference="t-1", name="Ana Reyes")["id"]
    one, other = console(clinic), console(clinic, Role.STAFF)
    path = f"/console/therapists/{therapist_id}"
    mine, theirs = one.open(path), other.open(path)
    other.press(theirs, "Save changes", caseload="4")
    stale = one.press(mine, "Save changes", caseload="7")
    assert stale.code == 412
    assert "Somebody else changed this meanwhile" in stale.text
    assert clinic.get(f"/v1/therapists/{therapist_id}").json()["caseload"] == 4
    for revision in ("*", "", "x", "-1", "99"):
        token = mine.form("Save changes").offered("form_token")[0]
        fields = {"form_token": token, "revision": revision, "name": "Other"}
        assert one.post(path, fields).status_code == 412, revision


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("gender", "canary"),
        ("caseload", "-1"),
        ("caseload", "²"),
        ("caseload_limit", "many"),
        ("leaving_on", "canary"),
        ("warm_support", "2"),
        ("warm_support", "nan"),
        ("needs", "canary"),
    ],
)
def test_a_field_that_is_wrong_is_named_and_changes_nothing(
    clinic: ClinicApi, field: str, value: str
) -> None:
    before = clinic.add(reference="t-1", name="Ana Reyes")
    browser = console(clinic)
    path = f"/console/therapists/{before['id']}"
    pairs = dict(browser.open(path).form("Save changes").sent("Save changes"))
    answer = browser.post(path, {**pairs, field: value})
    assert answer.status_code == 422
    assert "Nothing was changed yet" in answer.text
    assert field in answer.text
    if field in {"name", "caseload", "caseload_limit"}:
        assert f'name="{field}"' in answer.text
        assert f'value="{value}"' in answer.text
    assert clinic.get(f"/v1/therapists/{before['id']}").json() == before


FILE = b"reference,name,gender\nz-1,Zed One,woman\nz-2,,man\nz-3,Zed Three,canary\n"


def take(browser: Browser, name: str, content: bytes) -> Any:
    view = browser.open("/console/therapists/import")
    return browser.press(view, "Import", files={"file": (name, content)})


def test_an_import_says_what_each_line_did(clinic: ClinicApi) -> None:
    browser = console(clinic)
    view = take(browser, "a.csv", FILE)
    assert "1 new, 0 changed, 0 as they were, 2 not taken" in view.text
    rejected = view.text.partition("Lines that were not taken")[2].split("\n")
    assert "3" in rejected
    assert "4" in rejected
    assert "name" in rejected
    assert "gender" in rejected
    assert "canary" not in view.text
    again = take(browser, "a.csv", FILE)
    assert "0 new, 0 changed, 1 as they were, 2 not taken" in again.text


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.txt", b"x", "ends in .csv"),
        ("a.csv", b"\xff\xfe", "Nothing was changed"),
        ("a.csv", b"", "Nothing was changed"),
        ("a.json", b"{", "Nothing was changed"),
        ("", b"", "Choose a file first"),
    ],
)
def test_a_file_that_is_none_changes_nothing(
    clinic: ClinicApi, name: str, content: bytes, says: str
) -> None:
    view = take(console(clinic), name, content)
    assert view.code == 422
    assert says in view.text
    assert clinic.get("/v1/therapists").json()["items"] == []


def test_a_match_is_shown_with_points_that_add_up(clinic: ClinicApi) -> None:
    clinic.add(reference="t-1", name="Ana Reyes", needs=["anxiety"], formats=["video"])
    wish = {"format": {"any_of": ["video"], "importance": "some"}}
    match = match_of(clinic, "c-1", needs=["anxiety", "grief"], preferences=wish)
    browser = console(clinic, Role.AUDITOR)
    listed = browser.open("/console/matches")
    view = browser.open(next(href for href, _ in listed.links if match["id"] in href))
    points = [row for row in view.lines if re.fullmatch(r"0\.\d{4}|1\.0000", row)]
    *parts, together = map(float, points)
    assert abs(sum(parts) - together) < 0.0002
    assert abs(together - match["candidates"][0]["score"]) < 0.0001
    assert "Ana Reyes" in view.text
    proved = browser.press(view, "Compute it again")
    assert "identical, to the last byte" in proved.text


def test_staff_choose_for_a_client(clinic: ClinicApi) -> None:
    (therapist_id,) = roster(clinic, 1)
    match = match_of(clinic, "c-1")
    browser = console(clinic, Role.STAFF)
    view = browser.open(f"/console/matches/{match['id']}")
    assert browser.press(view, "Choose for the client").code == 200
    (pairing,) = clinic.get("/v1/pairings", Role.STAFF).json()["items"]
    assert pairing["therapist"]["id"] == therapist_id


def test_a_key_is_shown_once_and_opens_until_it_is_ended(clinic: ClinicApi) -> None:
    browser = console(clinic)
    view = browser.press(browser.open("/console/keys"), "Make a key", role="auditor")
    (key,) = re.findall(r"rapport_[\w-]{43}", view.text)
    listed = browser.open("/console/keys")
    assert key not in listed.response.text
    headers = {"Authorization": f"Bearer {key}"}
    assert clinic.client.get("/v1/settings", headers=headers).status_code == 200
    new = [line for line in listed.lines if re.fullmatch(r"[0-9a-f-]{36}", line)][-1]
    browser.press(listed, "End", action=new)
    assert clinic.client.get("/v1/settings", headers=headers).status_code == 401


def test_nobody_ends_the_key_that_they_are_signed_in_with(clinic: ClinicApi) -> None:
    browser = console(clinic)
    view = browser.open("/console/keys")
    for form in view.forms:
        if form.action.endswith("/revoke"):
            browser.post(form.action, form.sent())
    assert browser.open("/console/keys").code == 200
    assert clinic.get("/v1/settings").status_code == 200
    assert clinic.get("/v1/settings", Role.STAFF).status_code == 401


def test_settings_are_saved_as_they_stand_on_the_page(clinic: ClinicApi) -> None:
    browser = console(clinic)
    before = clinic.get("/v1/settings").json()
    saved = browser.press(browser.open("/console/settings"), "Save")
    assert "Saved" in saved.text
    assert clinic.get("/v1/settings").json() == before
    given = {"waiting_days": "30", "contact": "555 0100", "intake_page": "yes"}
    browser.press(browser.open("/console/settings"), "Save", **given)
    after = clinic.get("/v1/settings").json()
    changed = {"waiting_days": 30, "contact": "555 0100", "intake_page": True}
    assert after == {**before, **changed}


def test_what_a_colleague_set_meanwhile_stays(clinic: ClinicApi) -> None:
    browser = console(clinic)
    clinic.patch("/v1/settings", {"intake_page": True, "contact": "old"})
    stale = browser.open("/console/settings")
    clinic.patch("/v1/settings", {"intake_page": False, "waiting_days": 9})
    refused = browser.press(stale, "Save", contact="new", session_every_days="0")
    browser.press(refused, "Save", session_every_days="14")
    after = clinic.get("/v1/settings").json()
    assert (after["contact"], after["session_every_days"]) == ("new", 14)
    assert (after["intake_page"], after["waiting_days"]) == (False, 9)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("waiting_days", "0"),
        ("waiting_days", "²"),
        ("waiting_days", ""),
        ("safety_notice", ""),
    ],
)
def test_a_setting_that_cannot_be_set_is_marked_and_nothing_is_saved(
    clinic: ClinicApi, field: str, value: str
) -> None:
    browser = console(clinic)
    before = clinic.get("/v1/settings").json()
    view = browser.press(browser.open("/console/settings"), "Save", contact="new", **{field: value})
    assert view.code == 422
    assert "Look at the fields marked below" in view.text
    assert [tag for tag, found in view.tags if found.get("class") == "wrong"] == ["p"]
    assert ("contact", "new") in view.form("Save").sent("Save")
    assert clinic.get("/v1/settings").json() == before


def test_a_model_that_was_refused_serves_only_with_a_reason(clinic: ClinicApi) -> None:
    clinic.add(reference="t-1")
    clinic.add(reference="t-2")
    model_id = trained(clinic, refused("t-1"))["id"]
    browser = console(clinic)
    view = browser.open("/console/models")
    refusal = browser.press(view, "Rank with this one", reason="")
    assert refusal.code == 409
    serving = browser.press(view, "Rank with this one", reason="We looked at it.")
    assert any(line.startswith("Serving ") for line in serving.lines)
    card = browser.request("GET", f"/console/models/{model_id}/card")
    shown = clinic.get(f"/v1/models/{model_id}/card", headers={"Accept": "text/html"})
    assert card.text == shown.text
    off = browser.press(serving, "Rank without a model")
    assert not any(line.startswith("Serving ") for line in off.lines)
