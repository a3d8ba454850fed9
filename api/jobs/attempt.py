"""One attempt at a job, in a process of its own: `python -m MODULE CLINIC JOB ATTEMPT`.

What serves is never held up by it: no interpreter is shared. Its settings come from the
environment, so that no secret stands in a list of processes.
"""

import logging
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from api.db.database import Database
from api.http.logs import configure_logging
from api.jobs.jobs import Claim, Jobs, LostClaimError
from api.settings import get_settings

logger = logging.getLogger("rapport.work")

# Who asks for a match goes first.
NICENESS = 10

Work = Callable[[Database, Claim, timedelta], None]


def attempt(words: Sequence[str], work: Work) -> None:
    """Do the attempt that the words name; `work` takes the length of its lease besides."""
    # Ctrl-C goes to every process of a terminal; whoever started this one decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    settings = get_settings()
    configure_logging(settings.log_level)
    held = Claim(UUID(words[0]), UUID(words[1]), int(words[2]))
    database = Database(settings.database_url)
    try:
        work(database, held, timedelta(seconds=settings.training_lease_seconds))
    finally:
        database.dispose()


@contextmanager
def seen_to_its_end(database: Database, jobs: Jobs, held: Claim) -> Iterator[None]:
    """The work of an attempt; a fault of the work itself ends the job as failed.

    A database that does not answer is no fault of the work: the error goes on, the process ends,
    and the job is taken up again.
    """
    ids = {"clinic_id": str(held.clinic_id), f"{jobs.subject}_id": str(held.job_id)}
    try:
        yield
    except LostClaimError:
        logger.warning("%s was cancelled or taken up by another process", jobs.name, extra=ids)
    except SQLAlchemyError:
        raise
    except Exception as error:
        logger.exception("%s failed", jobs.name, extra=ids)
        jobs.fail(database, held, "memory" if isinstance(error, MemoryError) else "error")
