"""Today: what waits for somebody, most urgent first."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from api.http.pages import PageCursor, decode_cursor
from api.models.service import page_of_models
from api.pairings.reading import page_of_pairings
from api.problems import Conflict, Invalid
from api.roster.availability.service import page_to_confirm
from api.tasks.schemas import RESOLUTIONS, ResolveIn, TaskInTurn
from api.tasks.service import resolve as resolve_task
from api.tasks.service import tasks_in_turn
from api.waits.service import page_of_waits
from api.web.console.choices import waiting_for_staff
from api.web.forms import checked
from api.web.page import Page
from api.web.route import ConsoleRoute, PageDep

router = APIRouter(route_class=ConsoleRoute, prefix="/console", include_in_schema=False)

_MOST = 50
KINDS = {
    "safety": ("A client reported something about a therapist", "warm"),
    "at_risk": ("Somebody said in their intake that they do not feel safe", "warm"),
    "staff_selection": ("A choice waits for staff", "care"),
    "call_back": ("Somebody asked for help with choosing", "care"),
    "rupture": ("A client’s ratings fell", "care"),
    "confirm_availability": ("A therapist’s availability has gone stale", "dull"),
    "name_reader": ("A comment waits, and nobody is named to read it", "dull"),
    "webhook_failing": ("A webhook does not take its events", "dull"),
}
RESOLVED = {
    "done": "Done",
    "dismissed": "Nothing to do",
    "cleared": "Looked at: let new clients come again",
    "kept": "Looked at: keep new clients away",
}
# Somebody may be in danger: all of these stand above everything else. What their client is marked
# with, where a choice of theirs waits.
URGENT = {
    "safety": "They reported something about a therapist",
    "at_risk": "They said that they do not feel safe",
}
_CLOSED = "This task was closed already."
_NOTE_LOST = " What you wrote was not kept with it."
_OTHERS = [kind for kind in KINDS if kind not in URGENT]


@router.get("")
def today(page: PageDep, cursor: PageCursor = None) -> Response:
    """Tasks, choices, requests and their deadlines, the waiting list, availability, the model."""
    return _show(page, cursor)


def _show(page: Page, cursor: str | None = None, code: int = 200, refused: str = "") -> Response:
    """The page; `refused` says what became of what was sent, which stays on the page."""
    staff = page.may("GET", "/v1/pairings")
    context = _for_staff(page) if staff else _FOR_OTHERS
    # A choice, and a line among those who need to confirm, says more than the task about it.
    told = {
        "staff_selection": {one.pairing.id for one in context["choices"]},
        "confirm_availability": {one.therapist.id for one in context["stale"]},
    }
    after = decode_cursor(cursor)
    tasks = tasks_in_turn(page.scope, list(URGENT), _OTHERS, told, _MOST, after)
    models = page_of_models(page.scope, 5, None).items
    return page.show(
        "console/today.html",
        code,
        refused=refused,
        note=page.form.one("note") if refused else "",
        tasks=tasks,
        urgent=_by_kind(tasks.first),
        others=_by_kind(tasks.then),
        later=after is not None,
        warned=_warned(tasks.first),
        kinds=KINDS,
        resolutions={
            kind: [one for one in RESOLVED if one in may] for kind, may in RESOLUTIONS.items()
        },
        resolved=RESOLVED,
        staff=staff,
        # Who does not list clients sees no references, as in the API.
        named=page.may("GET", "/v1/clients"),
        model=next((one for one in models if one.serving), None),
        damaged=any(one.damaged for one in models),
        **context,
    )


@router.post("/tasks/{task_id}")
def resolve(page: PageDep, task_id: UUID) -> Response:
    """Say what became of a task."""
    page.needs("POST", "/v1/tasks/{task_id}/resolve")
    said = {"resolution": page.form.one("resolution"), "note": page.form.one("note") or None}
    try:
        resolve_task(page.scope, task_id, checked(ResolveIn, said))
    except Conflict:
        return _show(page, code=409, refused=_CLOSED + (_NOTE_LOST if said["note"] else ""))
    except Invalid as error:
        wrong = [one["problem"] for one in error.members["errors"] if one["field"] == "note"]
        why = f"your note {wrong[0]}." if wrong else "say what became of it."
        return _show(page, code=422, refused=f"The task is still open: {why}")
    return page.go("/console")


_FOR_OTHERS: dict[str, Any] = {
    "choices": [],
    "asked": [],
    "waiting": [],
    "stale": [],
    "leaving": [],
    "more": {},
}


def _for_staff(page: Page) -> dict[str, Any]:
    """What only staff see; `more` names the lists that go on beyond what is shown."""
    asked = page_of_pairings(page.scope, _MOST, None, {"status": "requested"})
    waiting = page_of_waits(page.scope, None, _MOST, None)
    confirm = page_to_confirm(page.scope, _MOST, None)
    return {
        "choices": waiting_for_staff(page),
        "asked": sorted(asked.items, key=lambda one: str(one.respond_by)),
        "waiting": waiting.items,
        "stale": confirm.items,
        "leaving": confirm.leaving,
        "more": {
            "asked": asked.next_cursor,
            "waiting": waiting.next_cursor,
            "stale": confirm.next_cursor,
        },
    }


def _by_kind(tasks: Sequence[TaskInTurn]) -> list[tuple[str, list[TaskInTurn]]]:
    return [(kind, list(same)) for kind, same in groupby(tasks, key=lambda one: one.kind)]


def _warned(urgent: Sequence[TaskInTurn]) -> dict[UUID, list[str]]:
    """By client, what staff know of their safety."""
    warned: dict[UUID, list[str]] = {}
    for one in urgent:
        if one.client_id is not None and URGENT[one.kind] not in warned.get(one.client_id, []):
            warned.setdefault(one.client_id, []).append(URGENT[one.kind])
    return warned
