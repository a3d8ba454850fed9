"""Private links that staff hand out: made for a therapist or a client, shown once, and ended."""

from uuid import UUID

from fastapi import APIRouter, Response

from api.clients import service as clients
from api.clients.schemas import KeyIn
from api.pairings import own_keys
from api.pairings.schemas import TherapistKeyIn
from api.web.areas import MY, PRACTICE, Area
from api.web.forms import checked, whole
from api.web.page import Page
from api.web.route import ConsoleRoute, PageDep

router = APIRouter(route_class=ConsoleRoute, prefix="/console", include_in_schema=False)

_DAYS = "90"
_OF_THERAPIST = "/v1/therapists/{therapist_id}/keys"
_OF_CLIENT = "/v1/clients/{client_id}/keys"


@router.post("/therapists/{therapist_id}/links")
def make_for_therapist(page: PageDep, therapist_id: UUID) -> Response:
    """A link to the therapist's own pages, shown this once."""
    page.needs("POST", _OF_THERAPIST)
    days = checked(TherapistKeyIn, {"days": _days(page)}).days
    made = own_keys.make_key(page.scope, therapist_id, days)
    return _shown(page, PRACTICE, made.key, days, f"/console/therapists/{therapist_id}")


@router.post("/therapists/{therapist_id}/links/end")
def end_of_therapist(page: PageDep, therapist_id: UUID) -> Response:
    """End all of the therapist's links."""
    page.needs("POST", _OF_THERAPIST)
    own_keys.end_keys(page.scope, therapist_id)
    return page.go(f"/console/therapists/{therapist_id}")


@router.post("/clients/{client_id}/links")
def make_for_client(page: PageDep, client_id: UUID) -> Response:
    """A link to the client's own pages, shown this once."""
    page.needs("POST", _OF_CLIENT)
    days = checked(KeyIn, {"days": _days(page)}).days
    made = clients.make_key(page.scope, client_id, days)
    return _shown(page, MY, made.key, days, f"/console/clients/{client_id}")


@router.post("/clients/{client_id}/links/end")
def end_of_client(page: PageDep, client_id: UUID) -> Response:
    """End all of the client's links."""
    page.needs("DELETE", _OF_CLIENT)
    clients.end_keys(page.scope, client_id)
    return page.go(f"/console/clients/{client_id}")


def _days(page: Page) -> int | str:
    return whole(page.form.one("days") or _DAYS)


def _shown(page: Page, area: Area, key: str | None, days: int, back: str) -> Response:
    base = page.request.app.state.settings.public_url or str(page.request.base_url)
    link = f"{base.rstrip('/')}{area.path}/link/{key}"
    whose = "client" if area is MY else "therapist"
    return page.show("console/link_made.html", link=link, days=days, whose=whose, back=back)
