"""JSON objects, one a line."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from api.importing.encoding import opened_after_bom
from api.importing.outcome import FileFault
from api.limits import JSON_DEPTH

LINE_ENDS = (b"\n",)
NOT_AN_OBJECT = "is not a JSON object: put one object on each line"
# A string that is never closed is taken to the end, so the search stays linear in the line.
_BRACKET_OR_STRING = re.compile(rb'"(?:[^"\\]|\\.?)*+"?|[\[\]{}]', re.DOTALL)


class _NameTwiceError(ValueError):
    pass


def check_lines(path: Path) -> int:
    """How many lines hold something.

    Raises:
        FileFault: a line nests deeper than 64 levels.
    """
    count = 0
    for number, line in _lines(path):
        count += 1
        if line.count(b"[") + line.count(b"{") > JSON_DEPTH and _depth(line) > JSON_DEPTH:
            raise FileFault(f"nests deeper than {JSON_DEPTH} levels", number)
    return count


def objects(path: Path) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Each line's 1-based number with its object, or with what is wrong with the line."""
    for number, line in _lines(path):
        yield number, _object(line)


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    with opened_after_bom(path) as file:
        for number, line in enumerate(file, 1):
            if not line.isspace():
                yield number, line


def _object(line: bytes) -> dict[str, Any] | str:
    try:
        value = json.loads(line, object_pairs_hook=_without_repeats, parse_constant=_refuse)
    except _NameTwiceError:
        return "names a field twice: keep one"
    except (ValueError, RecursionError):
        return NOT_AN_OBJECT
    return value if isinstance(value, dict) else NOT_AN_OBJECT


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _NameTwiceError
    return members


def _refuse(_constant: str) -> None:
    raise ValueError


def _depth(line: bytes) -> int:
    deepest = depth = 0
    for match in _BRACKET_OR_STRING.finditer(line):
        token = match[0]
        if token in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif token in b"]}":
            depth -= 1
    return deepest
