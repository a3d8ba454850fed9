"""Therapists' rows, and files of them in every format that the importers read."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from api.importing.outcome import Rejected, Skipped
from api.profiles.documents import LISTS
from api.roster.importers import THERAPIST_FILES, Row
from api.roster.importers.nppes import COLUMNS as NPPES_COLUMNS
from api.roster.importers.therapist_csv import TABLE
from matching.shared_codes import SHARED
from matching.vocabulary import STYLE_AXES, Vocabulary

FIXTURES = Path(__file__).parents[1] / "fixtures" / "roster"
SHARED_DATA = Path(__file__).parents[3] / "shared" / "data"

VOCABULARY = Vocabulary.shared()
CSV, NDJSON, FHIR = "text/csv", "application/x-ndjson", "application/fhir+json"

FACETS = {"out_of_scope": "needs"} | {
    name: name for name in LISTS if name not in {"languages", "payers", "out_of_scope"}
}


def therapist_row(**changes: Any) -> dict[str, Any]:
    """A row with every field filled in, as NDJSON has it."""
    row: dict[str, Any] = {
        "reference": "t-17",
        "name": "Ana Ruiz",
        "active": True,
        "gender": "woman",
        "pronouns": "she/her",
        "cultures": ["latine"],
        "communities": ["lgbtq"],
        "languages": ["en", "es-MX"],
        "modalities": ["cbt", "act"],
        "needs": ["anxiety", "grief"],
        "out_of_scope": ["eating_disorders"],
        "formats": ["video"],
        "schedule": ["tue_evening"],
        "services": ["couple"],
        "age_groups": ["adult"],
        "licences": ["US-CA"],
        "payers": ["aetna"],
        "access": ["step_free"],
        "style": {
            "warm_support": 0.2,
            "therapist_directiveness": 0.4,
            "emotional_intensity": -0.1,
            "past_orientation": 1.0,
        },
        "discipline": "psychologist",
        "associate": True,
        "caseload_limit": 22,
        "caseload": 19,
        "accepting": False,
        "availability_confirmed_at": "2026-03-01T09:30:00Z",
        "leaving_on": "2026-12-31",
    }
    return row | changes


def therapist_rows(*, plain_licences: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    """Rows with any part of the fields. `plain_licences`: only such as a CSV cell can say."""
    optional: dict[str, st.SearchStrategy[Any]] = {
        name: st.lists(st.sampled_from(sorted(SHARED[facet])), unique=True, max_size=4)
        for name, facet in FACETS.items()
    }
    optional |= {
        "active": st.booleans(),
        "accepting": st.booleans(),
        "associate": st.booleans(),
        "gender": st.sampled_from(sorted(SHARED["genders"])) | st.none(),
        "pronouns": _labels() | st.none(),
        "languages": st.lists(st.sampled_from(["en", "es-MX", "zh-Hant-TW", "x-own"]), unique=True),
        "licences": st.lists(_jurisdictions(), unique=True, max_size=3),
        "payers": st.lists(_labels(), unique=True, max_size=3),
        "style": st.fixed_dictionaries({}, optional=dict.fromkeys(STYLE_AXES, _axes() | st.none())),
        "discipline": _labels() | st.none(),
        "caseload": st.integers(0, 100_000),
        "caseload_limit": st.integers(0, 100_000) | st.none(),
        "availability_confirmed_at": _times() | st.none(),
        "leaving_on": st.dates(min_value=date(1900, 1, 1)).map(str) | st.none(),
    }
    if not plain_licences:
        optional["licences"] = st.lists(_jurisdictions() | _licences(), max_size=3)
    return st.fixed_dictionaries({"reference": _labels(64), "name": _labels()}, optional=optional)


def write_ndjson(path: Path, rows: Iterable[Mapping[str, Any]]) -> Path:
    """The rows one a line."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def write_csv(
    path: Path, rows: Iterable[Mapping[str, Any]], columns: Sequence[str] = tuple(TABLE.columns)
) -> Path:
    """The rows in Rapport's own columns."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(csv_cells(row) for row in rows)
    return path


def csv_cells(row: Mapping[str, Any]) -> dict[str, str]:
    """A row as the cells of a CSV record."""
    axes = {f"style_{axis}": value for axis, value in (row.get("style") or {}).items()}
    plain = {name: value for name, value in row.items() if name != "style"}
    return {name: _cell(value) for name, value in (plain | axes).items()}


def write_nppes(path: Path, rows: Iterable[Mapping[str, str]]) -> Path:
    """Rows of the US registry in the columns that are read, and one that is not."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(
            file, [*NPPES_COLUMNS, "Provider Gender Code"], quoting=csv.QUOTE_ALL
        )
        writer.writeheader()
        writer.writerows(rows)
    return path


def nppes_row(npi: str = "1234567893", **changes: str) -> dict[str, str]:
    """A psychologist's registry row; `changes` are named by their short names."""
    row = {
        "NPI": npi,
        "Entity Type Code": "1",
        "Provider Last Name (Legal Name)": "MARLOWE",
        "Provider First Name": "TESS",
        "Provider Gender Code": "F",
    }
    row["Healthcare Provider Taxonomy Code_1"] = changes.pop("taxonomy", "103TC0700X")
    row["Provider License Number State Code_1"] = changes.pop("state", "CA")
    return row | changes


def outcomes(
    path: Path, media_type: str, vocabulary: Vocabulary = VOCABULARY
) -> list[Row | Skipped | Rejected]:
    """What a file comes to, checked first as an import does."""
    THERAPIST_FILES.check(path, media_type)
    return list(THERAPIST_FILES.read(path, media_type, vocabulary))


def _cell(value: object) -> str:
    if isinstance(value, list):
        return ";".join(map(str, value))
    return "" if value is None else str(value)


def _labels(longest: int = 40) -> st.SearchStrategy[str]:
    # `;` parts the items of a cell, so a CSV cannot say it.
    letters = st.characters(codec="utf-8", categories=("L", "N", "P"), exclude_characters=";")
    return st.text(letters, min_size=1, max_size=longest // 4)


def _jurisdictions() -> st.SearchStrategy[str]:
    return st.from_regex(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", fullmatch=True)


def _licences() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"jurisdiction": _jurisdictions()},
        optional={
            "kind": st.sampled_from(["full", "associate", "compact"]) | st.none(),
            "expires_on": st.dates(min_value=date(1900, 1, 1)).map(str) | st.none(),
        },
    )


def _axes() -> st.SearchStrategy[float]:
    return st.floats(-1, 1, allow_subnormal=False)


def _times() -> st.SearchStrategy[str]:
    zones = st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))])
    bounds = datetime(1900, 1, 2), datetime(2026, 1, 1)  # noqa: DTZ001 - bounds take no zone
    return st.datetimes(*bounds, timezones=zones).map(datetime.isoformat)
