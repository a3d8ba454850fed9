"""Land a file of therapists: checked whole first, then written in short transactions.

A transaction of `ROWS_A_TRANSACTION` rows holds the write lock for some ten milliseconds, so that
matches go on while a large roster lands.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from api.audit.record import record
from api.auth.scope import ClinicScope
from api.profiles.documents import overlaid
from api.roster import queries
from api.roster.importers import Rejected, Row, Skipped, check_file, read_therapists
from api.roster.versions import Change, hold_roster, write_changes
from api.store.vocabularies import read_vocabulary

ROWS_A_TRANSACTION = 500
# An answer names so many rejected rows; all of them are counted.
MAX_REJECTED_NAMED = 1000

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Report:
    """What an import did, row by row where a row was refused."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    rejected: list[Rejected] = field(default_factory=list)
    rejected_count: int = 0


def import_therapists(
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
    total = check_file(path, media_type, max_bytes).rows
    report = Report()
    records = read_therapists(path, media_type, vocabulary)
    done = 0
    while chunk := list(islice(records, ROWS_A_TRANSACTION)):
        _land(scope, list(_good_rows(chunk, report)), report)
        done += len(chunk)
        progress(done, total)
    return report


def _good_rows(chunk: list[Row | Skipped | Rejected], report: Report) -> Iterator[Row]:
    for item in chunk:
        match item:
            case Row():
                yield item
            case Skipped(reason=reason):
                report.skipped[reason] += 1
            case Rejected():
                report.rejected_count += 1
                if len(report.rejected) < MAX_REJECTED_NAMED:
                    report.rejected.append(item)


def _land(scope: ClinicScope, rows: list[Row], report: Report) -> None:
    if not rows:
        return
    # So many rows take a while; who writes one should not wait for their commit.
    with scope.database.unit(alone=True) as unit:
        own = replace(scope, unit=unit)
        hold_roster(own)
        known = queries.by_references(own, [item.row.reference for item in rows])
        changes = []
        for item in rows:
            before = known.get(item.row.reference)
            document = overlaid(before.document if before else None, item.row, item.stated)
            changes.append(Change(before, document))
        written = write_changes(own, changes)
        if written.created or written.updated:
            counts = {"created": len(written.created), "updated": len(written.updated)}
            record(own, "roster.imported", details=counts)
    report.created += len(written.created)
    report.updated += len(written.updated)
    report.unchanged += written.unchanged
