"""Sealing: a clinic's rows that are in no seal yet become the next link of its hash chain.

Nothing waits for it: rows are read as they stand committed, and the one write is the seal itself.
Several workers may seal at once: the number of a seal is in its primary key, so one of them adds it
and the others find theirs taken.

Rows do not always commit in the order of their ids. So each sealing looks back `LOOK_BACK` before
the newest row sealed, and takes what was not there before. A row that commits later than that is
never sealed, and verifying says so.
"""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import chain, count, islice, takewhile
from uuid import UUID

from sqlalchemy import Connection

from api.audit.digests import NOTHING_BEFORE, entry, row_digest, seal_digest
from api.audit.rows import count_between, first_id_of, ids_from, rows_of, time_of
from api.audit.seals import Seal, ids_sealed_from, insert_seal, last_seal
from api.auth.scope import ClinicScope
from api.clock import utc_now

# Statements end after a minute at the latest, so a transaction of ours is long over by then.
LOOK_BACK = timedelta(minutes=10)
MOST_ROWS = 1000

_NO_ID = UUID(int=0)
# Before any row; a tampered time before it must not fall off the calendar.
_EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)

logger = logging.getLogger("rapport.audit")


def seal_all(scope: ClinicScope, most: int | None = None) -> int:
    """Seal what the clinic has unsealed, in at most `most` seals of `MOST_ROWS`, each on its own.

    Commits the scope's unit after each. Returns how many rows were sealed.
    """
    sealed = 0
    for _ in count() if most is None else range(most):
        seal = draft(scope.connection, scope.clinic_id, utc_now())
        if seal is None:
            break
        if insert_seal(scope.unit.begin_write(), scope.clinic_id, seal):
            scope.unit.after_commit(partial(_tell, scope.clinic_id, seal))
            sealed += seal.rows
        scope.unit.commit()
        if seal.rows < MOST_ROWS:
            break
    return sealed


def draft(connection: Connection, clinic_id: UUID, now: datetime) -> Seal | None:
    """The next seal as it would be added; None where nothing is unsealed."""
    last = last_seal(connection, clinic_id)
    ids = list(islice(unsealed(connection, clinic_id, last, now), MOST_ROWS))
    if not ids:
        return None
    rows = rows_of(connection, clinic_id, ids)
    entries = b"".join(entry(row_id, row_digest(rows[row_id])) for row_id in ids)
    number, before = (last.number + 1, last.digest) if last else (1, NOTHING_BEFORE)
    latest = max(ids[-1], last.latest) if last else ids[-1]
    digest = seal_digest(before, clinic_id, number, now, entries)
    return Seal(number, now, latest, entries, digest)


def unsealed(
    connection: Connection, clinic_id: UUID, last: Seal | None, now: datetime
) -> Iterator[UUID]:
    """The ids of the rows in no seal, in order, as far back as sealing looks; read as taken."""
    if last is None:
        return ids_from(connection, clinic_id, _NO_ID)
    late = _late(connection, clinic_id, first_id_of(floor(last, now)), last.latest)
    return chain(late, ids_from(connection, clinic_id, UUID(int=last.latest.int + 1)))


def _late(connection: Connection, clinic_id: UUID, first: UUID, latest: UUID) -> list[UUID]:
    """The ids from `first` to the latest sealed that are in no seal."""
    sealed = ids_sealed_from(connection, clinic_id, first)
    # Mostly there is none, and counting is much the cheaper way to know.
    if count_between(connection, clinic_id, first, latest) == len(sealed):
        return []
    there = takewhile(lambda one: one <= latest, ids_from(connection, clinic_id, first))
    return [one for one in there if one.bytes not in sealed]


def floor(last: Seal, now: datetime) -> datetime:
    """How far back the sealing of `now` looks for rows that are in no seal.

    The earliest of three times, so that a clock which ran ahead for a while hides no row.
    """
    return max(min(now, last.sealed_at, time_of(last.latest)), _EARLIEST) - LOOK_BACK


def _tell(clinic_id: UUID, seal: Seal) -> None:
    head = {"number": seal.number, "rows": seal.rows, "digest": seal.digest.hex()}
    logger.info("audit sealed", extra={"clinic_id": str(clinic_id), **head})
