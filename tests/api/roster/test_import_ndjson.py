"""Rapport's own NDJSON: one object a line, faults by line and field."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.importing.ndjson import NOT_AN_OBJECT
from api.importing.outcome import FileFault, Rejected
from api.profiles.codes import UNKNOWN_CODE
from api.profiles.schemas import TherapistRow
from api.roster.importers import THERAPIST_FILES, Row
from matching.vocabulary import Vocabulary
from tests.factories.roster import (
    NDJSON,
    VOCABULARY,
    outcomes,
    therapist_row,
    therapist_rows,
    write_ndjson,
)

MISSPELT = "stands where it is not known, or is misspelt: see /openapi.json"
GOOD = b'{"reference": "t-%d", "name": "Ana"}\n'


def written(tmp_path: Path, text: bytes) -> Path:
    path = tmp_path / "roster.ndjson"
    path.write_bytes(text)
    return path


def rejected(tmp_path: Path, line: bytes) -> tuple[str, str]:
    found = outcomes(written(tmp_path, GOOD % 1 + line + b"\n" + GOOD % 3), NDJSON)
    assert [type(item) for item in found] == [Row, Rejected, Row]
    assert isinstance(found[1], Rejected)
    assert found[1].line == 2
    return found[1].field, found[1].problem


@given(rows=st.lists(therapist_rows(), max_size=5))
def test_rows_go_through_ndjson_unchanged(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]
) -> None:
    rows = [therapist_row(), *rows]
    path = write_ndjson(tmp_path_factory.mktemp("ndjson") / "roster.ndjson", rows)
    expected: dict[str, Row] = {}
    for line, row in enumerate(map(TherapistRow.model_validate, rows), 1):
        expected.setdefault(row.reference, Row(line, row, None))
    found = outcomes(path, NDJSON)
    assert [item for item in found if isinstance(item, Row)] == list(expected.values())
    assert THERAPIST_FILES.check(path, NDJSON).rows == len(found) == len(rows)


def test_blank_lines_line_ends_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    text = b"\xef\xbb\xbf" + (GOOD % 1).replace(b"\n", b"\r\n") + b"\r\n  \n" + (GOOD % 2).strip()
    path = written(tmp_path, text)
    assert THERAPIST_FILES.check(path, NDJSON).rows == 2
    assert [item.line for item in outcomes(path, NDJSON)] == [1, 4]


@pytest.mark.parametrize(
    "line",
    [b"[]", b"[1", b"5", b"null", b'"SECRET"', b"SECRET", b"{", b'{"a": 1}}', b'{"a": NaN}',
     b'{"a": -Infinity}', b'{"a": ' + b"9" * 5000 + b"}", b"'a'", b'{"a": "\x01"}',
     b'{"reference": "t-2" "name": "B"}'],
)  # fmt: skip
def test_a_line_that_is_no_object_is_a_fault_of_its_row(tmp_path: Path, line: bytes) -> None:
    assert rejected(tmp_path, line) == ("row", NOT_AN_OBJECT)


@pytest.mark.parametrize(
    ("line", "field", "problem"),
    [
        (b"{}", "reference", "is required (1 more in this row)"),
        (b'{"reference": "t-1", "name": "B"}', "reference", "stands already on line 1"),
        (b'{"name": "B", "name": "C"}', "row", "names a field twice: keep one"),
        (b'{"reference": "t", "name": "B", "style": {"a": 1, "a": 2}}', "row",
         "names a field twice: keep one"),
        (b'{"reference": "t", "name": "B", "langauges": ["en"]}', "languages", MISSPELT),
        (b'{"reference": "t", "name": "B", "warm_support": 1}', "warm_support", MISSPELT),
        (b'{"reference": "t", "name": "B", "style": {"warmsupport": 1}}', "warm_support", MISSPELT),
        (b'{"reference": "t", "name": "B", "SECRET": 1}', "row", "has a field that is not known"),
        (b'{"reference": "t", "name": "B", "%s": 1}' % (b"name" * 20), "row",
         "has a field that is not known"),
        (b'{"reference": "t", "name": "B", "needs": ["grief", "SECRET"]}', "needs[1]",
         UNKNOWN_CODE),
        (b'{"reference": "t", "name": "B", "gender": "SECRET"}', "gender", UNKNOWN_CODE),
        (b'{"reference": "t", "name": "B", "caseload": 1e999}', "caseload",
         "must be a whole number from 0 to 100000"),
        (b'{"reference": "t", "name": "\\ud800"}', "name", "must be valid Unicode text"),
        (b'{"reference": "t", "name": "B", "style": {"warm_support": 2}}', "style.warm_support",
         "must be a number from −1 to 1"),
    ],
)  # fmt: skip
def test_a_fault_of_a_row_is_named_by_field(
    tmp_path: Path, line: bytes, field: str, problem: str
) -> None:
    assert rejected(tmp_path, line) == (field, problem)


@given(junk=st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
))  # fmt: skip
def test_no_value_anywhere_breaks_the_reading(
    tmp_path_factory: pytest.TempPathFactory, junk: object
) -> None:
    rows = [
        therapist_row(reference="t"),
        *({**therapist_row(), name: junk} for name in therapist_row()),
    ]
    path = write_ndjson(tmp_path_factory.mktemp("junk") / "roster.ndjson", rows)
    found = outcomes(path, NDJSON)
    assert [item.line for item in found] == list(range(1, len(rows) + 1))
    assert all(isinstance(item, Row | Rejected) for item in found)


def test_a_clinics_own_codes_are_taken(tmp_path: Path) -> None:
    own = Vocabulary.shared().extended({"needs": {"sailing": "Life at sea"}})
    path = write_ndjson(tmp_path / "roster.ndjson", [therapist_row(needs=["sailing"])])
    assert outcomes(path, NDJSON) == [Rejected(1, "needs[0]", UNKNOWN_CODE)]
    assert [type(item) for item in outcomes(path, NDJSON, own)] == [Row]


@pytest.mark.parametrize(("levels", "faulty"), [(64, False), (65, True)])
def test_nesting_has_a_depth(tmp_path: Path, levels: int, faulty: bool) -> None:
    line = b'{"name": ' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}\n"
    path = written(tmp_path, GOOD % 1 + line)
    if not faulty:
        assert THERAPIST_FILES.check(path, NDJSON).rows == 2
        return
    with pytest.raises(FileFault) as caught:
        THERAPIST_FILES.check(path, NDJSON)
    assert (caught.value.detail, caught.value.line) == ("nests deeper than 64 levels", 2)


def test_brackets_in_text_are_not_nesting(tmp_path: Path) -> None:
    name = "[{" * 90 + '\\"['
    path = write_ndjson(tmp_path / "roster.ndjson", [{"reference": "t", "name": name}])
    assert [type(item) for item in outcomes(path, NDJSON)] == [Row]


def test_a_string_without_end_is_looked_through_once(tmp_path: Path) -> None:
    path = written(tmp_path, b'{"name": "' + b'[\\"' * 300_000)
    assert THERAPIST_FILES.check(path, NDJSON).rows == 1
    assert outcomes(path, NDJSON) == [Rejected(1, "row", NOT_AN_OBJECT)]


def test_depth_without_a_check_is_still_no_crash(tmp_path: Path) -> None:
    path = written(tmp_path, b"[" * 500_000)
    assert list(THERAPIST_FILES.read(path, NDJSON, VOCABULARY)) == [
        Rejected(1, "row", NOT_AN_OBJECT)
    ]


def test_nothing_of_a_rejected_row_is_repeated(tmp_path: Path) -> None:
    secrets: dict[str, Any] = {name: {"SECRET": "SECRET"} for name in TherapistRow.model_fields}
    secrets["SECRET"] = 1
    rows: list[dict[str, Any]] = [
        secrets,
        {"SECRET": ["SECRET"]},
        *({**therapist_row(), name: "SECRET"} for name in secrets),
    ]
    found = outcomes(write_ndjson(tmp_path / "roster.ndjson", rows), NDJSON)
    told = [item for item in found if isinstance(item, Rejected)]
    assert len(told) > 20
    assert "SECRET" not in json.dumps([[item.field, item.problem] for item in told])
