"""Trainings as jobs: `queued → training → ready | refused | failed`. The row is in `models`."""

from uuid import UUID

from api.audit.record import record
from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.db.tables import ModelRow
from api.db.tables.base import table_of
from api.ids import new_id
from api.jobs.jobs import Jobs, Values
from api.models import queries
from api.problems import Conflict
from api.store.clinics import hold_clinic

STAGE_CHARS = 64

TRAININGS = Jobs(
    table=table_of(ModelRow),
    at_work="training",
    name="training",
    subject="model",
    begun=lambda now: {"stage": "starting", "progress": 0.0, "started_at": now},
    unbegun={"stage": None, "progress": 0.0},
    ended=lambda _now: {"stage": None},
)


def ask(scope: ClinicScope, seed: int = 0) -> UUID:
    """Queue a training; returns its id.

    Raises:
        Conflict: one is under way; `model_id` names it.
    """
    hold_clinic(scope)
    present = TRAININGS.under_way(scope)
    if present is not None:
        raise Conflict(
            f"Training {present.id} is under way; wait for it to end.", model_id=str(present.id)
        )
    model_id = new_id()
    row = {
        "id": model_id,
        "status": "queued",
        "progress": 0.0,
        "seed": seed,
        "attempts": 0,
        "promotes": True,
        "requested_at": utc_now(),
        "requested_by": scope.key_id,
    }
    queries.insert_model(scope, row)
    record(scope, "model.requested", model_id)
    return model_id


def told(stage: str, share: float) -> Values:
    """How far a training is, as its row says it; `share` is 0..1."""
    return {"stage": stage[:STAGE_CHARS], "progress": min(max(share, 0.0), 1.0)}
