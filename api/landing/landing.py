"""Land a file: checked whole first, then written in short transactions.

A transaction of `ROWS_A_TRANSACTION` rows holds the write lock for some ten milliseconds, so that
matches go on while a large file lands.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Generic, TypeVar

from api.audit.record import record
from api.auth.scope import ClinicScope
from api.importing.files import RecordFiles
from api.importing.outcome import Rejected, Skipped
from api.landing.report import Report
from api.store.vocabularies import read_vocabulary

ROWS_A_TRANSACTION = 500

Progress = Callable[[int, int], None]
Row = TypeVar("Row")


@dataclass(slots=True)
class Landed:
    """What became of the rows of one transaction."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[Rejected] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Landing(Generic[Row]):
    """One kind of import: its files, how some of their rows are written, and its audit action.

    `write` runs within a transaction that nobody shares, and has the lock it needs still to take.
    """

    files: RecordFiles[Row]
    write: Callable[[ClinicScope, list[Row]], Landed]
    action: str

    def land(
        self,
        scope: ClinicScope,
        path: Path,
        media_type: str,
        max_bytes: int,
        progress: Progress = lambda _done, _all: None,
    ) -> Report:
        """Land the file at `path` in the scope's clinic; `progress` gets records done and in all.

        Raises:
            FileFault: the file as a whole cannot be read; nothing of it has landed.
        """
        vocabulary = read_vocabulary(scope)
        # Nothing of this request's own stays open while the file lands.
        scope.unit.close()
        total = self.files.check(path, media_type, max_bytes).rows
        report = Report()
        records = self.files.read(path, media_type, vocabulary)
        done = 0
        while chunk := list(islice(records, ROWS_A_TRANSACTION)):
            self._land_chunk(scope, chunk, report)
            done += len(chunk)
            progress(done, total)
        return report

    def _land_chunk(
        self, scope: ClinicScope, chunk: Iterable[Row | Skipped | Rejected], report: Report
    ) -> None:
        rows: list[Row] = []
        rejected: list[Rejected] = []
        for item in chunk:
            if isinstance(item, Rejected):
                rejected.append(item)
            elif isinstance(item, Skipped):
                report.skipped[item.reason] += 1
            else:
                rows.append(item)
        if rows:
            landed = self._write(scope, rows)
            report.created += landed.created
            report.updated += landed.updated
            report.unchanged += landed.unchanged
            rejected += landed.rejected
        report.reject(rejected)

    def _write(self, scope: ClinicScope, rows: list[Row]) -> Landed:
        # So many rows take a while; who writes one should not wait for their commit.
        with scope.database.unit(alone=True) as unit:
            own = replace(scope, unit=unit)
            landed = self.write(own, rows)
            if landed.created or landed.updated:
                counts = {"created": landed.created, "updated": landed.updated}
                record(own, self.action, details=counts)
        return landed
