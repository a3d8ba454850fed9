"""A clinic as files: the rows for the importers, and the truth beside them."""

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path

from matching.shared_codes import SHARED
from matching.vocabulary import STYLE_AXES
from seed.clinic import Clinic
from seed.history import Truth
from seed.therapists import Row

_DIGITS = 6  # of the truth's figures: the last bits of a sum may differ between processors
_STYLE_COLUMNS = tuple(f"style_{axis}" for axis in STYLE_AXES)
CSV_COLUMNS = (
    "reference", "name", "active", "gender", "pronouns", "cultures", "communities", "languages",
    "modalities", "needs", "out_of_scope", "formats", "schedule", "services", "age_groups",
    "licences", "payers", "access", *_STYLE_COLUMNS, "discipline", "associate", "caseload_limit",
    "caseload", "accepting", "availability_confirmed_at", "leaving_on",
)  # fmt: skip


def write_clinic(clinic: Clinic, folder: Path, today: date) -> dict[str, int]:
    """Write all files of a clinic into a folder, made if need be; return the rows of each."""
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(clinic.therapists, folder / "therapists.csv", today)
    (folder / "truth.json").write_text(json.dumps(truth(clinic.truth)) + "\n", encoding="utf-8")
    unseen = ({"body": one.body, "true_fit": one.true_fit.tolist()} for one in clinic.unseen)
    return {
        "therapists": write_ndjson(clinic.therapists, folder / "therapists.ndjson"),
        "ratings": write_ndjson(clinic.ratings, folder / "ratings.ndjson"),
        "unseen": write_ndjson(unseen, folder / "unseen.ndjson"),
    }


def write_ndjson(rows: Iterable[Row], path: Path) -> int:
    """One row a line, UTF-8; returns how many."""
    written = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            written += 1
    return written


def write_csv(therapists: Iterable[Row], path: Path, today: date) -> None:
    """Therapists with the contract's columns and `;` inside a cell.

    A cell cannot say the kind or the end of a licence: an associate's is told by `associate`, and
    a licence that has run out by `today` is left out.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, CSV_COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(_cells(row, today) for row in therapists)


def truth(of: Truth) -> Row:
    """The truth as JSON: the world, every therapist's effects, every pairing."""
    effects, references = of.effects, [one.profile.reference for one in of.therapists]
    world = {name: getattr(of.world, name) for name in of.world.__slots__}
    world |= {"accommodation": dict(of.world.accommodation), "skew": asdict(of.world.skew)}
    return {
        "world": world,
        "needs": list(SHARED["needs"]),
        "style_axes": list(STYLE_AXES),
        "therapists": references,
        "schools": [one.school for one in of.therapists],
        "style_met": [[round(axis, _DIGITS) for axis in one.style_met] for one in of.therapists],
        "effects": {name: value.round(_DIGITS).tolist() for name, value in asdict(effects).items()},
        "clients": [one.intake.client_reference for one in of.clients],
        "leniency": of.leniency.round(_DIGITS).tolist(),
        "pairings": [asdict(one) | {"fit": round(one.fit, _DIGITS)} for one in of.pairings],
        "session_fit": of.sessions.fit.round(_DIGITS).tolist(),
    }


def _cells(row: Row, today: date) -> dict[str, str]:
    flat = {name: _cell(value) for name, value in row.items() if name not in {"style", "licences"}}
    flat["licences"] = ";".join(_valid(row.get("licences"), today))
    style = row.get("style")
    if isinstance(style, dict):
        flat |= {f"style_{axis}": _cell(value) for axis, value in style.items()}
    return flat


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return ";".join(map(str, value)) if isinstance(value, list) else str(value)


def _valid(licences: object, today: date) -> Iterator[str]:
    for licence in licences if isinstance(licences, list) else []:
        if isinstance(licence, str):
            yield licence
        elif licence.get("expires_on", today.isoformat()) >= today.isoformat():
            yield licence["jurisdiction"]
