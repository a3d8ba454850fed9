"""Coming in and going out: a key or a private link becomes a session, and ends.

A link opens a page with one button: programs that look at links in a message before it is read do
not press it.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from api.auth.keys import MAX_KEY_LENGTH, create_session, end_session, hash_key
from api.db.database import Database
from api.pages.render import html
from api.web.areas import CONSOLE, INTAKE, MY, PRACTICE, Area
from api.web.forms import Form, read_form, refuse_other_sites
from api.web.page import drop_cookie, set_cookie
from api.web.route import PlainRoute

# A page that anybody might have open.
_ELSEWHERE = "https://www.wikipedia.org/"

router = APIRouter(route_class=PlainRoute, include_in_schema=False)


async def own_form(request: Request) -> Form:
    """What a form of who has no session yet sends: there is no token to ask for.

    Raises:
        Forbidden: another site's page had the browser send it, such as to sign somebody in as
            somebody else.
        Invalid: it cannot be read.
    """
    refuse_other_sites(request)
    return await read_form(request)


FormDep = Annotated[Form, Depends(own_form)]


@router.get("/console/sign-in")
def sign_in_page() -> Response:
    """Where a member of staff shows their key."""
    return html("console/sign_in.html", failed=False)


@router.post("/console/sign-in")
def sign_in(request: Request, form: FormDep) -> Response:
    """Begin a session of the console."""
    entered = _enter(request, CONSOLE, form.one("key"))
    return entered or html("console/sign_in.html", 401, failed=True)


@router.get("/my/link/{key}")
def client_link(key: str) -> Response:
    """Where a client's private link leads."""
    return html("link.html", path="/my/link", secret=key[:MAX_KEY_LENGTH], whose="client")


@router.get("/practice/link/{key}")
def therapist_link(key: str) -> Response:
    """Where a therapist's private link leads."""
    return html("link.html", path="/practice/link", secret=key[:MAX_KEY_LENGTH], whose="therapist")


@router.get("/my/link")
@router.get("/practice/link")
def over() -> Response:
    """For who has no session, or no longer."""
    return html("link_over.html", 401)


@router.get("/my/signed-out")
@router.get("/practice/signed-out")
def signed_out() -> Response:
    """For who has just signed out: nothing went wrong."""
    return html("signed_out.html")


@router.post("/my/link")
def enter_as_client(request: Request, form: FormDep) -> Response:
    """Begin a client's session."""
    return _enter(request, MY, form.one("key")) or html("link_over.html", 401)


@router.post("/practice/link")
def enter_as_therapist(request: Request, form: FormDep) -> Response:
    """Begin a therapist's session."""
    return _enter(request, PRACTICE, form.one("key")) or html("link_over.html", 401)


@router.get("/leave")
def leave_quickly() -> Response:
    """Away from here at once, signed out of everything a client has: nothing to go back to."""
    response = RedirectResponse(_ELSEWHERE, 303)
    for area in (MY, INTAKE):
        drop_cookie(response, area)
    return response


@router.post("/console/sign-out")
def leave_console(request: Request, _form: FormDep) -> Response:
    """End the session of the console."""
    return _leave(request, CONSOLE, "/console/sign-in")


@router.post("/practice/sign-out")
def leave_practice(request: Request, _form: FormDep) -> Response:
    """End a therapist's session."""
    return _leave(request, PRACTICE, "/practice/signed-out")


@router.post("/my/sign-out")
def leave_my(request: Request, _form: FormDep) -> Response:
    """End a client's session, and with it what opens the answers that they began to change."""
    response = _leave(request, MY, "/my/signed-out")
    drop_cookie(response, INTAKE)
    return response


def _enter(request: Request, area: Area, key: str) -> Response | None:
    """The area's first page with a session; None where the key opens none."""
    if not 0 < len(key) <= MAX_KEY_LENGTH:
        return None
    database: Database = request.app.state.database
    with database.writing() as connection:
        made = create_session(connection, hash_key(key), area.roles, area.lasting)
    if made is None:
        return None
    response = RedirectResponse(area.path, 303)
    set_cookie(response, request.app.state.settings, area, made[1])
    return response


def _leave(request: Request, area: Area, to: str) -> Response:
    secret = request.cookies.get(area.cookie, "")
    if 0 < len(secret) <= MAX_KEY_LENGTH:
        database: Database = request.app.state.database
        with database.writing() as connection:
            end_session(connection, hash_key(secret))
    response = RedirectResponse(to, 303)
    drop_cookie(response, area)
    return response
