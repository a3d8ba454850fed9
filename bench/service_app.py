"""The service with two more routes beside it: what a request costs that does nothing."""

from fastapi import FastAPI, Response

from api.app import create_app
from api.ranking.schemas import MatchRequest
from api.settings import get_settings


def create() -> FastAPI:
    """The service, an empty POST route, and one that only validates the same body."""
    app = create_app(get_settings())

    @app.post("/bench/empty", status_code=201)
    def empty() -> Response:
        return Response(b"{}", 201, media_type="application/json")

    @app.post("/bench/validate", status_code=201)
    def validate(body: MatchRequest) -> Response:  # noqa: ARG001 - validating it is the work
        return Response(b"{}", 201, media_type="application/json")

    return app
