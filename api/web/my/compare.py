"""Candidates line by line: what was asked of each, in the same order, in words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

NAMES = {
    "communication_style": "Way of working",
    "gender": "Gender",
    "culture": "Background",
    "language": "Language",
    "modality": "Kind of therapy",
    "needs": "What you want help with",
    "format": "How you meet",
    "schedule": "When you meet",
    "expected_fit": "How others got on",
    "referral": "Named by somebody you trust",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was asked, and what is said of each candidate."""

    name: str
    said: tuple[str, ...]


def side_by_side(candidates: Sequence[dict[str, Any]], without: Collection[str] = ()) -> list[Line]:
    """A line for each thing that counts for at least one of them, `without` some dimensions."""
    lines = []
    for place, row in enumerate(candidates[0]["contributions"]):
        if row["dimension"] in without:
            continue
        said = tuple(_said(candidate["contributions"][place]) for candidate in candidates)
        if any(said):
            lines.append(Line(NAMES[row["dimension"]], said))
    return lines


def asked_of(candidate: dict[str, Any]) -> list[Line]:
    """What the client asked for, line by line, and what is known of it."""
    return side_by_side([candidate], {"expected_fit", "referral"})


def _said(row: dict[str, Any]) -> str:
    if row["state"] == "not_asked":
        return ""
    reason: str = row["reason"]
    if reason:
        return reason
    return "Not known" if row["state"] == "unknown" else "Not what you asked for"
