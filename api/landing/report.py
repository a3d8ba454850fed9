"""What an import did, row by row where a row was refused, and as it is answered."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from api.importing.outcome import Rejected

# An answer names so many rejected rows; all of them are counted.
MAX_REJECTED_NAMED = 1000


@dataclass(slots=True)
class Report:
    """Counts of rows, and the first rows that were refused."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    rejected: list[Rejected] = field(default_factory=list)
    rejected_count: int = 0

    def reject(self, rows: Iterable[Rejected]) -> None:
        """Count rows that were refused, in the order of their lines, and name the first."""
        for row in sorted(rows, key=lambda row: row.line):
            self.rejected_count += 1
            if len(self.rejected) < MAX_REJECTED_NAMED:
                self.rejected.append(row)


class SkippedShown(BaseModel):
    """How many records were left out for one reason."""

    reason: str
    count: int


class RejectedShown(BaseModel):
    """A record that could not be taken, and why."""

    line: int
    field: str
    problem: str


class ImportReport(BaseModel):
    """What an import did. `rejected` names the first thousand; `rejected_count` counts all."""

    created: int
    updated: int
    unchanged: int
    skipped: list[SkippedShown]
    rejected: list[RejectedShown]
    rejected_count: int


def report_document(report: Report) -> dict[str, Any]:
    """A report as the contract has it."""
    return {
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "skipped": [
            {"reason": reason, "count": count} for reason, count in sorted(report.skipped.items())
        ],
        "rejected": [
            {"line": row.line, "field": row.field, "problem": row.problem}
            for row in report.rejected
        ],
        "rejected_count": report.rejected_count,
    }
