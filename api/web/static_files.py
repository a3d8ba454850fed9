"""`/static`: the stylesheet, the script and the picture that pages load."""

from fastapi import APIRouter, Response

from api.problems import NotFound
from api.web.render import ASSETS, asset

router = APIRouter(include_in_schema=False)


@router.get("/static/{name}")
def static_file(name: str) -> Response:
    """One of the few files; its address changes with its content, so it may be kept."""
    if name not in ASSETS:
        raise NotFound("There is no such file.")
    kept = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(asset(name), media_type=ASSETS[name], headers=kept)
