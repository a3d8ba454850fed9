"""The first look at a file, byte by byte: size, encoding, and lines of bounded length."""

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from api.importing.outcome import FileFault, FileTooLarge
from api.limits import MIB, RECORD_BYTES

_CHUNK = 64 * 1024
_SAVE_AS = "save it as UTF-8 (in a spreadsheet: CSV UTF-8)"


def check_encoding(path: Path, max_bytes: int, line_ends: tuple[bytes, ...]) -> None:
    """Read all of `path` once, in bounded memory.

    `line_ends` are the bytes that end a line, none for formats in which lines mean nothing.

    Raises:
        FileFault: the file is too large, empty, XML, not UTF-8, or holds NUL or too long a line.
    """
    if path.stat().st_size > max_bytes:
        raise FileTooLarge(f"is larger than {max_bytes // MIB} MiB: send it in parts")
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, unended, empty = 1, 0, True
    with path.open("rb") as file:
        _refuse_other_formats(file.read(_CHUNK))
        file.seek(0)
        while chunk := file.read(_CHUNK):
            _refuse_nul(chunk, line)
            _decode(decoder, chunk, line)
            if line_ends:
                unended = _unended(chunk, unended, line, line_ends)
            line += chunk.count(b"\n")
            empty = empty and not chunk.removeprefix(codecs.BOM_UTF8).strip()
        _decode(decoder, b"", line, final=True)
    if empty:
        raise FileFault("is empty: send a file with records")


@contextmanager
def opened_after_bom(path: Path) -> Iterator[BinaryIO]:
    """`path` for reading, behind a byte-order mark where it has one."""
    with path.open("rb") as file:
        if file.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
            file.seek(0)
        yield file


def _refuse_other_formats(head: bytes) -> None:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise FileFault(f"is UTF-16: {_SAVE_AS}", 1)
    if head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<"):
        raise FileFault("XML is not accepted; send JSON", 1)


def _refuse_nul(chunk: bytes, line: int) -> None:
    position = chunk.find(b"\0")
    if position >= 0:
        at = line + chunk.count(b"\n", 0, position)
        raise FileFault(f"holds NUL bytes: {_SAVE_AS}", at)


def _decode(
    decoder: codecs.IncrementalDecoder, chunk: bytes, line: int, *, final: bool = False
) -> None:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError as error:
        # The decoder keeps the start of a character from the chunk before; it holds no line end.
        at = line + error.object.count(b"\n", 0, error.start)
    else:
        return
    raise FileFault(f"is not UTF-8: {_SAVE_AS}", at)


def _unended(chunk: bytes, before: int, line: int, ends: tuple[bytes, ...]) -> int:
    """How long the line is that `chunk` leaves open, `before` bytes of it read already."""
    first = min((at for end in ends if (at := chunk.find(end)) >= 0), default=len(chunk))
    if before + first > RECORD_BYTES:
        raise FileFault("has a line longer than 1 MiB: put each record on a line of its own", line)
    last = max(chunk.rfind(end) for end in ends)
    return before + len(chunk) if last < 0 else len(chunk) - last - 1
