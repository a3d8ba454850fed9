"""What a cell of a CSV file says, read as its column's type.

What does not read as that type stays text: the row's schema then says what is wanted.
"""

import re

_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_ANY_CASE = re.ASCII | re.IGNORECASE
_WHOLE_NUMBER = re.compile(r"[+-]?\d{1,9}(\.0*)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d{1,9}(\.\d{0,30})?|\.\d{1,30})(e[+-]?\d{1,3})?", _ANY_CASE)


def items(cell: str) -> list[str]:
    """The items between semicolons, without blank ones."""
    return [item for part in cell.split(";") if (item := part.strip())]


def truth(cell: str) -> bool | str:
    """`true`, `yes`, `1` and their opposites."""
    return _TRUTH.get(cell.strip().casefold(), cell)


def whole_number(cell: str) -> int | str:
    """A whole number of at most nine digits; data-frame tools write it as `19.0`."""
    cell = cell.strip()
    return int(cell.partition(".")[0]) if _WHOLE_NUMBER.fullmatch(cell) else cell


def whole_numbers(cell: str) -> list[int | str]:
    """Whole numbers between semicolons."""
    return [whole_number(item) for item in items(cell)]


def number(cell: str) -> float | str:
    """A decimal number, with a point."""
    cell = cell.strip()
    return float(cell) if _NUMBER.fullmatch(cell) else cell
