"""CSV of our own: one record a row, one field a column, however deep the field stands."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.importing.delimited import column_positions, header, records


@dataclass(frozen=True, slots=True)
class Column:
    """Where in a record a cell's value stands, name by name, and how the cell is read."""

    path: tuple[str, ...]
    read: Callable[[str], Any] = str


class Table:
    """The columns that a file may have, by name, and those that it must."""

    def __init__(self, columns: Mapping[str, Column], required: Sequence[str]) -> None:
        self.columns = columns
        self._required = required
        self._names = {".".join(column.path): name for name, column in columns.items()}

    def check(self, path: Path) -> int:
        """How many rows stand under the header.

        Raises:
            FileFault: the header or the form of the file is at fault.
        """
        self._positions(path)
        return sum(1 for _ in records(path)) - 1

    def objects(self, path: Path) -> Iterator[tuple[int, dict[str, Any] | str]]:
        """Each row's 1-based line with its record, or with what is wrong with the row.

        A blank cell says nothing: its field is left out.
        """
        plan = [(position, self.columns[name]) for name, position in self._positions(path).items()]
        width = max(position for position, _ in plan) + 1
        rows = records(path)
        next(rows)
        for line, cells in rows:
            # Spreadsheets leave out the last cells of a row where they are empty.
            padded = cells + [""] * (width - len(cells))
            if any(padded[width:]):
                yield line, "has more cells than the header has columns"
            else:
                yield line, _record(padded, plan)

    def column(self, field: str) -> str:
        """The column that holds a field: `style.warm_support` stands in `style_warm_support`."""
        stem, bracket, place = field.partition("[")
        return self._names.get(stem, stem) + bracket + place

    def _positions(self, path: Path) -> dict[str, int]:
        line, names = header(path)
        known = [name.casefold() for name in names]
        return column_positions(line, known, self.columns, self._required)


def _record(cells: Sequence[str], plan: Sequence[tuple[int, Column]]) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for position, column in plan:
        cell = cells[position]
        if not cell or cell.isspace():
            continue
        inner = record
        *above, name = column.path
        for step in above:
            inner = inner.setdefault(step, {})
        inner[name] = column.read(cell)
    return record
