"""Today: what waits for somebody, most urgent first."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from api.models.service import page_of_models
from api.pairings.reading import page_of_pairings
from api.roster.availability.service import page_to_confirm
from api.tasks import service as tasks
from api.tasks.schemas import RESOLUTIONS, ResolveIn
from api.waits.service import page_of_waits
from api.web.console.choices import waiting_for_staff
from api.web.forms import checked
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
_ORDER = list(KINDS)
_CHOICE = "staff_selection"


@router.get("")
def today(page: PageDep) -> Response:
    """Choices, tasks, requests and their deadlines, the waiting list, availability, the model."""
    open_tasks = tasks.page_of_tasks(page.scope, "open", None, _MOST, None).items
    staff = page.may("GET", "/v1/pairings")
    context: dict[str, Any] = {
        "choices": [],
        "asked": [],
        "waiting": [],
        "stale": [],
        "leaving": [],
    }
    if staff:
        asked = page_of_pairings(page.scope, _MOST, None, {"status": "requested"}).items
        confirm = page_to_confirm(page.scope, _MOST, None)
        choices = waiting_for_staff(page)
        shown = {one.pairing.id for one in choices}
        # The choice itself says more than the task about it, and settles it.
        open_tasks = [
            one for one in open_tasks if one.pairing_id not in shown or one.kind != _CHOICE
        ]
        context = {
            "choices": choices,
            "asked": sorted(asked, key=lambda one: str(one.respond_by)),
            "waiting": page_of_waits(page.scope, None, _MOST, None).items,
            "stale": confirm.items,
            "leaving": confirm.leaving,
        }
    models = page_of_models(page.scope, 5, None).items
    return page.show(
        "console/today.html",
        tasks=sorted(open_tasks, key=lambda one: _ORDER.index(one.kind)),
        kinds=KINDS,
        resolutions={kind: sorted(may) for kind, may in RESOLUTIONS.items()},
        resolved=RESOLVED,
        staff=staff,
        model=next((one for one in models if one.serving), None),
        damaged=any(one.damaged for one in models),
        **context,
    )


@router.post("/tasks/{task_id}")
def resolve(page: PageDep, task_id: UUID) -> Response:
    """Say what became of a task."""
    page.needs("POST", "/v1/tasks/{task_id}/resolve")
    said = {"resolution": page.form.one("resolution"), "note": page.form.one("note") or None}
    body = checked(ResolveIn, said)
    tasks.resolve(page.scope, task_id, body)
    return page.go("/console")
