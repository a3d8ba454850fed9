"""What came of a training: its report, its artifact, and whether it is put to use."""

import json
from typing import Any

from api.audit.record import record
from api.auth.scope import ClinicScope
from api.auth.system import clinic_scope
from api.clock import utc_now
from api.db.database import Database
from api.jobs.jobs import Claim, LostClaimError
from api.models import queries
from api.models.jobs import TRAININGS
from api.store.clinics import hold_clinic
from api.store.fit_ratings import last_arrival
from matching.learning.artifact import digest, pack
from matching.learning.train import Trained

REFUSE = "refuse"


def seed_of(scope: ClinicScope, held: Claim) -> int:
    """The seed that the training was asked for with.

    Raises:
        LostClaimError: there is no such training any more.
    """
    row = queries.by_id(scope, held.job_id)
    if row is None:
        raise LostClaimError
    seed: int = row.seed
    return seed


def begin_reading(database: Database, held: Claim) -> int:
    """Note the last rating that a training will read, by its number of arrival; 0 for none.

    Before it reads: whatever goes from then on goes from what the training tells.

    Raises:
        LostClaimError: somebody else has taken the training up.
    """
    with clinic_scope(database, held.clinic_id) as scope:
        hold_clinic(scope)
        last = last_arrival(scope)
        if TRAININGS.change_attempt(scope, held, {"read_to": last or None}) is None:
            raise LostClaimError
    return last


def store(database: Database, held: Claim, trained: Trained) -> None:
    """End a training; a model that passed the gate serves from the next request on.

    Unless an administrator promoted another or switched off while it was trained: the last act of
    a person counts.

    Raises:
        LostClaimError: somebody else has taken the training up.
        ValueError: the report holds what JSON has no word for.
    """
    report = trained.report.document()
    # A figure that is no number could neither be stored nor answered.
    json.dumps(report, allow_nan=False)
    decision = report["decision"]
    data = None if trained.model is None else pack(trained.model)
    passed = data is not None and decision["outcome"] != REFUSE
    with clinic_scope(database, held.clinic_id) as scope:
        hold_clinic(scope)
        row = TRAININGS.change_attempt(scope, held, _ended(report, data, passed=passed))
        if row is None:
            raise LostClaimError
        if data is not None:
            queries.insert_artifact(scope, held.job_id, data)
        record(scope, "model.trained", held.job_id, decision)
        if passed and row.promotes:
            queries.set_serving(scope, held.job_id)
            record(scope, "model.promoted", held.job_id, {"by": "gate"})


def _ended(report: dict[str, Any], data: bytes | None, *, passed: bool) -> dict[str, Any]:
    return {
        "status": "ready" if passed else "refused",
        "stage": None,
        "progress": 1.0,
        "lease_until": None,
        "trained_at": utc_now(),
        "report": report,
        "sha256": None if data is None else digest(data),
        "size": None if data is None else len(data),
    }
