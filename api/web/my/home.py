"""A client's home, their private link, and what they agreed to."""

from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from api.audit.record import record
from api.auth.keys import MAX_KEY_LENGTH, create_narrow_key
from api.auth.roles import Role
from api.clients import service as clients
from api.clients.export import export_client, pieces
from api.clients.schemas import ConsentsIn
from api.pairings.reading import show_pairing
from api.problems import NotFound
from api.store.tasks import is_open
from api.waits import service as waits
from api.web.areas import MY, Area
from api.web.my.words import LIVE, SOUGHT, STATUS
from api.web.page import Page, drop_cookie, set_cookie
from api.web.route import MyRoute, PageDep

router = APIRouter(route_class=MyRoute, prefix="/my", include_in_schema=False)

_LINK_DAYS = 90
_MADE = "/my/link-to-keep/made"
# Going back to an answer to a form is an error in a browser, and a link stands in no address: so a
# new link waits in a cookie for the page that shows it.
_SHOWN_ONCE = Area(_MADE, "rapport_link", frozenset(), timedelta(minutes=1), None)


@router.get("")
def home(page: PageDep) -> Response:
    """Where things stand, and what the client can do now."""
    client = clients.show_client(page.scope, client_id_of(page))
    pairings = [show_pairing(page.scope, one.id) for one in client.pairings[:20]]
    waiting = [one for one in client.waits if one.status in {"waiting", "offered"}]
    return page.show(
        "my/home.html",
        client=client,
        status=STATUS,
        current=[one for one in pairings if one.status in LIVE],
        earlier=[one for one in pairings if one.status not in LIVE],
        sought=any(one.status in SOUGHT for one in pairings),
        waiting=[waits.show_wait(page.scope, one.id) for one in waiting[:3]],
        match=client.matches[0] if client.matches else None,
        at_risk=is_open(page.scope, "at_risk", client.id),
        linked=clients.can_come_back(page.scope, client.id, MY.lasting),
    )


@router.get("/link-to-keep")
def before_link(page: PageDep) -> Response:
    """What a private link is, before one is made."""
    return page.show("my/keep.html")


@router.post("/link-to-keep")
def make_link(page: PageDep) -> Response:
    """Make a private link to come back with, and go to where it is shown."""
    client_id = client_id_of(page)
    page.scope.unit.begin_write()
    key_id, key, _ = create_narrow_key(
        page.scope.connection,
        page.scope.clinic_id,
        Role.CLIENT,
        client_id,
        timedelta(days=_LINK_DAYS),
    )
    record(page.scope, "client.key_created", client_id, {"key_id": str(key_id), "days": _LINK_DAYS})
    response = page.go(_MADE)
    settings = page.request.app.state.settings
    set_cookie(response, settings, _SHOWN_ONCE, key)
    return response


@router.get("/link-to-keep/made")
def made_link(page: PageDep) -> Response:
    """The link that was just made, shown this once: the browser holds it no longer than that."""
    key = page.request.cookies.get(_SHOWN_ONCE.cookie, "")[:MAX_KEY_LENGTH]
    base = page.request.app.state.settings.public_url or str(page.request.base_url).rstrip("/")
    link = f"{base}/my/link/{key}" if key else None
    response = page.show("my/link_made.html", link=link, days=_LINK_DAYS)
    drop_cookie(response, _SHOWN_ONCE)
    return response


@router.get("/data")
def data(page: PageDep) -> Response:
    """What is kept, and what the client agreed to."""
    client = clients.show_client(page.scope, client_id_of(page))
    return page.show("my/data.html", client=client, sure=False)


@router.post("/data/consents")
def change_consents(page: PageDep) -> Response:
    """Give a consent or take it back."""
    said = ConsentsIn(
        matching=bool(page.form.one("matching")), learning=bool(page.form.one("learning"))
    )
    clients.change_consents(page.scope, client_id_of(page), said)
    return page.go("/my/data")


@router.get("/data/export")
def export(page: PageDep, request: Request) -> Response:
    """Everything that is kept about the client, as a file."""
    directory = request.app.state.settings.spool_directory
    document, size = export_client(page.scope, client_id_of(page), directory)
    headers = {
        "Content-Length": str(size),
        "Content-Disposition": 'attachment; filename="my-data.json"',
    }
    return StreamingResponse(pieces(document), headers=headers, media_type="application/json")


@router.post("/data/delete")
def delete(page: PageDep) -> Response:
    """Delete everything, once the client said so twice."""
    client_id = client_id_of(page)
    if not page.form.one("sure"):
        client = clients.show_client(page.scope, client_id)
        return page.show("my/data.html", client=client, sure=True)
    goodbye = page.show("my/deleted.html")
    clients.erase(page.scope, client_id)
    drop_cookie(goodbye, MY)
    return goodbye


def client_id_of(page: Page) -> UUID:
    """Whose pages these are."""
    if page.scope.subject_id is None:
        raise NotFound("There is no such page.")
    return page.scope.subject_id
