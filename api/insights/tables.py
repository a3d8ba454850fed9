"""A page's table as a CSV file that a spreadsheet opens without running anything."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

# What a spreadsheet takes for a formula where a text begins with it (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_of(row_type: type[BaseModel], rows: list[Any]) -> bytes:
    """The table with a line of names, CRLF at line ends (RFC 4180), in UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(_names(row_type))
    for row in rows:
        writer.writerow([_cell(value) for _, value in _flat(row.model_dump())])
    return out.getvalue().encode()


def _names(row_type: type[BaseModel], before: str = "") -> list[str]:
    """Every column, those of a record within under its name."""
    names = []
    for name, field in row_type.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            names += _names(inner, f"{before}{name}_")
        else:
            names.append(before + name)
    return names


def _flat(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value)
        else:
            yield name, value


def _cell(value: Any) -> Any:
    """Numbers as they are; a text that a spreadsheet would compute begins with an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    text = ";".join(value) if isinstance(value, list) else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
