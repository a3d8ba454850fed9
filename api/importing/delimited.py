"""CSV (RFC 4180) record by record, in bounded memory, and the columns that a header names."""

import csv
from collections.abc import Collection, Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from api.importing.encoding import opened_after_bom
from api.importing.outcome import FileFault
from api.importing.spelling import resembling
from api.limits import CELL_BYTES, RECORD_BYTES

LINE_ENDS = (b"\n", b"\r")
_UTF8_BYTES_A_CHARACTER = 4
_LONG_CELL = "has a cell longer than 64 KiB: is a quotation mark left open?"
_UNBALANCED = "has unbalanced quotation marks: inside a quoted cell, write each of them twice"


def records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Each record with the 1-based line it starts on. Records of empty cells only are left out.

    Raises:
        FileFault: quotation marks do not balance, or a cell or a record is too long.
    """
    with opened_after_bom(path) as file:
        lines = _Lines(TextIOWrapper(file, encoding="utf-8", newline=""))
        reader = csv.reader(lines, strict=True)
        start = 1
        try:
            for cells in reader:
                if lines.chars * _UTF8_BYTES_A_CHARACTER > CELL_BYTES:
                    _refuse_long_cells(cells, start)
                if any(cell and not cell.isspace() for cell in cells):
                    yield start, cells
                start = reader.line_num + 1
                lines.start_record(start)
        except csv.Error as error:
            too_long = "field larger than" in str(error)
            fault = FileFault(_LONG_CELL if too_long else _UNBALANCED, start)
            raise fault from None


def header(path: Path) -> tuple[int, list[str]]:
    """The first record and its line; trailing cells without a name are dropped.

    Raises:
        FileFault: as for `records`.
    """
    for line, cells in records(path):
        names = [cell.strip() for cell in cells]
        while not names[-1]:
            names.pop()
        return line, names
    raise FileFault("has no header: begin with a line that names the columns")


def column_positions(
    line: int,
    names: list[str],
    known: Collection[str],
    required: Collection[str],
    *,
    others: bool = False,
) -> dict[str, int]:
    """Where each of `known` stands among the header's `names`. `others` lets more columns stand.

    Raises:
        FileFault: a column is not known, stands twice, or is required and missing.
    """
    positions: dict[str, int] = {}
    for position, name in enumerate(names):
        if name in positions:
            raise FileFault(f"has the column {name} twice: keep one", line)
        if name in known:
            positions[name] = position
        elif not others:
            raise FileFault(_unknown_column(position, name, names, known), line)
    missing = [name for name in required if name not in positions]
    if missing:
        raise FileFault(f"has no column {missing[0]}: it is required", line)
    return positions


class _Lines:
    """The lines of a file, refusing a record that runs over too many of them."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._start = 1
        self.chars = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._file)
        self.chars += len(line)
        if self.chars > RECORD_BYTES:
            raise FileFault(
                "has a record longer than 1 MiB: is a quotation mark left open?", self._start
            )
        return line

    def start_record(self, line: int) -> None:
        self._start = line
        self.chars = 0


def _refuse_long_cells(cells: list[str], line: int) -> None:
    if any(len(cell.encode()) > CELL_BYTES for cell in cells):
        raise FileFault(_LONG_CELL, line)


def _unknown_column(position: int, name: str, names: list[str], known: Collection[str]) -> str:
    for separator, word in ((";", "semicolons"), ("\t", "tabs")):
        if len(names) == 1 and set(name.casefold().split(separator)) & set(known):
            return f"has its columns separated by {word}: save it with commas"
    if not name:
        return f"has no name for column {position + 1}: name it, or remove it"
    near = resembling(name, known)
    hint = f"; did you mean {near}?" if near else ": remove it, or see the columns in the docs"
    return f"has a column that is not known, column {position + 1}{hint}"
