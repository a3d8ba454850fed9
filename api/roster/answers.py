"""What the roster's routes answer: a page of therapists, and what an import did."""

from typing import Any

from pydantic import BaseModel

from api.profiles.schemas import TherapistOut
from api.roster.landing import Report


class TherapistPage(BaseModel):
    """A page of therapists, in the order they were added."""

    items: list[TherapistOut]
    next_cursor: str | None


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
