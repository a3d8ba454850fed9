"""A client's record as staff may see it: found by reference, exported, erased."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from api.clients import service
from api.clients.export import export_client, pieces
from api.clients.schemas import ClientSummary, ConsentsIn
from api.db.tables.pairings import WAITING
from api.pairings.reading import show_pairing
from api.problems import Invalid
from api.tasks.service import tasks_of_client
from api.text import Reference
from api.waits.service import show_wait
from api.web.console.client_words import STATUS, WAIT_STATUS
from api.web.console.today import KINDS, RESOLVED
from api.web.forms import checked
from api.web.intake.sending import as_reference
from api.web.my.words import LIVE
from api.web.page import Page
from api.web.route import ConsoleRoute, PageDep

router = APIRouter(route_class=ConsoleRoute, prefix="/console/clients", include_in_schema=False)

_ONE = "/v1/clients/{client_id}"
# Each is read, and recorded as read, by itself.
_PAIRINGS = 20
_TASKS = 50


class _Sought(BaseModel):
    reference: Reference


class _Consents(BaseModel):
    matching: Literal["yes", "no", ""]
    learning: Literal["yes", "no", ""]

    def said(self) -> ConsentsIn:
        answers = {"yes": True, "no": False, "": None}
        return ConsentsIn(matching=answers[self.matching], learning=answers[self.learning])


@router.get("")
def before_search(page: PageDep) -> Response:
    """Where a reference is typed; nobody is listed."""
    page.needs("GET", "/v1/clients")
    return _search(page)


@router.post("")
def find(page: PageDep) -> Response:
    """The record of the client with that reference, which stands in no address."""
    page.needs("GET", "/v1/clients")
    typed = page.form.one("reference").strip()
    found = _of_reference(page, typed)
    if not found and (code := as_reference(typed)) is not None:
        found = _of_reference(page, code)
    if found is None:
        wrong = "Type the client’s reference: 1 to 64 visible characters, without spaces."
        return _search(page, 422, wrong)
    if not found:
        return _search(page, 404, _NOBODY)
    return page.go(f"/console/clients/{found[0].id}")


def _of_reference(page: Page, typed: str) -> list[ClientSummary] | None:
    """Who has this reference; None where it cannot be one."""
    try:
        reference = checked(_Sought, {"reference": typed}).reference
    except Invalid:
        return None
    return service.page_of_clients(page.scope, reference, 1, None).items


@router.get("/{client_id}")
def record(page: PageDep, client_id: UUID) -> Response:
    """What there is of one client, and what is due."""
    page.needs("GET", _ONE)
    client = service.show_client(page.scope, client_id)
    pairings = [show_pairing(page.scope, one.id) for one in client.pairings[:_PAIRINGS]]
    waits = [show_wait(page.scope, one.id) for one in client.waits if one.status in WAITING]
    tasks = tasks_of_client(page.scope, client_id, _TASKS)
    return page.show(
        "console/client.html",
        client=client,
        pairings=pairings,
        live=[one for one in pairings if one.status in LIVE],
        waits=waits,
        past_waits=[one for one in client.waits if one.status not in WAITING],
        open_tasks=[one for one in tasks if one.status == "open"],
        closed_tasks=[one for one in tasks if one.status != "open"],
        status=STATUS,
        wait_status=WAIT_STATUS,
        kinds=KINDS,
        resolved=RESOLVED,
    )


@router.post("/{client_id}/consents")
def change_consents(page: PageDep, client_id: UUID) -> Response:
    """Note what the client agrees to, or takes back."""
    page.needs("PUT", "/v1/clients/{client_id}/consents")
    answers = {name: page.form.one(name) for name in ("matching", "learning")}
    service.change_consents(page.scope, client_id, checked(_Consents, answers).said())
    return page.go(f"/console/clients/{client_id}")


@router.get("/{client_id}/export")
def export(page: PageDep, request: Request, client_id: UUID) -> Response:
    """Everything that is kept about the client, as a file."""
    page.needs("GET", "/v1/clients/{client_id}/export")
    directory = request.app.state.settings.spool_directory
    document, size = export_client(page.scope, client_id, directory)
    headers = {
        "Content-Length": str(size),
        "Content-Disposition": 'attachment; filename="client.json"',
    }
    return StreamingResponse(pieces(document), headers=headers, media_type="application/json")


@router.post("/{client_id}/delete")
def erase(page: PageDep, client_id: UUID) -> Response:
    """Erase the client, once it was said twice."""
    page.needs("DELETE", _ONE)
    if page.form.one("sure") != "yes":
        client = service.show_client(page.scope, client_id)
        return page.show("console/client_erase.html", client=client, erased=None)
    erased = service.erase(page.scope, client_id)
    return page.show("console/client_erase.html", client=None, erased=erased)


_NOBODY = (
    "The clinic has no client with this reference. Look for capital letters and hyphens; a client"
    " who was erased is found no more."
)


def _search(page: Page, code: int = 200, wrong: str = "") -> Response:
    typed = page.form.one("reference")
    return page.show("console/clients.html", code, typed=typed, wrong=wrong)
