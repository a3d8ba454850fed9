"""The product itself: the order that `POST /v1/matches` answers, with a model and without."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from bench.dataset import Dataset, Floats, Scorer
from matching.availability import Availability, AvailabilityRules
from matching.engine import rank
from matching.intake import Intake
from matching.learning.learned import Learned
from matching.learning.train import Trained, train
from matching.roster import Roster
from matching.vocabulary import Vocabulary
from matching.weighting import Weighting

SHOWN = 3
_NOW = datetime(2026, 1, 1, tzinfo=UTC)


def content(dataset: Dataset) -> Scorer:
    """Stated preferences and needs only, by the default weighting."""
    return _scorer(dataset.roster, {})


def rapport(dataset: Dataset) -> Scorer:
    """A model trained on the past, at its place in the default weighting."""
    found = trained(dataset)
    model = found.model
    if model is None or found.report.decision.outcome == "refuse":
        return content(dataset)
    return _scorer(dataset.roster, {"learned": Learned.on(model, dataset.roster)})


def trained(dataset: Dataset) -> Trained:
    """What training finds in a dataset."""
    return train(
        dataset.ratings, dataset.roster, Weighting(), Vocabulary.shared(), seed=dataset.seed
    )


def _scorer(roster: Roster, learned: dict[str, Any]) -> Scorer:
    """Everybody is free; near ties are drawn as they are for a client. Best 0, then −1, −2."""
    free, weighting = Availability.compile(roster, []), Weighting()
    place = {id_: row for row, id_ in enumerate(roster.ids)}

    def score(unseen: Sequence[Intake]) -> Floats:
        scores = np.full((len(unseen), len(roster)), -np.inf)
        for number, intake in enumerate(unseen):
            ranking = rank(
                replace(intake, limit=SHOWN),
                roster,
                free,
                weighting,
                vocabulary=Vocabulary.shared(),
                rules=AvailabilityRules(),
                clinic_key=b"bench",
                now=_NOW,
                **learned,
            )
            for candidate in ranking.candidates:
                scores[number, place[candidate.therapist_id]] = 1 - candidate.rank
        return scores

    return score
