"""Rows of past ratings, and files of them in both formats that the importer reads."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from api.ratings.files import TABLE
from matching.learning.ratings import ITEMS
from matching.shared_codes import SHARED
from matching.vocabulary import STYLE_AXES
from tests.factories.clinics import ClinicApi

CSV, NDJSON = "text/csv", "application/x-ndjson"
PATH = "/v1/imports/ratings"
REFERENCES = ("t-1", "t-2", "t-3")

_FACETS = {
    "gender": SHARED["genders"],
    "culture": SHARED["communities"],
    "language": ("en", "es-MX", "zh-Hant-TW"),
    "modality": SHARED["modalities"],
    "format": SHARED["formats"],
    "schedule": SHARED["schedule"],
}


def rating_row(**changes: Any) -> dict[str, Any]:
    """A row with every kind of field filled in, as NDJSON has it."""
    row: dict[str, Any] = {
        "client_reference": "c-1",
        "therapist_reference": "t-1",
        "session_number": 3,
        "rated_at": "2026-03-01T09:30:00Z",
        "format": "video",
        **{item: place % 11 for place, item in enumerate(ITEMS)},
        "style_seen": {"warm_support": 0, "therapist_directiveness": -1, "past_orientation": 1},
        "preferences": {
            "communication_style": {"warm_support": 0.6, "importance": "strong"},
            "gender": {"any_of": ["woman", "non_binary"], "importance": "must"},
            "culture": {"any_of": ["latine"], "importance": "strong"},
            "language": {"any_of": ["es"]},
            "modality": {"any_of": ["cbt"], "importance": "some"},
            "format": {"any_of": ["video"], "importance": "none"},
            "schedule": {"any_of": ["tue_evening"]},
        },
        "needs": ["anxiety", "grief"],
        "learning": True,
    }
    return row | changes


def short_row(**changes: Any) -> dict[str, Any]:
    """A row with no more than there must be."""
    return {"client_reference": "c-1", "therapist_reference": "t-1", "overall": 8} | changes


def rating_rows() -> st.SearchStrategy[dict[str, Any]]:
    """Rows with any part of the fields; the time is always said."""
    importance = st.sampled_from(["must", "strong", "some", "none"])
    wishes = {
        name: st.fixed_dictionaries(
            {"any_of": st.lists(st.sampled_from(sorted(codes)), min_size=1, max_size=3)},
            optional={"importance": importance},
        )
        for name, codes in _FACETS.items()
    }
    first, *others = STYLE_AXES
    axis = st.floats(-1, 1, allow_subnormal=False).map(lambda value: value + 0)
    style = st.fixed_dictionaries(
        {first: axis}, optional=dict.fromkeys(others, axis) | {"importance": importance}
    )
    cnip_items = st.lists(st.integers(-3, 3), min_size=18, max_size=18)
    preferences = wishes | {
        "communication_style": style | st.fixed_dictionaries({"cnip_items": cnip_items})
    }
    answer = st.integers(0, 10) | st.floats(0, 10, allow_subnormal=False).map(
        lambda value: value + 0
    )
    seen = dict.fromkeys(STYLE_AXES, st.sampled_from([-1, 0, 1]))
    return st.fixed_dictionaries(
        {
            "client_reference": st.sampled_from(["c-1", "c-2", "ç 3", '"c,4"']),
            "therapist_reference": st.sampled_from(REFERENCES),
            "session_number": st.integers(1, 10_000),
            "rated_at": _times(),
            "overall": answer,
        },
        optional={
            **dict.fromkeys(ITEMS[:-1], answer),
            "format": st.sampled_from(sorted(SHARED["formats"])),
            "style_seen": st.fixed_dictionaries({}, optional=seen),
            "preferences": st.fixed_dictionaries({}, optional=preferences),
            "needs": st.lists(st.sampled_from(sorted(SHARED["needs"])), max_size=4),
            "learning": st.booleans(),
        },
    )


def key_of(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """What a row is about."""
    return (row["client_reference"], row["therapist_reference"], row.get("session_number", 1))


def as_ndjson(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """The rows one a line."""
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def as_csv(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """The rows in every column there is."""
    out = io.StringIO()
    writer = csv.DictWriter(out, tuple(TABLE.columns))
    writer.writeheader()
    for row in rows:
        cells = ((name, _cell(row, column.path)) for name, column in TABLE.columns.items())
        writer.writerow(dict(cells))
    return out.getvalue().encode()


def send(clinic: ClinicApi, *rows: Mapping[str, Any], media_type: str = NDJSON) -> dict[str, Any]:
    """Import the rows, which must be answered with a report."""
    content = as_csv(rows) if media_type == CSV else as_ndjson(rows)
    sent = clinic.post(PATH, content=content, headers={"Content-Type": media_type})
    assert sent.status_code == 200, sent.text
    report: dict[str, Any] = sent.json()
    return report


def _cell(row: Mapping[str, Any], path: tuple[str, ...]) -> str:
    value: Any = row
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    if isinstance(value, list):
        return ";".join(map(str, value))
    return "" if value is None else str(value)


def _times() -> st.SearchStrategy[str]:
    zones = st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))])
    bounds = datetime(1900, 1, 2), datetime(2026, 1, 1)  # noqa: DTZ001 - bounds take no zone
    return st.datetimes(*bounds, timezones=zones).map(datetime.isoformat)
