"""A page's way from request to answer: cookie, form, scope, work, commit, then the page.

Whatever is refused is a page too, and says nothing about anybody.
"""

import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import wraps
from typing import Annotated, Any, ClassVar

from fastapi import Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from api.auth.keys import MAX_KEY_LENGTH, hash_key
from api.auth.scope import Caller
from api.http.middleware import BodyTooLargeError
from api.pages.render import html
from api.problems import (
    Conflict,
    FieldProblem,
    Invalid,
    NotFound,
    Problem,
    TooLarge,
    Unauthenticated,
)
from api.web.areas import CONSOLE, MY, PRACTICE, Area
from api.web.forms import EMPTY, Form, read_form, refuse_foreign
from api.web.page import Page

logger = logging.getLogger("rapport.errors")

_SAFE = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Visit:
    """A request with a cookie, before it is known whose; its form is read and is our own."""

    request: Request
    area: Area
    secret: str
    form: Form

    @property
    def caller(self) -> Caller:
        """The session as a key presented."""
        return Caller(hash_key(self.secret), self.request.app.state.database, self.request)

    def open(self) -> Page:
        """The visitor's clinic and role, as everything stands now.

        Raises:
            Unauthenticated: the session is over, or of another area.
        """
        scope = self.caller.open()
        if scope.role not in self.area.roles:
            scope.unit.close()
            raise Unauthenticated
        return Page(self.request, self.area, scope, self.secret, self.form)


async def visit(request: Request) -> Visit:
    """The visitor of a page that needs a session.

    Raises:
        Unauthenticated: there is no cookie.
        Forbidden: a form did not come from our page.
    """
    area = area_of(request)
    secret = request.cookies.get(area.cookie, "")
    if not 0 < len(secret) <= MAX_KEY_LENGTH:
        raise Unauthenticated
    form = EMPTY
    if request.method not in _SAFE:
        # Nothing is read of who is nobody here: a form may be a large file.
        await run_in_threadpool(_look_up, Visit(request, area, secret, EMPTY))
        form = await read_form(request)
        refuse_foreign(request, form, secret)
    return Visit(request, area, secret, form)


def _look_up(somebody: Visit) -> None:
    somebody.open().scope.unit.close()


# The route opens the page for the visit in the thread that does the work.
PageDep = Annotated[Page, Depends(visit)]


class PlainRoute(APIRoute):
    """A route whose refusals are pages too; nobody has to be known to it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, whose refusals are pages."""
        handle = super().get_route_handler()

        async def handle_visit(request: Request) -> Response:
            try:
                return await handle(request)
            except Unauthenticated:
                return self.turn_away()
            except Exception as error:
                return self.page_for(request, error)
            finally:
                # Files that came with the form.
                await request.close()

        return handle_visit

    def turn_away(self) -> Response:
        """What who has no session gets."""
        return refusal(NotFound("There is no such page."))

    def page_for(self, request: Request, error: Exception) -> Response:
        """What went wrong, as a page."""
        return _page_for(request, error)


class PageRoute(PlainRoute):
    """A route that answers a page; a subclass names its area."""

    area: ClassVar[Area]

    def __init__(self, path: str, endpoint: Callable[..., Any], **more: Any) -> None:
        more["response_model"] = None
        super().__init__(path, _in_page(endpoint), **more)

    def turn_away(self) -> Response:
        """The way to the area's entrance."""
        return RedirectResponse(self.area.entrance or self.area.path, 303)


class ConsoleRoute(PageRoute):
    """A page of the clinic's console."""

    area = CONSOLE


class MyRoute(PageRoute):
    """A page of one client's own."""

    area = MY

    def page_for(self, request: Request, error: Exception) -> Response:
        """As elsewhere; but what clashes is said in a client's words, not in those of the API."""
        if isinstance(error, Conflict):
            return html("not_now.html", error.status, way=self.area.path)
        return super().page_for(request, error)


class PracticeRoute(PageRoute):
    """A page of one therapist's own."""

    area = PRACTICE


def area_of(request: Request) -> Area:
    """The area of the page that was asked for."""
    route: PageRoute = request.scope["route"]
    return route.area


def refusal(problem: Problem) -> Response:
    """A problem as a page: what is wrong and what to do, and nothing of what was sent."""
    invalid = isinstance(problem, Invalid)
    return html(
        "sorry.html",
        problem.status,
        title=_TITLES.get(problem.status, problem.title),
        text="Go back, put this right, and send it again." if invalid else problem.detail,
        faults=problem.members["errors"] if invalid else (),
    )


def _page_for(request: Request, error: Exception) -> Response:
    problem = _problem_of(error)
    if problem is not None:
        return refusal(problem)
    if isinstance(error, OperationalError | PoolTimeoutError):
        _log(request, "database", error)
        return html("sorry.html", 503, title="One moment", text=_BUSY, faults=())
    _log(request, "unexpected", error)
    return html("sorry.html", 500, title="Something went wrong", text=_BROKEN, faults=())


def _problem_of(error: Exception) -> Problem | None:
    """What is wrong with the request; None where the fault is ours."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, BodyTooLargeError) or isinstance(error.__cause__, BodyTooLargeError):
        return TooLarge("Nothing was changed. Go back and send less at once.")
    if isinstance(error, HTTPException) and error.status_code == 400:
        return Invalid([FieldProblem("form", "cannot be read")])
    if isinstance(error, RequestValidationError | HTTPException | ClientDisconnect):
        return NotFound("There is no such page.")
    return None


_TITLES = {
    403: "That is not open to you",
    404: "There is nothing here",
    409: "That is not possible as things stand",
    410: "This was deleted",
    412: "Somebody else changed this meanwhile",
    413: "That is too large",
    422: "Something is missing or not right",
    503: "One moment, please",
}
_BUSY = "The service is busy. Nothing was lost. Try again in a moment."
_BROKEN = "Nothing was changed. Go back and try once more; if it happens again, tell the clinic."


def _in_page(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """The page's function, with its page opened, committed once it has answered, and closed."""

    @wraps(endpoint)
    def run(page: Visit, **given: Any) -> Any:
        opened = page.open()
        try:
            answer = endpoint(page=opened, **given)
            opened.scope.unit.commit()
        finally:
            opened.scope.unit.close()
        return answer

    return run


def _log(request: Request, event: str, error: Exception) -> None:
    request_id = str(request.state.request_id)
    logger.error(event, exc_info=error, extra={"request_id": request_id})
