"""`/assets`: what pages load. It is the same for everybody, so no key is needed."""

from importlib.resources import files

from fastapi import APIRouter, Response

router = APIRouter(prefix="/assets", tags=["pages"])

_STYLESHEET = files("api.pages").joinpath("assets/rapport.css").read_bytes()


@router.get("/rapport.css", response_class=Response)
def stylesheet() -> Response:
    """The stylesheet of every page."""
    return Response(_STYLESHEET, media_type="text/css")
