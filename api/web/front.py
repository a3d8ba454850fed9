"""`/`: what this is, and the way on, for whoever comes without a link of their own."""

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from api.pages.accept import prefers_page
from api.pages.render import html

router = APIRouter(include_in_schema=False)


@router.get("/")
def front(request: Request) -> Response:
    """The front door. It names no clinic: which there are is nobody's business."""
    if not prefers_page(request.headers.get("accept", "")):
        raise HTTPException(404)
    return html("front.html")
