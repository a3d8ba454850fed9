"""Rapport's own CSV: a column a field, `;` inside a cell, a column for each style axis."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from api.importing.delimited import column_positions, header, records
from api.importing.outcome import WHOLE_ROW, Rejected
from api.profiles.documents import LISTS
from api.profiles.schemas import TherapistRow
from api.roster.importers.acceptance import Acceptance, Row
from matching.vocabulary import STYLE_AXES, Vocabulary

_STYLE = "style_"
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_ANY_CASE = re.ASCII | re.IGNORECASE
_WHOLE_NUMBER = re.compile(r"[+-]?\d{1,9}(\.0*)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d{1,9}(\.\d{0,30})?|\.\d{1,30})(e[+-]?\d{1,3})?", _ANY_CASE)


def _items(cell: str) -> list[str]:
    return [item for part in cell.split(";") if (item := part.strip())]


# What does not read as its column's type stays text: the row's schema then says what is wanted.
def _truth(cell: str) -> bool | str:
    return _TRUTH.get(cell.strip().casefold(), cell)


def _whole_number(cell: str) -> int | str:
    cell = cell.strip()
    return int(cell.partition(".")[0]) if _WHOLE_NUMBER.fullmatch(cell) else cell


def _number(cell: str) -> float | str:
    cell = cell.strip()
    return float(cell) if _NUMBER.fullmatch(cell) else cell


_READERS: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys((*LISTS, "licences"), _items),
    **dict.fromkeys(("active", "associate", "accepting"), _truth),
    **dict.fromkeys(("caseload", "caseload_limit"), _whole_number),
    **{_STYLE + axis: _number for axis in STYLE_AXES},
}
COLUMNS: tuple[str, ...] = (
    *(name for name in TherapistRow.model_fields if name != "style"),
    *(_STYLE + axis for axis in STYLE_AXES),
)
REQUIRED = ("reference", "name")


def check_therapist_csv(path: Path) -> int:
    """How many rows stand under the header.

    Raises:
        FileFault: the header or the form of the file is at fault.
    """
    _positions(path)
    return sum(1 for _ in records(path)) - 1


def read_therapist_csv(path: Path, vocabulary: Vocabulary) -> Iterator[Row | Rejected]:
    """The rows under the header; each is its therapist's whole profile."""
    plan = [
        (position, name, _READERS.get(name, str)) for name, position in _positions(path).items()
    ]
    width = max(position for position, _, _ in plan) + 1
    acceptance = Acceptance(vocabulary, _column)
    rows = records(path)
    next(rows)
    for line, cells in rows:
        # Spreadsheets leave out the last cells of a row where they are empty.
        padded = cells + [""] * (width - len(cells))
        if any(padded[width:]):
            yield Rejected(line, WHOLE_ROW, "has more cells than the header has columns")
        else:
            yield acceptance.take(line, _row(padded, plan))


def _row(cells: list[str], plan: list[tuple[int, str, Callable[[str], Any]]]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    style: dict[str, Any] = {}
    for position, name, read in plan:
        cell = cells[position]
        if not cell or cell.isspace():
            continue
        if name.startswith(_STYLE):
            style[name.removeprefix(_STYLE)] = read(cell)
        else:
            row[name] = read(cell)
    if style:
        row["style"] = style
    return row


def _positions(path: Path) -> dict[str, int]:
    line, names = header(path)
    return column_positions(line, [name.casefold() for name in names], COLUMNS, REQUIRED)


def _column(field: str) -> str:
    return field.replace("style.", _STYLE) if field.startswith("style.") else field
