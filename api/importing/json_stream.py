"""A JSON document too large for memory: checked event by event, then read element by element."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import ijson

from api.importing.encoding import opened_after_bom
from api.importing.outcome import FileFault
from api.limits import JSON_DEPTH, RECORD_BYTES

_CHUNK = 64 * 1024
_TOO_LONG = "has a record longer than 1 MiB"
_PLAIN_QUOTE = re.compile(rb'(?<!\\)"')
# The parser crashes the process on whole numbers that Python does not convert (4,300 digits).
_DIGITS = 1_000
_TOO_MANY_DIGITS = re.compile(rb"(?<![0-9])[0-9]{%d}" % (_DIGITS + 1))
# What a value, a name or a bracket takes in the file besides its letters, at the least.
_PUNCTUATION_BYTES = 2


def check_elements(path: Path, array: str) -> tuple[int, dict[str, Any]]:
    """How many elements the top-level `array` of an object has, and the object's plain members.

    Raises:
        FileFault: `path` is not one JSON object, or `array` is no array, an element is longer than
            1 MiB or nests deeper than 64 levels, or an object names a member twice. `line` is the
            1-based element.
    """
    walk = _Walk(array)
    if not _walked(path, walk):
        raise FileFault("is not valid JSON", walk.line)
    return walk.elements, walk.members


def elements(path: Path, array: str) -> Iterator[tuple[int, Any]]:
    """Each element of the top-level `array`, by its 1-based place, of a checked document."""
    with opened_after_bom(path) as file:
        yield from enumerate(ijson.items(file, f"{array}.item", buf_size=_CHUNK), 1)


def _walked(path: Path, walk: "_Walk") -> bool:
    """Whether the parser came to the end. Its own errors quote the text, so none is passed on."""
    try:
        with opened_after_bom(path) as file:
            for event, value in ijson.basic_parse(_Bounded(file, walk), buf_size=_CHUNK):
                walk.see(event, value)
    except (ijson.JSONError, ValueError, ArithmeticError):
        return False
    return True


class _Walk:
    """Where the first pass stands in the document, and what it has seen."""

    def __init__(self, array: str) -> None:
        self.elements = 0
        self.members: dict[str, Any] = {}
        self._array = array
        self._names: list[set[str]] = []  # those of each open object; none for an open array
        self._member = ""
        self._bytes = 0

    @property
    def line(self) -> int | None:
        return self.elements or None

    def see(self, event: str, value: Any) -> None:
        depth = len(self._names)
        if event in {"end_map", "end_array"}:
            self._names.pop()
            return
        if event == "map_key":
            self._name(value, depth)
        else:
            self._value(event, value, depth)
        self._bytes += _PUNCTUATION_BYTES + (len(value) if isinstance(value, str) else 0)
        if self._bytes > RECORD_BYTES:
            raise FileFault(_TOO_LONG, self.line)

    def _name(self, name: str, depth: int) -> None:
        if name in self._names[-1]:
            raise FileFault("names a member twice in one object: keep one", self.line)
        self._names[-1].add(name)
        if depth == 1:
            self._member = name

    def _value(self, event: str, value: Any, depth: int) -> None:
        opens = event in {"start_map", "start_array"}
        if depth == 0 and event != "start_map":
            raise FileFault("is not a JSON object")
        if depth == 1 and self._member == self._array and event != "start_array":
            raise FileFault(f"must have a list as {self._array}")
        if depth == 1 and not opens:
            self.members[self._member] = value
        if depth == 2 and self._member == self._array:
            self.elements += 1
            self._bytes = 0
        if opens:
            self._names.append(set())
            if len(self._names) > JSON_DEPTH:
                raise FileFault(f"nests deeper than {JSON_DEPTH} levels", self.line)


class _Bounded:
    """A file for the parser, which holds each token whole: refuses one longer than it may be.

    Inside a string every quotation mark is escaped, so a run of bytes without a plain one is at
    least as long as any token in it.
    """

    def __init__(self, file: BinaryIO, walk: _Walk) -> None:
        self._file = file
        self._walk = walk
        self._last = b""
        self._run = 0
        self._digits = b""

    def read(self, size: int) -> bytes:
        chunk = self._file.read(size)
        plain_quote = _PLAIN_QUOTE.search(self._last + chunk, len(self._last))
        self._run = 0 if plain_quote else self._run + len(chunk)
        if self._run > RECORD_BYTES:
            raise FileFault(_TOO_LONG, self._walk.line)
        self._last = chunk[-1:]
        self._count_digits(chunk)
        return chunk

    def _count_digits(self, chunk: bytes) -> None:
        joined = self._digits + chunk
        if _TOO_MANY_DIGITS.search(joined):
            raise ValueError("too many digits in a row")
        self._digits = joined[len(joined.rstrip(b"0123456789")) :]
