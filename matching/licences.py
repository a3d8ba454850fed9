"""Licences by jurisdiction, with the days on which they end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from matching.facet import Facet
from matching.profile import Licence
from matching.rows import Flags, Rows
from matching.splice import Splice


@dataclass(frozen=True, slots=True)
class Licences:
    """Who holds a licence where, and the end of each one that ends.

    Few licences have run out on any one day, so a question reads the facet and takes back the
    first few of `last_day`.

    Attributes:
        held: the jurisdictions of each row, whether or not the licence has run out.
        row, bit, last_day: int32, one entry a licence that ends, sorted by its last valid day
            (proleptic ordinal): the latest one a row and jurisdiction.
    """

    held: Facet
    row: NDArray[np.int32]
    bit: NDArray[np.int32]
    last_day: NDArray[np.int32]

    @classmethod
    def of(cls, lists: Sequence[tuple[Licence, ...]]) -> "Licences":
        """The column of these licences, one tuple a row."""
        return _dated(Facet.of(()), lists)

    def updated(self, splice: Splice, lists: Sequence[tuple[Licence, ...]]) -> "Licences":
        """This column with a batch of rows spliced in."""
        batch = _dated(self.held, lists)
        stays = ~np.isin(self.row, splice.changed)
        rows = (splice.moved(self.row[stays]), splice.placed(len(lists))[batch.row])
        row, last_day = np.concatenate(rows), np.concatenate((self.last_day[stays], batch.last_day))
        bit = np.concatenate((self.bit[stays], batch.bit))
        order = np.argsort(last_day, kind="stable")
        return Licences(
            splice_facet(splice, self.held, batch.held), row[order], bit[order], last_day[order]
        )

    def valid(self, jurisdiction: str, on: date, rows: Rows) -> Flags:
        """Of every row of a roster, those licensed in a jurisdiction on a day."""
        flags = self.held.any_of((jurisdiction.upper(),), rows)
        flags[self._run_out(jurisdiction, on)] = False
        return flags

    def holds(self, row: int, jurisdiction: str, on: date) -> bool:
        """Whether one therapist is licensed in a jurisdiction on a day."""
        if not self.held.held(row, (jurisdiction.upper(),)):
            return False
        return not (self._run_out(jurisdiction, on) == row).any()

    def _run_out(self, jurisdiction: str, on: date) -> NDArray[np.int32]:
        """The rows whose licence there has ended before a day."""
        over = int(np.searchsorted(self.last_day, on.toordinal()))
        bit = self.held.bits.get(jurisdiction.upper(), 0)
        rows: NDArray[np.int32] = self.row[:over][self.bit[:over] == bit]
        return rows


def splice_facet(splice: Splice, old: Facet, batch: Facet) -> Facet:
    """The facet with a batch in it that was encoded in its bits."""
    missing = batch.planes.shape[0] - old.planes.shape[0]
    planes = np.pad(old.planes, ((0, missing), (0, 0))) if missing else old.planes
    return Facet(batch.bits, splice.column(planes, batch.planes))


def _dated(like: Facet, lists: Sequence[tuple[Licence, ...]]) -> Licences:
    latest = [_latest(licences) for licences in lists]
    held = like.encoding([tuple(until) for until in latest])
    entries = sorted(
        (until.toordinal(), row, held.bits[jurisdiction])
        for row, ends in enumerate(latest)
        for jurisdiction, until in ends.items()
        if until is not None
    )
    days, rows, bits = np.asarray(entries, np.int32).reshape(-1, 3).T
    return Licences(held, rows, bits, days)


def _latest(licences: tuple[Licence, ...]) -> dict[str, date | None]:
    """The last valid day by jurisdiction, None for one that does not end."""
    until: dict[str, date | None] = {}
    for licence in licences:
        place, ends = licence.jurisdiction.upper(), licence.expires_on
        known = until.get(place, date.min)
        until[place] = None if known is None or ends is None else max(known, ends)
    return until
