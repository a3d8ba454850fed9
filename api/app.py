"""The one place where the service is put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

from api import health
from api.alternatives import routes as alternatives
from api.audit_trail import routes as audit_trail
from api.audit_trail.duty import SealingDuty
from api.clients import routes as clients
from api.clients.retention import RetentionDuty
from api.clinics import routes as clinics
from api.db.database import Database
from api.db.scrubbing import ScrubDuty
from api.events import routes as webhooks
from api.events.sender import Sender
from api.exposure.duty import ExposureDuty
from api.exposure.retention import ShortfallDuty
from api.http.errors import install_error_handlers
from api.http.heavy import Turns
from api.http.logs import configure_logging
from api.http.middleware import BodyLimit, RequestContext
from api.insights import routes as insights
from api.jobs.runner import Runner
from api.match import routes as matches
from api.models import routes as models
from api.models.runner import trainings
from api.pages import static_files
from api.pairings import keys as therapist_keys
from api.pairings import routes as pairings
from api.pairings.deadlines import expire_passed
from api.pairings.ratings import routes as session_ratings
from api.ratings import routes as ratings
from api.roster import imports
from api.roster import routes as therapists
from api.roster.availability import routes as availability
from api.roster.availability.duty import ConfirmationDuty
from api.settings import Settings, get_settings
from api.steward import Duty, Steward
from api.tasks import routes as tasks
from api.waits import routes as waits
from api.waits.duty import see_to_waits
from api.web import entrance, front
from api.web.console import audit as console_audit
from api.web.console import clients as console_clients
from api.web.console import comments as console_comments
from api.web.console import deciding, today
from api.web.console import keys as console_keys
from api.web.console import links as console_links
from api.web.console import matches as console_matches
from api.web.console import models as console_models
from api.web.console import settings as console_settings
from api.web.console import therapists as console_therapists
from api.web.console import vocabulary as console_vocabulary
from api.web.console import waiting as console_waiting
from api.web.console import webhooks as console_webhooks
from api.web.console.insights import pages as console_insights
from api.web.console.weighting import live as console_live_weighting
from api.web.console.weighting import one as console_weighting
from api.web.console.weighting import overview as console_weightings
from api.web.intake import routes as intake_pages
from api.web.intake.drafts import DraftDuty
from api.web.my import choosing, home, sessions, sharing
from api.web.practice import pages as practice
from api.web.refusals import install_pages_for_errors
from api.weightings import routes as weightings
from api.weightings.preview import routes as previews
from api.weightings.preview.retention import PreviewDuty
from api.weightings.preview.runner import previews as preview_runner
from api.weightings.sensitivity import routes as sensitivity
from api.weightings.suggested import routes as suggestion

FEATURES = (
    health,
    static_files,
    matches,
    pairings,
    session_ratings,
    alternatives,
    waits,
    clients,
    therapists,
    availability,
    therapist_keys,
    imports,
    ratings,
    clinics,
    # Their fixed paths before the id that could stand in the same place.
    suggestion,
    sensitivity,
    weightings,
    previews,
    models,
    tasks,
    audit_trail,
    insights,
    webhooks,
)
# Pages, above all else.
PAGES = (
    front,
    entrance,
    intake_pages,
    home,
    choosing,
    sessions,
    sharing,
    practice,
    today,
    console_clients,
    console_waiting,
    console_comments,
    console_therapists,
    console_links,
    console_matches,
    deciding,
    # The form's fixed path before the id that could stand in the same place.
    console_weightings,
    console_live_weighting,
    console_weighting,
    console_insights,
    console_models,
    console_vocabulary,
    console_webhooks,
    console_audit,
    console_keys,
    console_settings,
)
# What has to happen without a request, done by each serving worker in this order.
DUTIES: tuple[Duty, ...] = (expire_passed, see_to_waits)
# These read their body in pieces, with a limit of their own.
UPLOAD = "/console/therapists/import"
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
    attach(app, settings)
    install_error_handlers(app)
    install_pages_for_errors(app)
    for feature in (*FEATURES, *PAGES):
        app.include_router(feature.router)
    own = {**dict.fromkeys(STREAMED), UPLOAD: settings.max_import_bytes}
    app.add_middleware(BodyLimit, max_bytes=settings.max_body_bytes, own=own)
    app.add_middleware(RequestContext)
    return app


def attach(app: FastAPI, settings: Settings) -> None:
    """Give the service what differs from one to another: its settings, its database, its turns.

    How large a body may be is fixed when it is made.
    """
    app.state.settings = settings
    app.state.turns = Turns()
    app.state.database = Database(settings.database_url, settings.roster_cache_therapists)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    threads = _background(app)
    for thread in threads:
        thread.start()
    yield
    for thread in reversed(threads):
        await run_in_threadpool(thread.stop)
    app.state.database.dispose()


def _background(app: FastAPI) -> list[Runner | Steward | Sender]:
    """What works beside the requests, as far as the operator wants it here."""
    settings: Settings = app.state.settings
    database: Database = app.state.database
    threads: list[Runner | Steward | Sender] = []
    if settings.runs_training:
        threads += [trainings(database, settings), preview_runner(database, settings)]
    if settings.runs_duties:
        now_and_then = (
            ConfirmationDuty(),
            RetentionDuty(),
            ExposureDuty(),
            ShortfallDuty(),
            PreviewDuty(),
            ScrubDuty(),
            SealingDuty(),
            DraftDuty(),
        )
        threads.append(Steward(database, (*DUTIES, *now_and_then)))
    if settings.runs_webhooks:
        threads.append(Sender(database, settings))
    return threads


def serve_app() -> FastAPI:
    """The service as a server's worker makes it."""
    settings = get_settings()
    configure_logging(settings.log_level)
    return create_app(settings)
