"""Files of ratings: columns and lines, faults by line and field, in bounded memory."""

from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.db.tables import FitRating
from api.db.tables.base import table_of
from api.db.tables.ratings import SEEN_COLUMNS
from api.importing.outcome import Checked, FileFault, Rejected, UnsupportedMediaType
from api.limits import MIB, SESSIONS
from api.profiles.codes import UNKNOWN_CODE
from api.ratings.files import RATING_FILES, TABLE, Row
from api.ratings.schemas import RatingRow
from matching.learning.ratings import ITEMS
from matching.vocabulary import STYLE_AXES, Vocabulary
from tests.factories.memory import peak_bytes
from tests.factories.ratings import (
    CSV,
    NDJSON,
    as_csv,
    as_ndjson,
    key_of,
    rating_row,
    rating_rows,
    short_row,
)

HEADER = "client_reference,therapist_reference,"


def outcomes(path: Path, content: bytes | str, media_type: str) -> list[Any]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    RATING_FILES.check(path, media_type)
    return list(RATING_FILES.read(path, media_type, Vocabulary.shared()))


def problem(tmp_path: Path, **changes: Any) -> tuple[str, str]:
    (found,) = outcomes(tmp_path / "file", as_ndjson([short_row(**changes)]), NDJSON)
    assert isinstance(found, Rejected), found
    return found.field, found.problem


def problem_in_csv(tmp_path: Path, column: str, cell: str) -> tuple[str, str]:
    text = f'{HEADER}overall,{column}\nc-1,t-1,8,"{cell}"\n'
    (found,) = outcomes(tmp_path / "file", text, CSV)
    assert isinstance(found, Rejected), found
    return found.field, found.problem


def test_the_row_and_the_table_have_the_items_that_learning_knows() -> None:
    fields = list(RatingRow.model_fields)
    columns = [column.name for column in table_of(FitRating).c]
    for names in (fields, columns, list(TABLE.columns)):
        first = names.index(ITEMS[0])
        assert tuple(names[first : first + len(ITEMS)]) == ITEMS
    assert tuple(f"style_seen_{axis}" for axis in STYLE_AXES) == SEEN_COLUMNS
    assert set(SEEN_COLUMNS) <= set(columns) & set(TABLE.columns)


@given(st.lists(rating_rows(), min_size=1, max_size=5, unique_by=key_of))
def test_rows_go_through_both_formats_unchanged(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]
) -> None:
    path = tmp_path_factory.mktemp("ratings") / "file"
    expected = [RatingRow.model_validate(row) for row in rows]
    for content, media_type in ((as_csv(rows), CSV), (as_ndjson(rows), NDJSON)):
        found = outcomes(path, content, media_type)
        assert [item.rating for item in found if isinstance(item, Row)] == expected
        assert RATING_FILES.check(path, media_type).rows == len(rows)


def test_the_formats_are_recognised(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(as_csv([short_row()]))
    assert RATING_FILES.check(path, CSV) == Checked(1, "rating_csv")
    path.write_bytes(as_ndjson([short_row()]))
    assert RATING_FILES.check(path, NDJSON) == Checked(1, "rating_ndjson")
    names = ("a.csv", "b.NDJSON", "c.jsonl")
    assert [RATING_FILES.media_type_of(Path(name)) for name in names] == [CSV, NDJSON, NDJSON]
    with pytest.raises(UnsupportedMediaType, match=r"use \.csv, \.ndjson, \.jsonl$"):
        RATING_FILES.media_type_of(Path("a.json"))


def test_the_fewest_columns_there_may_be(tmp_path: Path) -> None:
    found = outcomes(tmp_path / "file", f"\ufeff{HEADER}Trust\r\nc-1,t-1,7\r\nc-2,t-1\r\n", CSV)
    assert found[0].rating == RatingRow(client_reference="c-1", therapist_reference="t-1", trust=7)
    assert found[0].rating.session_number == 1
    assert found[0].rating.learning is True
    assert found[1] == Rejected(
        3, "row", "has no answer: give one item at least, such as trust or overall"
    )


def test_blank_is_not_said(tmp_path: Path) -> None:
    blank = short_row(trust="", rated_at=None, format=" ", style_seen=None, preferences=None)
    (found,) = outcomes(tmp_path / "file", as_ndjson([blank | {"learning": None}]), NDJSON)
    assert found.rating == RatingRow.model_validate(short_row())


@pytest.mark.parametrize(
    ("changes", "field", "text"),
    [
        ({"client_reference": ""}, "client_reference", "is required"),
        ({"therapist_reference": "t\0"}, "therapist_reference",
         "does not have the form that is needed"),
        ({"client_reference": "c" * 65}, "client_reference", "must have at most 64 characters"),
        ({"overall": 10.01}, "overall", "must be a number from 0 to 10"),
        ({"overall": True}, "overall", "must be a number from 0 to 10"),
        ({"overall": "8"}, "overall", "must be a number from 0 to 10"),
        ({"overall": 10**400}, "overall", "must be a number from 0 to 10"),
        ({"session_number": 1.5}, "session_number",
         f"must be a whole number from 1 to {SESSIONS}"),
        ({"session_number": SESSIONS + 1}, "session_number",
         f"must be a whole number from 1 to {SESSIONS}"),
        ({"rated_at": "2026-03-01"}, "rated_at",
         "must be a time with a zone, as in 2026-03-31T09:00:00Z"),
        ({"rated_at": "2999-01-01T00:00:00Z"}, "rated_at", "must not lie in the future"),
        ({"learning": "yes"}, "learning", "must be true or false"),
        ({"format": "fax"}, "format", UNKNOWN_CODE),
        ({"style_seen": {"warm_support": 0.5}}, "style_seen.warm_support",
         "must be −1 (less), 0 (right) or 1 (more)"),
        ({"style_seen": {"warm_suport": 1}}, "warm_support",
         "stands where it is not known, or is misspelt: see /openapi.json"),
        ({"comment": "private"}, "row", "has a field that is not known"),
        ({"preferences": {"gender": {"importance": "must"}}}, "preferences.gender",
         "is a must, so any_of needs at least one choice"),
        ({"needs": "grief"}, "needs", "must be a list"),
    ],
)  # fmt: skip
def test_a_fault_is_named_by_field(
    tmp_path: Path, changes: dict[str, Any], field: str, text: str
) -> None:
    assert problem(tmp_path, **changes) == (field, text)


@pytest.mark.parametrize(
    ("column", "cell", "field", "text"),
    [
        ("trust", "7,5", "trust", "must be a number from 0 to 10"),
        ("session_number", "third", "session_number",
         f"must be a whole number from 1 to {SESSIONS}"),
        ("style_seen_warm_support", "2", "style_seen_warm_support",
         "must be −1 (less), 0 (right) or 1 (more)"),
        ("style_warm_support", "2", "style_warm_support", "must be 1.0 or less"),
        ("gender_any_of", "woman;SECRET", "gender_any_of[1]", UNKNOWN_CODE),
        ("gender_importance", "much", "gender_importance",
         "must be one of 'must', 'strong', 'some' or 'none'"),
        ("cnip_items", "1;2;3", "cnip_items", "must have at least 18 entries"),
        ("communication_style_importance", "must", "preferences.communication_style",
         "is a must, so at least one axis is needed"),
        ("learning", "perhaps", "learning", "must be true or false"),
    ],
)  # fmt: skip
def test_a_fault_in_csv_is_named_by_column(
    tmp_path: Path, column: str, cell: str, field: str, text: str
) -> None:
    assert problem_in_csv(tmp_path, column, cell) == (field, text)


def test_a_key_stands_once_and_a_rejected_row_takes_none(tmp_path: Path) -> None:
    rows = [
        short_row(overall=11),
        short_row(),
        short_row(session_number=2),
        short_row(client_reference=" c-1 "),
        short_row(therapist_reference="t-2"),
        short_row(client_reference="c-2"),
    ]
    found = outcomes(tmp_path / "file", as_ndjson(rows), NDJSON)
    assert [type(item) for item in found] == [Rejected, Row, Row, Rejected, Row, Row]
    assert found[3] == Rejected(4, "session_number", "stands already on line 2")


@pytest.mark.parametrize(
    ("header", "detail"),
    [
        ("client_reference,trust", "has no column therapist_reference: it is required"),
        ("therapist_reference,trust", "has no column client_reference: it is required"),
        (HEADER + "trust,trust", "has the column trust twice: keep one"),
        (HEADER + "trsut", "has a column that is not known, column 3; did you mean trust?"),
    ],
)
def test_a_fault_of_the_header_is_one_of_the_file(tmp_path: Path, header: str, detail: str) -> None:
    with pytest.raises(FileFault) as caught:
        outcomes(tmp_path / "file", f"{header}\nc-1,t-1,8\n", CSV)
    assert caught.value.detail == detail


# Bytes held a row: a digest of its key, and its line.
HELD = 200


@pytest.mark.slow
@pytest.mark.parametrize(("write", "media_type"), [(as_csv, CSV), (as_ndjson, NDJSON)])
def test_memory_does_not_grow_with_the_file(
    tmp_path: Path, write: Callable[[Any], bytes], media_type: str
) -> None:
    rows = 6_000
    path = tmp_path / "file"
    path.write_bytes(write(rating_row(session_number=n) for n in range(1, rows + 1)))

    def read() -> None:
        deque(RATING_FILES.read(path, media_type, Vocabulary.shared()), maxlen=0)

    assert peak_bytes(lambda: RATING_FILES.check(path, media_type)) < MIB
    assert peak_bytes(read) < MIB // 2 + rows * HELD
