"""How free the therapists of a roster are, as columns: what changes with every pairing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.profile import AvailabilityRow
from matching.roster import Roster

# Why a therapist takes nobody at all, whatever the day; the first that holds.
OPEN, INACTIVE, NOT_ACCEPTING, FULL = range(4)

# Free places count in the draw among close matches from one to this many: somebody with more is
# not drawn likelier still, and without a limit this is what counts.
MOST_ROOM = 5

_T = TypeVar("_T", bound=np.generic)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NEVER = np.iinfo(np.int64).max
_NO_DAY = np.iinfo(np.int32).max


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityRules:
    """A clinic's ages, in days, after which a confirmation is doubted and stops counting.

    `leaving_notice_days` before a therapist leaves, no new client starts with them.
    """

    caveat_after_days: int = 30
    stale_after_days: int = 90
    leaving_notice_days: int = 60


def takes_new_clients(row: AvailabilityRow, rules: AvailabilityRules, now: datetime) -> bool:
    """Whether one therapist may start with somebody new at `now` (aware), whoever it is."""
    if _standing(row) != OPEN:
        return False
    if row.leaving_on is not None and row.leaving_on <= _last_start(rules, now):
        return False
    oldest = now - timedelta(days=rules.stale_after_days)
    return row.confirmed_at is None or row.confirmed_at >= oldest


def _last_start(rules: AvailabilityRules, now: datetime) -> date:
    """Nobody new starts with a therapist who leaves on this day or before."""
    return now.date() + timedelta(days=rules.leaving_notice_days)


@dataclass(frozen=True, slots=True)
class Availability:
    """One row for each row of a roster.

    Attributes:
        ids: those of the roster that this is aligned with.
        standing: uint8, OPEN or why not.
        room: uint8, free places from 1 to MOST_ROOM.
        confirmed: int64, microseconds since 1970 of the last confirmation.
        leaving: int32, proleptic ordinal of the day they leave.
    """

    ids: Sequence[str]
    standing: NDArray[np.uint8]
    room: NDArray[np.uint8]
    confirmed: NDArray[np.int64]
    leaving: NDArray[np.int32]

    @classmethod
    def compile(cls, roster: Roster, rows: Iterable[AvailabilityRow]) -> "Availability":
        """The availability of a roster's therapists.

        One without a row has the defaults of `AvailabilityRow`; a row of nobody is left out.
        """
        return _defaults(roster)._with(roster, rows)

    def updated(self, roster: Roster, rows: Iterable[AvailabilityRow]) -> "Availability":
        """This availability with changed rows in, aligned with the roster as it is now."""
        return self._aligned(roster)._with(roster, rows)

    def confirmed_at(self, row: int) -> datetime | None:
        """When one therapist's availability was last confirmed (UTC), None for never."""
        since = int(self.confirmed[row])
        return None if since == _NEVER else _EPOCH + timedelta(microseconds=since)

    def not_stale(self, oldest: datetime) -> NDArray[np.bool_]:
        """Those confirmed at `oldest` or later, or never."""
        return self.confirmed >= _microseconds(oldest)

    def taking_new(self, rules: AvailabilityRules, now: datetime) -> NDArray[np.bool_]:
        """Those who may start with somebody new at `now` (aware), as `takes_new_clients` has it."""
        oldest = now - timedelta(days=rules.stale_after_days)
        staying = self.leaving > _last_start(rules, now).toordinal()
        taking: NDArray[np.bool_] = (self.standing == OPEN) & staying & self.not_stale(oldest)
        return taking

    @property
    def nbytes(self) -> int:
        """The size of the columns in bytes."""
        return self.standing.nbytes + self.room.nbytes + self.confirmed.nbytes + self.leaving.nbytes

    def _aligned(self, roster: Roster) -> "Availability":
        if roster.ids == self.ids:
            return self
        to, of = _same(roster.ids, self.ids)
        aligned = _defaults(roster)
        for field in fields(self)[1:]:
            getattr(aligned, field.name)[to] = getattr(self, field.name)[of]
        return aligned

    def _with(self, roster: Roster, rows: Iterable[AvailabilityRow]) -> "Availability":
        known = [(row, state) for state in rows if (row := roster.row_of(state.id)) is not None]
        at = np.array([row for row, _ in known], np.intp)
        states = [state for _, state in known]
        return Availability(
            self.ids,
            _replaced(self.standing, at, [_standing(s) for s in states]),
            _replaced(self.room, at, [_room(s) for s in states]),
            _replaced(self.confirmed, at, [_microseconds(s.confirmed_at) for s in states]),
            _replaced(self.leaving, at, [_day(s) for s in states]),
        )


def _defaults(roster: Roster) -> Availability:
    size = len(roster)
    return Availability(
        roster.ids,
        np.full(size, OPEN, np.uint8),
        np.full(size, MOST_ROOM, np.uint8),
        np.full(size, _NEVER, np.int64),
        np.full(size, _NO_DAY, np.int32),
    )


def _same(now: Sequence[str], before: Sequence[str]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where the ids of `before` that are still there stand now, and where they stood."""
    stood = np.arange(len(before))
    if now[: len(before)] == before:
        return stood, stood
    row_of = {id_: row for row, id_ in enumerate(now)}
    stands = np.array([row_of.get(id_, -1) for id_ in before], np.intp)
    return stands[stands >= 0], stood[stands >= 0]


def _replaced(column: NDArray[_T], at: NDArray[np.intp], to: list[int]) -> NDArray[_T]:
    out = column.copy()
    out[at] = to
    return out


def _standing(row: AvailabilityRow) -> int:
    if not row.active:
        return INACTIVE
    if not row.accepting:
        return NOT_ACCEPTING
    full = row.caseload_limit is not None and row.caseload >= row.caseload_limit
    return FULL if full else OPEN


def _room(row: AvailabilityRow) -> int:
    if row.caseload_limit is None:
        return MOST_ROOM
    return min(max(row.caseload_limit - row.caseload, 1), MOST_ROOM)


def _microseconds(moment: datetime | None) -> int:
    return _NEVER if moment is None else (moment - _EPOCH) // timedelta(microseconds=1)


def _day(row: AvailabilityRow) -> int:
    return _NO_DAY if row.leaving_on is None else row.leaving_on.toordinal()
