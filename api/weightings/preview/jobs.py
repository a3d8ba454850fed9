"""Previews as jobs: `queued → running → done | failed | cancelled`."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update

from api.audit.record import record
from api.auth.scope import ClinicScope
from api.auth.system import clinic_scope
from api.clock import utc_now
from api.db.database import Database
from api.db.tables import Preview
from api.db.tables.base import table_of
from api.ids import new_id
from api.jobs.jobs import Claim, Jobs, LostClaimError, Values
from api.problems import Conflict
from api.store.clinics import hold_clinic

_previews = table_of(Preview)

PREVIEWS = Jobs(
    table=_previews,
    at_work="running",
    name="preview",
    subject="preview",
    begun=lambda _now: {"done": 0},
    unbegun={"done": 0},
    ended=lambda now: {"ended_at": now},
)


def ask(scope: ClinicScope, weighting_id: UUID, asked: Mapping[str, Any], total: int) -> UUID:
    """Queue a preview of so many matches; returns its id.

    Raises:
        Conflict: one is under way; `preview_id` and `weighting_id` name it.
    """
    hold_clinic(scope)
    present = PREVIEWS.under_way(scope)
    if present is not None:
        raise Conflict(
            f"Preview {present.id} is under way; wait for it to end, or cancel it.",
            preview_id=str(present.id),
            weighting_id=str(present.weighting_id),
        )
    preview_id = new_id()
    row = {
        "clinic_id": scope.clinic_id,
        "id": preview_id,
        "weighting_id": weighting_id,
        "status": "queued",
        "asked": dict(asked),
        "done": 0,
        "total": total,
        "attempts": 0,
        "requested_at": utc_now(),
        "requested_by": scope.key_id,
    }
    scope.connection.execute(insert(_previews), row)
    record(scope, "preview.requested", preview_id, {"matches": total})
    return preview_id


def by_id(scope: ClinicScope, weighting_id: UUID, preview_id: UUID) -> Row[Any] | None:
    """The clinic's preview of that weighting."""
    query = select(_previews).where(
        _previews.c.clinic_id == scope.clinic_id,
        _previews.c.weighting_id == weighting_id,
        _previews.c.id == preview_id,
    )
    return scope.connection.execute(query).one_or_none()


def cancel(scope: ClinicScope, preview_id: UUID) -> None:
    """End a preview that is under way; whoever works on it sees so and stops."""
    scope.connection.execute(
        update(_previews)
        .where(_previews.c.clinic_id == scope.clinic_id, _previews.c.id == preview_id)
        .values(status="cancelled", ended_at=utc_now(), lease_until=None)
    )
    record(scope, "preview.cancelled", preview_id)


def store(database: Database, held: Claim, result: Mapping[str, Any], matches: int) -> None:
    """End a preview with what came of it.

    Raises:
        LostClaimError: somebody else has taken it up, or it was cancelled.
    """
    with clinic_scope(database, held.clinic_id) as scope:
        hold_clinic(scope)
        ended = {"status": "done", "done": matches, "result": dict(result)}
        ended |= {"ended_at": utc_now(), "lease_until": None}
        if PREVIEWS.change_attempt(scope, held, ended) is None:
            raise LostClaimError
        record(scope, "preview.done", held.job_id, {"matches": matches})


def told(done: int) -> Values:
    """How far a preview is, as its row says it."""
    return {"done": done}
