"""What waits for staff: danger above all, whom each task is about, and nothing lost or twice."""

import re
from uuid import UUID, uuid4

import pytest

from api.auth.roles import Role
from api.http.pages import encode_cursor
from tests.factories.browsing import View
from tests.factories.clinics import ClinicApi, make_clinic, task_of
from tests.factories.pages import console
from tests.factories.pairings import active, chosen, match_of, roster
from tests.factories.session_ratings import FALLING, series

MANY = 60
FELL = "A client’s ratings fell"
UNSAFE = "They said that they do not feel safe"


def today(clinic: ClinicApi, role: Role = Role.STAFF, cursor: str = "") -> View:
    return console(clinic, role).open(f"/console{cursor and '?cursor='}{cursor}")


def tasks_on(view: View) -> list[str]:
    """The ids of the tasks that can be closed there, in their order."""
    found = [re.fullmatch(r"/console/tasks/(.*)", form.action) for form in view.forms]
    return [one[1] for one in found if one]


def test_danger_stands_above_everything_however_much_is_newer(clinic: ClinicApi) -> None:
    (therapist_id,) = roster(clinic, 1, name="Ana Reyes")
    match = match_of(clinic, "c-unsafe", staff_review=True)
    pairing = chosen(clinic, match, therapist_id)
    client_id = UUID(pairing["client"]["id"])
    first = [
        task_of(clinic, "safety", therapist_id=UUID(therapist_id)),
        task_of(clinic, "at_risk", client_id=client_id, match_id=UUID(match["id"])),
    ]
    newer = [task_of(clinic, match_id=uuid4()) for _ in range(MANY)]
    staff = console(clinic, Role.STAFF)
    view = staff.open("/console")
    assert tasks_on(view)[:2] == first
    assert view.lines[view.lines.index("open tasks") - 1] == str(MANY + 2)
    heads = ("Look at these first", "c-unsafe would like to see Ana Reyes", UNSAFE, "Other tasks")
    places = [view.text.index(words) for words in heads]
    assert places == sorted(places)
    after = staff.open(view.link("The next tasks"))
    assert tasks_on(after)[:2] == first
    assert tasks_on(view)[2:] + tasks_on(after)[2:] == newer
    assert not any(label == "The next tasks" for _, label in after.links)


def test_the_choice_of_who_is_safe_is_not_marked(clinic: ClinicApi) -> None:
    (therapist_id,) = roster(clinic, 1)
    chosen(clinic, match_of(clinic, "c-safe", staff_review=True), therapist_id)
    task_of(clinic, "at_risk")
    view = today(clinic)
    assert "c-safe would like to see" in view.text
    assert UNSAFE not in view.text


def test_tasks_of_a_kind_stand_together_and_say_whom_they_are_about(clinic: ClinicApi) -> None:
    for reference, name in {"c-1": "Ana Reyes", "c-2": "Bo Lind"}.items():
        (therapist_id,) = roster(clinic, 1, name=name)
        pairing = active(clinic, match_of(clinic, reference), therapist_id)
        series(clinic, pairing, FALLING)
        task_of(clinic, "call_back", match_id=uuid4())
    view = today(clinic)
    assert [line for line in view.lines if FELL in line] == [f"{FELL} 2 tasks"]
    ratings = view.text[view.text.index(FELL) :]
    places = [ratings.index(one) for one in ("Client c-1", "Ana Reyes", "Client c-2", "Bo Lind")]
    assert places == sorted(places)
    assert view.link("Client c-2").startswith("/console/clients/")
    assert f"/console/matches/{pairing['match_id']}" in [href for href, _ in view.links]
    auditor = today(clinic, Role.AUDITOR)
    assert "Ana Reyes" in auditor.text
    assert "c-1" not in auditor.text


@pytest.mark.parametrize("role", [Role.STAFF, Role.AUDITOR])
def test_who_needs_to_confirm_is_named_once(clinic: ClinicApi, role: Role) -> None:
    (never,) = roster(clinic, 1, name="Ana Reyes")
    task_of(clinic, "confirm_availability", therapist_id=UUID(never))
    gone = clinic.add(reference="t-gone", name="Bo Lind", accepting=False)["id"]
    task_of(clinic, "confirm_availability", therapist_id=UUID(gone))
    task_of(clinic, "confirm_availability")
    view = today(clinic, role)
    assert view.text.count("availability has gone stale") == 1
    links = [label for href, label in view.links if href.startswith("/console/therapists/")]
    assert sorted(links) == ["Ana Reyes", "Bo Lind"]
    open_ones = "2" if role is Role.STAFF else "3"
    assert view.lines[view.lines.index("open tasks") - 1] == open_ones


def test_tasks_of_one_clinic_are_nobody_elses(clinic: ClinicApi) -> None:
    other = make_clinic(clinic.client, "Another")
    theirs = task_of(other, "at_risk")
    mine = [task_of(clinic, match_id=uuid4()) for _ in range(2)]
    for place in (theirs, str(uuid4())):
        assert tasks_on(today(clinic, cursor=encode_cursor(UUID(place)))) == mine
    assert tasks_on(today(clinic, cursor=encode_cursor(UUID(mine[0])))) == mine[1:]
    assert today(clinic, cursor="nonsense").code == 422


def test_the_list_is_recorded_as_read_once(clinic: ClinicApi) -> None:
    task_of(clinic, "at_risk")
    task_of(clinic)
    staff = console(clinic, Role.STAFF)
    wanted = {"action": "tasks.listed"}
    before = clinic.get("/v1/audit", params=wanted).json()["items"]
    staff.open("/console")
    row, *others = clinic.get("/v1/audit", params=wanted).json()["items"]
    assert row["details"] == {"items": 2}
    assert others == before


def test_a_note_is_not_lost_where_a_colleague_was_first(clinic: ClinicApi) -> None:
    task_of(clinic)
    first, second = console(clinic, Role.STAFF), console(clinic)
    mine, theirs = second.open("/console"), first.open("/console")
    first.press(theirs, "Close", resolution="done", note="Called them.")
    late = second.press(mine, "Close", resolution="done", note="Talked to them for an hour.")
    assert late.code == 409
    assert "closed already. What you wrote was not kept" in late.text
    assert "Talked to them for an hour." in late.text
    (task,) = clinic.get("/v1/tasks", params={"status": "done"}).json()["items"]
    assert task["note"] == "Called them."


def test_a_note_that_is_too_long_stays_on_the_page(clinic: ClinicApi) -> None:
    task_of(clinic)
    staff = console(clinic, Role.STAFF)
    note = "We talked. " * 200
    view = staff.press(staff.open("/console"), "Close", resolution="done", note=note)
    assert view.code == 422
    assert "The task is still open: your note" in view.text
    assert note.strip() in view.text
    assert len(clinic.get("/v1/tasks", params={"status": "open"}).json()["items"]) == 1
