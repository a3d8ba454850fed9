"""One training, in a process of its own: `python -m api.models.worker CLINIC MODEL ATTEMPT`.

What serves is never held up by it: no transaction stays open while it works, and no interpreter is
shared. Its settings come from the environment, so that no secret stands in a list of processes.
"""

import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from api.auth.system import clinic_scope
from api.db.database import Database
from api.http.logs import configure_logging
from api.models import jobs, outcomes
from api.models.jobs import Claim, LostClaimError
from api.models.pulse import Pulse
from api.settings import get_settings
from api.store.models import current_model
from api.store.ratings import learnable_ratings
from api.store.rosters import current_roster
from api.store.vocabularies import read_vocabulary
from api.store.weightings import read_weighting
from matching.learning.train import Trained, train

logger = logging.getLogger("rapport.models")

# Who asks for a match goes first.
NICENESS = 10

# Called as `matching.learning.train.train` is.
Train = Callable[..., Trained]


def main(words: Sequence[str], training: Train = train) -> None:
    """Do the attempt that the words name."""
    # Ctrl-C goes to every process of a terminal; whoever started this one decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    settings = get_settings()
    configure_logging(settings.log_level)
    held = Claim(UUID(words[0]), UUID(words[1]), int(words[2]))
    database = Database(settings.database_url)
    try:
        work(database, held, timedelta(seconds=settings.training_lease_seconds), training)
    finally:
        database.dispose()


def work(database: Database, held: Claim, lease: timedelta, training: Train) -> None:
    """Train, and store what came of it; a fault of the training itself ends the job as failed.

    A database that does not answer is no fault of the training: the error goes on, the process
    ends, and the training is taken up again.
    """
    try:
        with Pulse(database, held, lease) as pulse:
            trained = _trained(database, held, pulse, training)
            pulse("storing", 1.0)
            outcomes.store(database, held, trained)
    except LostClaimError:
        _log(held, "training was taken up by another process")
    except SQLAlchemyError:
        raise
    except Exception as error:
        _log(held, "training failed", error)
        jobs.fail(database, held, "memory" if isinstance(error, MemoryError) else "error")


def _trained(database: Database, held: Claim, pulse: Pulse, training: Train) -> Trained:
    pulse("reading", 0.0)
    with clinic_scope(database, held.clinic_id) as scope:
        ratings = learnable_ratings(scope)
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


def _log(held: Claim, event: str, error: Exception | None = None) -> None:
    ids = {"clinic_id": str(held.clinic_id), "model_id": str(held.model_id)}
    logger.error(event, exc_info=error, extra=ids)


if __name__ == "__main__":
    main(sys.argv[1:])
