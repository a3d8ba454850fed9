"""Trainings of a clinic: the service's own job, with ratings made up for the therapists it has."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np

from api.db.database import Database
from api.jobs.jobs import Claim
from api.models import jobs
from api.models.worker import Train, work
from matching.intake import Intake
from matching.learning.model import FitModel
from matching.learning.ratings import ITEMS, NOT_SAID, Ratings
from matching.learning.report import Decision
from matching.learning.train import Trained, train
from matching.roster import Roster
from matching.vocabulary import STYLE_AXES, Vocabulary
from matching.weighting import Weighting
from tests.factories.clinics import ClinicApi

LEASE = timedelta(seconds=30)
CLIENTS = 60


def database_of(clinic: ClinicApi) -> Database:
    database: Database = clinic.client.app.state.database  # type: ignore[attr-defined]
    return database


def ratings_that_prefer(reference: str, roster: Roster) -> Ratings:
    """One rating each by `CLIENTS` clients, who get on best with the therapist of `reference`."""
    draw = np.random.default_rng(5)
    therapist = np.arange(CLIENTS) % len(roster)
    best = roster.rows_of_reference(reference)
    fit = np.where(np.isin(therapist, best), 8.5, 5.0) + draw.normal(0, 0.5, CLIENTS)
    items = np.full((CLIENTS, len(ITEMS)), np.nan, np.float32)
    items[:, :4] = fit[:, None] + draw.normal(0, 0.2, (CLIENTS, 4))
    return Ratings(
        client=np.arange(CLIENTS, dtype=np.int32),
        therapist=therapist.astype(np.int32),
        case=np.zeros(CLIENTS, np.int32),
        session=np.full(CLIENTS, 3, np.int16),
        at=np.arange(20_000, 20_000 + CLIENTS, dtype=np.float64),
        items=items,
        style_seen=np.full((CLIENTS, len(STYLE_AXES)), NOT_SAID, np.int8),
        client_keys=[f"client {number}" for number in range(CLIENTS)],
        therapist_ids=list(roster.ids),
        intakes=[Intake()],
    )


def preferring(reference: str, **decision: str) -> Train:
    """A training on such ratings; the gate decides as said, or by itself."""

    def training(
        ratings: Ratings,  # noqa: ARG001 - the clinic's own, of which it has none
        roster: Roster,
        weighting: Weighting,
        vocabulary: Vocabulary,
        *,
        seed: int = 0,
        serving: FitModel | None = None,
        progress: Callable[[str, float], None] = lambda _stage, _share: None,
    ) -> Trained:
        trained = train(
            ratings_that_prefer(reference, roster),
            roster,
            weighting,
            vocabulary,
            seed=seed,
            serving=serving,
            progress=progress,
        )
        if not decision:
            return trained
        decided = replace(trained.report, decision=Decision(**decision))  # type: ignore[arg-type]
        return replace(trained, report=decided)

    return training


def refused(reference: str) -> Train:
    """A training whose model the gate refuses."""
    return preferring(reference, outcome="refuse", because="worse_than_content")


def ask(clinic: ClinicApi) -> dict[str, Any]:
    """Ask for a training, which must be taken."""
    response = clinic.post("/v1/models")
    assert response.status_code == 202, response.text
    asked: dict[str, Any] = response.json()
    return asked


def claimed(clinic: ClinicApi, lease: timedelta = LEASE) -> Claim:
    """The clinic's training, taken up."""
    held = jobs.TRAININGS.claim(database_of(clinic), clinic.clinic_id, lease)
    assert held is not None
    return held


def model_of(clinic: ClinicApi, model_id: Any) -> dict[str, Any]:
    """A model as it is answered."""
    shown: dict[str, Any] = clinic.get(f"/v1/models/{model_id}").json()
    return shown


def trained(clinic: ClinicApi, training: Train) -> dict[str, Any]:
    """A training from the request to its end, in this process; the model as it is answered."""
    model_id = ask(clinic)["id"]
    work(database_of(clinic), claimed(clinic), LEASE, training)
    return model_of(clinic, model_id)


def damage_artifacts(clinic: ClinicApi) -> None:
    """Cut short what was stored of every model, as a failing disk might."""
    with database_of(clinic).writing() as connection:
        connection.exec_driver_sql("UPDATE model_artifacts SET data = substr(data, 1, 100)")
