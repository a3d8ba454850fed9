"""One training, in a process of its own: `python -m api.models.worker CLINIC MODEL ATTEMPT`.

No transaction stays open while it works.
"""

import sys
from collections.abc import Callable, Sequence
from datetime import timedelta

from api.auth.system import clinic_scope
from api.db.database import Database
from api.jobs.attempt import attempt, seen_to_its_end
from api.jobs.jobs import Claim
from api.jobs.pulse import Pulse
from api.models import outcomes
from api.models.jobs import TRAININGS, told
from api.store.models import current_model
from api.store.ratings import learnable_ratings
from api.store.rosters import current_roster
from api.store.vocabularies import read_vocabulary
from api.store.weightings import read_weighting
from matching.learning.train import Trained, train

# Called as `matching.learning.train.train` is.
Train = Callable[..., Trained]


def main(words: Sequence[str], training: Train = train) -> None:
    """Do the attempt that the words name."""
    attempt(words, lambda database, held, lease: work(database, held, lease, training))


def work(database: Database, held: Claim, lease: timedelta, training: Train) -> None:
    """Train, and store what came of it."""
    with (
        seen_to_its_end(database, TRAININGS, held),
        Pulse(database, TRAININGS, held, lease, told) as pulse,
    ):
        trained = _trained(database, held, pulse, training)
        pulse("storing", 1.0)
        outcomes.store(database, held, trained)


def _trained(database: Database, held: Claim, pulse: Pulse, training: Train) -> Trained:
    pulse("reading", 0.0)
    read_to = outcomes.begin_reading(database, held)
    with clinic_scope(database, held.clinic_id) as scope:
        ratings = learnable_ratings(scope, read_to)
    # Read after the ratings, so that everybody they are about is on the roster.
    with clinic_scope(database, held.clinic_id) as scope:
        roster = current_roster(scope).roster
        weighting, _version = read_weighting(scope, scope.clinic.weighting_id)
        vocabulary = read_vocabulary(scope)
        serving = current_model(scope)
        seed = outcomes.seed_of(scope, held)
    return training(
        ratings,
        roster,
        weighting,
        vocabulary,
        seed=seed,
        serving=serving.fit if serving else None,
        progress=pulse,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
