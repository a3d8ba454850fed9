"""`/static`: the stylesheet, the script and the picture that pages load."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.pages.render import ASSETS, asset
from api.problems import NotFound

router = APIRouter(tags=["pages"])


@router.get("/static/{name}", response_class=Response)
def static_file(name: Annotated[str, Path(pattern="^[a-z.]{1,40}$")]) -> Response:
    """One of the few files; its address changes with its content, so it may be kept."""
    if name not in ASSETS:
        raise NotFound("There is no such file.")
    kept = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(asset(name), media_type=ASSETS[name], headers=kept)
