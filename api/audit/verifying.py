"""Verifying: a clinic's seals and rows walked side by side, and whatever does not fit named.

Memory is bounded: a thousand rows and one seal at a time, the rows that are in no seal so far, and
no more than `MOST_PROBLEMS` problems.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from uuid import UUID

from sqlalchemy import Connection

from api.audit.digests import NOTHING_BEFORE, entries_of, seal_digest
from api.audit.rows import UNREADABLE, FoundRow, every_row, has_row, time_of
from api.audit.sealing import floor
from api.audit.seals import Seal, number_after, seal_after

MOST_PROBLEMS = 1000
# Ids and times of rows are taken one after the other, and a process may be halted in between.
_APART = timedelta(seconds=1)
# A clock may be set back by so much before a late row is taken for one that was never sealed.
_SET_BACK = timedelta(days=1)

WORDS = {
    "row_altered": "the row is not as it was sealed",
    "row_missing": "a sealed row is gone",
    "row_unreadable": "the row holds what the service never writes",
    "row_never_sealed": "the row is older than sealing looks back, and is in no seal",
    "row_sealed_again": "the row stands in two seals, or in one that came before it",
    "row_back_dated": "the row says that it is older than its seal could take",
    "seal_altered": "the seal is not as it was made, or not where it was",
    "seal_missing": "there is no seal of this number",
    "seal_unreadable": "the seal holds what the service never writes",
    "head_differs": "the seal has another digest than the one noted elsewhere",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What does not fit: a code of `WORDS`, and the seal and the row as far as they are known."""

    what: str
    seal: int | None = None
    row_id: UUID | None = None


@dataclass(slots=True)
class Verdict:
    """What was found. `waiting` rows are in no seal yet, the oldest of them since `waiting_since`.

    `found` counts all problems; `problems` has the first `MOST_PROBLEMS`.
    """

    seals: int = 0
    rows: int = 0
    waiting: int = 0
    waiting_since: datetime | None = None
    head: Seal | None = None
    found: int = 0
    problems: list[Problem] = field(default_factory=list)

    def note(self, what: str, seal: int | None = None, row_id: UUID | None = None) -> None:
        """Add a problem."""
        self.found += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(what, seal, row_id))


def verify(
    connection: Connection,
    clinic_id: UUID,
    now: datetime,
    noted: tuple[int, bytes] | None = None,
    told: Callable[[int], None] = lambda _rows: None,
) -> Verdict:
    """Walk a clinic's chain on a connection whose reads all see one moment.

    `noted` is the number and the digest of a seal as they were written down elsewhere. `told` hears
    how many rows were looked at so far.
    """
    verdict = Verdict()
    walk = _Walk(connection, clinic_id, verdict)
    last: Seal | None = None
    for number, seal in _chain(connection, clinic_id, verdict):
        verdict.seals += 1
        if seal is not None:
            walk.pass_seal(seal, last)
            if noted and noted[0] == number and noted[1] != seal.digest:
                verdict.note("head_differs", number)
            last = seal
        told(verdict.rows)
    verdict.head = last
    if noted and noted[0] > (last.number if last else 0):
        verdict.note("seal_missing", noted[0])
    walk.end(last, now)
    return verdict


def _chain(
    connection: Connection, clinic_id: UUID, verdict: Verdict
) -> Iterator[tuple[int, Seal | None]]:
    """Every stored seal by number, None for one that cannot be read; gaps are noted."""
    number = 0
    while (found := number_after(connection, clinic_id, number)) is not None:
        for missing in range(number + 1, min(found, number + 1 + MOST_PROBLEMS)):
            verdict.note("seal_missing", missing)
        try:
            seal = seal_after(connection, clinic_id, number)
        except UNREADABLE:
            seal = None
            verdict.note("seal_unreadable", found)
        yield found, seal
        number = found


class _Walk:
    """Rows by id beside seals by number; `_open` are the rows passed that are in no seal so far."""

    def __init__(self, connection: Connection, clinic_id: UUID, verdict: Verdict) -> None:
        self._connection = connection
        self._clinic_id = clinic_id
        self._verdict = verdict
        self._rows = every_row(connection, clinic_id)
        self._ahead: FoundRow | None = None
        self._open: dict[UUID, FoundRow] = {}

    def pass_seal(self, seal: Seal, last: Seal | None) -> None:
        """Hold a seal against the one before it, and its rows against the seal."""
        since = floor(last, seal.sealed_at) if last else None
        for row in self._rows_up_to(seal.latest):
            self._keep_open(row)
        ids = []
        for row_id, digest in entries_of(seal.entries):
            ids.append(row_id)
            self._check_row(seal.number, row_id, digest, since)
        if not self._rests_on(seal, last, max(ids, default=None)):
            self._verdict.note("seal_altered", seal.number)
        if since:
            self._give_up(since - _SET_BACK)

    def end(self, last: Seal | None, now: datetime) -> None:
        """What is in no seal waits for one, or is older than sealing looks back."""
        if last:
            self._give_up(floor(last, now))
        waiting = chain(self._open.values(), self._rows_up_to(None))
        for row in waiting:
            if row.digest is None:
                self._verdict.note("row_unreadable", None, row.id)
            self._verdict.waiting += 1
            self._verdict.waiting_since = self._verdict.waiting_since or row.at

    def _rows_up_to(self, latest: UUID | None) -> Iterator[FoundRow]:
        """The rows that were not passed yet up to an id; those without one come at once."""
        while (row := self._ahead or next(self._rows, None)) is not None:
            self._ahead = row
            if latest and row.id and row.id > latest:
                return
            self._ahead = None
            self._verdict.rows += 1
            yield row

    def _keep_open(self, row: FoundRow) -> None:
        if row.id is None:
            self._verdict.note("row_unreadable")
        else:
            self._open[row.id] = row

    def _check_row(self, number: int, row_id: UUID, digest: bytes, since: datetime | None) -> None:
        row = self._open.pop(row_id, None)
        if row is None:
            there = has_row(self._connection, self._clinic_id, row_id)
            self._verdict.note("row_sealed_again" if there else "row_missing", number, row_id)
        elif row.digest is None or row.at is None:
            self._verdict.note("row_unreadable", number, row_id)
        elif row.digest != digest:
            self._verdict.note("row_altered", number, row_id)
        elif since and min(time_of(row_id), row.at + _APART) < since:
            self._verdict.note("row_back_dated", number, row_id)

    def _rests_on(self, seal: Seal, last: Seal | None, greatest: UUID | None) -> bool:
        """Whether a seal's own members fit together; after a gap its digest cannot be told."""
        if greatest is None:
            return False
        if last is None and seal.number == 1:
            before, latest = NOTHING_BEFORE, greatest
        elif last is not None and seal.number == last.number + 1:
            before, latest = last.digest, max(greatest, last.latest)
        else:
            return True
        place = (self._clinic_id, seal.number, seal.sealed_at, seal.entries)
        return seal.latest == latest and seal.digest == seal_digest(before, *place)

    def _give_up(self, before: datetime) -> None:
        """Rows from before that time come into no seal any more."""
        for row_id in [one for one in self._open if time_of(one) < before]:
            del self._open[row_id]
            self._verdict.note("row_never_sealed", None, row_id)
