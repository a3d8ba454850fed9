"""What clients wrote beside their ratings, for the clinic's named reader alone."""

from uuid import UUID

from fastapi import APIRouter, Response

from api.http.pages import decode_cursor
from api.pairings.ratings.comments import mark_read, page_of_comments
from api.pairings.ratings.schemas import CommentPage
from api.problems import NotTheReader
from api.web.page import Page
from api.web.route import ConsoleRoute, PageDep

router = APIRouter(route_class=ConsoleRoute, prefix="/console/comments", include_in_schema=False)

_MOST = 20
_CURSOR_CHARACTERS = 64


@router.get("")
def listed(page: PageDep) -> Response:
    """Comments that are not read yet, or all of them; to others, who reads them."""
    page.needs("GET", "/v1/comments")
    query = page.request.query_params
    everything = query.get("all") == "1"
    after = decode_cursor(query.get("cursor", "")[:_CURSOR_CHARACTERS] or None)
    try:
        found = page_of_comments(page.scope, _MOST, after, unread=not everything)
    except NotTheReader:
        return _show(page, None, everything=False)
    return _show(page, found, everything=everything)


@router.post("/{rating_id}/read")
def read(page: PageDep, rating_id: UUID) -> Response:
    """Note that a comment was read; whoever reads no comments is told who does."""
    page.needs("POST", "/v1/comments/{rating_id}/read")
    try:
        mark_read(page.scope, rating_id)
    except NotTheReader:
        return page.go("/console/comments")
    return page.go("/console/comments?all=1" if page.form.one("all") else "/console/comments")


def _show(page: Page, found: CommentPage | None, *, everything: bool) -> Response:
    return page.show(
        "console/comments.html",
        comments=found.items if found else [],
        more=found.next_cursor if found else None,
        reads=found is not None,
        everything=everything,
        may_set=page.may("PATCH", "/v1/settings"),
    )
