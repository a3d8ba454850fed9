"""Train now and wait for the end, as the command line does: the same job, the same process."""

import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from uuid import UUID

import click

from api.auth.system import clinic_scope
from api.clock import utc_now
from api.db.database import Database
from api.jobs.child import Child
from api.jobs.jobs import Claim, is_waiting
from api.models import jobs, service
from api.models.jobs import TRAININGS
from api.models.runner import WORKER
from api.models.schemas import ModelOut
from api.settings import Settings

# Called with a stage and the share done, 0..1.
Progress = Callable[[str, float], None]

# Of a model, what the command line says in its last line.
SUMMARY = {"id", "status", "serving", "decision", "metrics"}

FAILURES: Mapping[str, str] = {
    "error": "the training met a fault; the log has its kind and place",
    "memory": "the training needs more memory than there is",
    "took_too_long": "the training took longer than RAPPORT_TRAINING_SECONDS",
    "broken_off": "the training's process ended again and again before its work; see the log",
    "stopped": "the training was stopped",
}

_LOOK_SECONDS = 0.5


def train_now(
    database: Database, settings: Settings, clinic_id: UUID, seed: int, tell: Progress
) -> ModelOut:
    """Train on the clinic's ratings; returns when the training has ended, however it did.

    A training that was asked for before and that nobody works on is taken up.

    Raises:
        NotFound: there is no such clinic.
        Conflict: one of the clinic's is being trained already.
    """
    model_id = _asked(database, clinic_id, seed)
    lease = timedelta(seconds=settings.training_lease_seconds)
    while (model := _look(database, clinic_id, model_id, tell)).status in {"queued", "training"}:
        held = TRAININGS.claim(database, clinic_id, lease)
        if held is None:
            time.sleep(_LOOK_SECONDS)
        else:
            _see_through(database, settings, held, tell)
    return model


def tell_stages() -> Progress:
    """Says each stage on stderr as it begins."""
    begun: list[str] = []

    def tell(stage: str, _share: float) -> None:
        if stage not in begun[-1:]:
            begun.append(stage)
            click.echo(f"{stage}…", err=True)

    return tell


def _asked(database: Database, clinic_id: UUID, seed: int) -> UUID:
    with clinic_scope(database, clinic_id) as scope:
        present = TRAININGS.under_way(scope)
        if present is not None and is_waiting(present, utc_now()):
            waiting: UUID = present.id
            return waiting
        return jobs.ask(scope, seed)


def _see_through(database: Database, settings: Settings, held: Claim, tell: Progress) -> None:
    child = Child(database, TRAININGS, held, settings, WORKER)
    try:
        while not child.has_ended(_LOOK_SECONDS):
            _look(database, held.clinic_id, held.job_id, tell)
    except BaseException:
        child.stop()
        TRAININGS.fail(database, held, "stopped")
        raise


def _look(database: Database, clinic_id: UUID, model_id: UUID, tell: Progress) -> ModelOut:
    with clinic_scope(database, clinic_id) as scope:
        model = service.model(scope, model_id)
    if model.stage is not None:
        tell(model.stage, model.progress)
    return model
