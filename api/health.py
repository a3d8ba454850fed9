"""`/healthz`: the process answers. `/readyz`: its database does too. `/metrics`: how it does."""

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from api.db.database import Database
from api.db.migrate import current_revision, newest_revision
from api.http.measures import exposition
from api.problems import Unavailable

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """All is well."""

    status: str


@router.get("/healthz")
async def healthz() -> Health:
    """The process is alive; said without a thread, so that it holds when all are at work."""
    return Health(status="ok")


@router.get("/readyz")
def readyz(request: Request) -> Health:
    """The database answers and is migrated; send traffic."""
    database: Database = request.app.state.database
    # A database that does not answer is an OperationalError, and so a 503.
    if current_revision(database.engine) != newest_revision():
        raise Unavailable("The database is at another release's migration: run rapport migrate.")
    return Health(status="ready")


@router.get("/metrics", response_class=Response)
def metrics() -> Response:
    """Requests by route and status, their durations, and what failed in the background."""
    return Response(exposition(), media_type=CONTENT_TYPE_LATEST)
