"""Where there is no route: a page for a browser, a problem for everybody else."""

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from api.http.errors import on_http
from api.pages.accept import prefers_page
from api.pages.render import html
from api.web.areas import AREAS

_SAID = {
    404: (
        "There is no such page",
        "The address may be cut off or mistyped. Open the link that you were given once more.",
    ),
    405: (
        "That cannot be done at this address",
        "Nothing was changed. Go back, load the page again, and try once more.",
    ),
}


def install_pages_for_errors(app: FastAPI) -> None:
    """Answer browsers with a page where `app` has no such path, or not with that method."""
    app.add_exception_handler(HTTPException, _on_http)


def _on_http(request: Request, error: Exception) -> Response:
    answer = on_http(request, error)
    said = _SAID.get(answer.status_code)
    if said is None or not prefers_page(request.headers.get("accept", "")):
        return answer
    title, text = said
    way = _way_on(request.url.path)
    page = html("nothing_here.html", answer.status_code, title=title, text=text, way=way)
    if "allow" in answer.headers:
        page.headers["Allow"] = answer.headers["allow"]
    return page


def _way_on(path: str) -> str:
    """Where to begin again: the first page of the same area, or the front door."""
    areas = (one.path for one in AREAS if one.entrance and path.startswith(f"{one.path}/"))
    return next(areas, "/")
