"""The one place where the service is put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

from api import health
from api.clinics import routes as clinics
from api.db.database import Database
from api.http.errors import install_error_handlers
from api.http.logs import configure_logging
from api.http.middleware import BodyLimit, RequestContext
from api.match import routes as matches
from api.models import routes as models
from api.models.runner import Runner
from api.ratings import routes as ratings
from api.roster import imports
from api.roster import routes as therapists
from api.settings import Settings, get_settings
from api.weightings import routes as weightings

FEATURES = (health, matches, therapists, imports, ratings, clinics, weightings, models)
# These read their body in pieces, with a limit of their own.
STREAMED = frozenset({"/v1/imports/therapists", "/v1/imports/ratings"})


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service, with its routes, its database and its answers to errors."""
    settings = settings or get_settings()
    app = FastAPI(
        title="Rapport",
        version=version("rapport"),
        summary="Client preferences and past fit ratings in; ranked, explained therapists out.",
        # The interactive pages load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.settings = settings
    app.state.database = Database(settings.database_url, settings.roster_cache_therapists)
    install_error_handlers(app)
    for feature in FEATURES:
        app.include_router(feature.router)
    app.add_middleware(BodyLimit, max_bytes=settings.max_body_bytes, exempt=STREAMED)
    app.add_middleware(RequestContext)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    trainings = Runner(app.state.database, settings) if settings.runs_training else None
    if trainings is not None:
        trainings.start()
    yield
    if trainings is not None:
        await run_in_threadpool(trainings.stop)
    app.state.database.dispose()


def serve_app() -> FastAPI:
    """The service as a server's worker makes it."""
    settings = get_settings()
    configure_logging(settings.log_level)
    return create_app(settings)
