"""Rapport's own CSV: rows, spreadsheets' habits, and faults by line and column."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.importing.outcome import FileFault, Rejected
from api.profiles.codes import UNKNOWN_CODE
from api.profiles.schemas import TherapistRow
from api.roster.importers import THERAPIST_FILES, Row
from api.roster.importers.therapist_csv import TABLE
from tests.factories.roster import (
    CSV,
    FIXTURES,
    csv_cells,
    outcomes,
    therapist_row,
    therapist_rows,
    write_csv,
)


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "roster.csv"
    path.write_bytes(text.encode())
    return path


def read(tmp_path: Path, text: str) -> list[Any]:
    return outcomes(written(tmp_path, text), CSV)


def one(tmp_path: Path, column: str, cell: str) -> Any:
    return read(tmp_path, f'reference,name,{column}\nt-1,Ana,"{cell}"\n')[0]


def value(tmp_path: Path, column: str, cell: str) -> Any:
    found = one(tmp_path, column, cell)
    assert isinstance(found, Row), found
    return getattr(found.row, column)


def problem(tmp_path: Path, column: str, cell: str) -> tuple[str, str]:
    found = one(tmp_path, column, cell)
    assert isinstance(found, Rejected), found
    return found.field, found.problem


def test_a_row_with_every_field_is_read_whole(tmp_path: Path) -> None:
    told = therapist_row(style=therapist_row()["style"] | {"past_orientation": None})
    path = write_csv(tmp_path / "roster.csv", [told])
    assert outcomes(path, CSV) == [Row(2, TherapistRow.model_validate(told), None)]
    assert set(csv_cells(therapist_row())) == set(TABLE.columns)


@given(
    rows=st.lists(
        therapist_rows(plain_licences=True), max_size=5, unique_by=lambda r: r["reference"]
    )
)
def test_rows_go_through_csv_unchanged(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]
) -> None:
    path = write_csv(tmp_path_factory.mktemp("csv") / "roster.csv", rows)
    expected = [TherapistRow.model_validate(row) for row in rows]
    unique = {row.reference for row in expected}
    found = outcomes(path, CSV)
    if len(unique) == len(rows):
        assert [item.row for item in found if isinstance(item, Row)] == expected
    assert THERAPIST_FILES.check(path, CSV).rows == len(found) == len(rows)


def test_a_spreadsheets_file_is_read() -> None:
    # A byte-order mark, CRLF, capital names, empty columns and rows at the end, short rows.
    everything = outcomes(FIXTURES / "spreadsheet.csv", CSV)
    found = [item for item in everything if isinstance(item, Row)]
    assert found == everything
    assert [(item.line, item.row.reference, item.row.formats) for item in found] == [
        (2, "t-1", ["video", "phone"]),
        (3, "t-2", []),
        (5, "t-3", ["in_person"]),
    ]
    assert THERAPIST_FILES.check(FIXTURES / "spreadsheet.csv", CSV).rows == 3
    assert found[1].row.name == 'Ben "Benny" Okafor, MA'
    assert found[1].row.payers == ["aetna", "cigna"]


def test_old_line_ends_and_a_missing_last_one_are_read(tmp_path: Path) -> None:
    found = read(tmp_path, "reference,name\rt-1,Ana\r\r\rt-2,Ben")
    assert [(item.line, item.row.reference) for item in found] == [(2, "t-1"), (5, "t-2")]


def test_a_line_is_where_its_record_starts(tmp_path: Path) -> None:
    found = read(tmp_path, '\n\nreference,"name"\n"t-1","Ana"\nt-2,"B\nC\nD"\n\nt-3,E\n')
    assert [item.line for item in found] == [4, 5, 9]


@pytest.mark.parametrize("cell", ["true", "TRUE", "Yes", "1", " yes "])
def test_truth_is_written_in_several_ways(tmp_path: Path, cell: str) -> None:
    assert value(tmp_path, "associate", cell) is True


@pytest.mark.parametrize("cell", ["false", "FALSE", "No", "0"])
def test_falsehood_is_written_in_several_ways(tmp_path: Path, cell: str) -> None:
    assert value(tmp_path, "active", cell) is False


@pytest.mark.parametrize(("cell", "number"), [("19", 19), (" 19.0 ", 19), ("+3", 3), ("0", 0)])
def test_counts(tmp_path: Path, cell: str, number: int) -> None:
    assert value(tmp_path, "caseload", cell) == number


@pytest.mark.parametrize(("cell", "number"), [("0.5", 0.5), ("-1", -1), (".5", 0.5), ("1e-1", 0.1)])
def test_axes(tmp_path: Path, cell: str, number: float) -> None:
    found = one(tmp_path, "style_past_orientation", cell)
    assert found.row.style.past_orientation == number


def test_the_items_of_a_cell_are_parted_by_semicolons(tmp_path: Path) -> None:
    assert value(tmp_path, "modalities", " cbt; act ;;cbt;") == ["cbt", "act"]
    assert value(tmp_path, "modalities", " ; ") == []
    found = one(tmp_path, "licences", "us-ca;DE")
    assert [licence.jurisdiction for licence in found.row.licences] == ["US-CA", "DE"]


@pytest.mark.parametrize(
    ("column", "cell", "field", "text"),
    [
        ("active", "maybe", "active", "must be true or false"),
        ("caseload", "1,5", "caseload", "must be a whole number from 0 to 100000"),
        ("caseload", "1_0", "caseload", "must be a whole number from 0 to 100000"),
        ("caseload", "٣", "caseload", "must be a whole number from 0 to 100000"),
        ("caseload_limit", "-1", "caseload_limit", "must be a whole number from 0 to 100000"),
        ("style_warm_support", "0,5", "style_warm_support", "must be a number from −1 to 1"),
        ("style_warm_support", "nan", "style_warm_support", "must be a number from −1 to 1"),
        ("style_warm_support", "1e999", "style_warm_support", "must be a number from −1 to 1"),
        ("leaving_on", "12/31/2026", "leaving_on", "must be a date, as in 2026-03-31"),
        ("availability_confirmed_at", "2026-03-01 09:30", "availability_confirmed_at",
         "must be a time with a zone, as in 2026-03-31T09:00:00Z"),
        ("needs", "grief;SECRET", "needs[1]", UNKNOWN_CODE),
        ("languages", "Spanish", "languages[0]",
         "must be a language tag (BCP 47), such as es or es-MX"),
        ("licences", "Texas", "licences[0].jurisdiction",
         "must be a country or state code (ISO 3166), such as DE or US-CA"),
    ],
)  # fmt: skip
def test_a_fault_is_named_by_column(
    tmp_path: Path, column: str, cell: str, field: str, text: str
) -> None:
    assert problem(tmp_path, column, cell) == (field, text)


def test_a_rejected_row_counts_its_other_problems(tmp_path: Path) -> None:
    found = read(tmp_path, "reference,name,active,needs\n,Ana,maybe,x;y\nt-2,Ben,,x;y\n")
    assert found == [
        Rejected(2, "active", "must be true or false (1 more in this row)"),
        Rejected(3, "needs[0]", UNKNOWN_CODE + " (1 more in this row)"),
    ]


def test_a_row_may_not_run_past_the_header(tmp_path: Path) -> None:
    found = read(tmp_path, "reference,name,,\nt-1,Ana\nt-2,Ben,,,\nt-3,Cleo,SECRET\nt-4\n")
    assert [type(item) for item in found] == [Row, Row, Rejected, Rejected]
    assert found[2] == Rejected(4, "row", "has more cells than the header has columns")
    assert found[3] == Rejected(5, "name", "is required")


def test_a_reference_stands_once(tmp_path: Path) -> None:
    found = read(tmp_path, "reference,name\nt-1,Ana\nt-2,\n t-1 ,Ben\nt-2,Cleo\n")
    assert found[1:3] == [
        Rejected(3, "name", "is required"),
        Rejected(4, "reference", "stands already on line 2"),
    ]
    assert found[3].row.name == "Cleo"


@pytest.mark.parametrize(
    ("text", "line", "detail"),
    [
        ("name\nAna\n", 1, "has no column reference: it is required"),
        ("\nreference\nt-1\n", 2, "has no column name: it is required"),
        ("reference,name,name\n", 1, "has the column name twice: keep one"),
        ("reference,Name,NAME\n", 1, "has the column name twice: keep one"),
        ("reference,,name\n", 1, "has no name for column 2: name it, or remove it"),
        ("reference,name,langauges\n", 1,
         "has a column that is not known, column 3; did you mean languages?"),
        ("reference,name,style\n", 1,
         "has a column that is not known, column 3: remove it, or see the columns in the docs"),
        ("reference,name," + "S" * 70 + "\n", 1,
         "has a column that is not known, column 3: remove it, or see the columns in the docs"),
        ("reference;name;needs\nt-1;Ana;\n", 1,
         "has its columns separated by semicolons: save it with commas"),
        ("Reference\tName\nt-1\tA\n", 1,
         "has its columns separated by tabs: save it with commas"),
        (",,\n\n,\n", None, "has no header: begin with a line that names the columns"),
        ('reference,name\nt-1,Ana\n"t-2,Ben\nt-3,C\n', 3,
         "has unbalanced quotation marks: inside a quoted cell, write each of them twice"),
        ('reference,name\n"t-1"x,Ana\n', 2,
         "has unbalanced quotation marks: inside a quoted cell, write each of them twice"),
        ("reference,name\nt-1," + "x" * 65_537 + "\n", 2,
         "has a cell longer than 64 KiB: is a quotation mark left open?"),
        ("reference,name\nt-1," + "é" * 32_769 + "\n", 2,
         "has a cell longer than 64 KiB: is a quotation mark left open?"),
        ('reference,name\nt-1,"' + "x\n" * 80_000, 2,
         "has a cell longer than 64 KiB: is a quotation mark left open?"),
        ("reference,name\nt-1," + ",".join(['"' + "x" * 60_000 + '\n"'] * 20) + "\n", 2,
         "has a record longer than 1 MiB: is a quotation mark left open?"),
    ],
)  # fmt: skip
def test_a_fault_of_the_whole_file_is_found_before_any_row(
    tmp_path: Path, text: str, line: int | None, detail: str
) -> None:
    with pytest.raises(FileFault) as caught:
        THERAPIST_FILES.check(written(tmp_path, text), CSV)
    assert (caught.value.detail, caught.value.line) == (detail, line)


def test_a_long_cell_within_the_limit_is_a_fault_of_its_row(tmp_path: Path) -> None:
    found = read(tmp_path, f"reference,name\nt-1,{'x' * 65_536}\nt-2,Ben\n")
    assert [type(item) for item in found] == [Rejected, Row]
    assert (found[0].line, found[0].field) == (2, "name")


def test_a_header_alone_is_a_file_of_no_rows(tmp_path: Path) -> None:
    path = written(tmp_path, "reference,name\n")
    assert THERAPIST_FILES.check(path, CSV).rows == 0
    assert outcomes(path, CSV) == []
