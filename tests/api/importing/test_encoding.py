"""The first look at a file: size, encoding, and lines of bounded length."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.importing.encoding import check_encoding, opened_after_bom
from api.importing.outcome import FileFault, FileTooLarge
from api.limits import MIB, RECORD_BYTES

CHUNK = 64 * 1024
UTF16 = "is UTF-16: save it as UTF-8 (in a spreadsheet: CSV UTF-8)"
NOT_UTF8 = "is not UTF-8: save it as UTF-8 (in a spreadsheet: CSV UTF-8)"
NUL = "holds NUL bytes: save it as UTF-8 (in a spreadsheet: CSV UTF-8)"
EMPTY = "is empty: send a file with records"
XML = "XML is not accepted; send JSON"
LONG = "has a line longer than 1 MiB: put each record on a line of its own"


def written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "file"
    path.write_bytes(content)
    return path


def fault(path: Path, ends: tuple[bytes, ...] = (b"\n",), max_bytes: int = 64 * MIB) -> FileFault:
    with pytest.raises(FileFault) as caught:
        check_encoding(path, max_bytes, ends)
    return caught.value


@pytest.mark.parametrize(
    ("content", "line", "detail"),
    [
        (b"", None, EMPTY),
        (b" \r\n\t\n", None, EMPTY),
        (b"\xef\xbb\xbf\n", None, EMPTY),
        ("name\n".encode("utf-16"), 1, UTF16),
        (b"\xfe\xff\0n", 1, UTF16),
        ("name\nn".encode("utf-16-le"), 1, NUL),
        (b"a\nb\nc\0d", 3, NUL),
        (b"\n" * CHUNK + b"a\n\0", CHUNK + 2, NUL),
        ("name\nRenée\n".encode("latin-1"), 2, NOT_UTF8),
        (b"a\n" * CHUNK + b"a\n\xff", 2 + CHUNK, NOT_UTF8),
        (b"a\n\xed\xa0\x80", 2, NOT_UTF8),
        (b"a\nb\xc3", 2, NOT_UTF8),
        (b"<?xml version='1.0'?><Bundle/>", 1, XML),
        (b"\xef\xbb\xbf \n <!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>", 1, XML),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(
    tmp_path: Path, content: bytes, line: int | None, detail: str
) -> None:
    found = fault(written(tmp_path, content))
    assert (found.detail, found.line) == (detail, line)
    assert found.__context__ is None


@given(before=st.integers(0, 4), letter=st.sampled_from("éก😀"))
def test_a_character_across_two_chunks_is_whole(
    tmp_path_factory: pytest.TempPathFactory, before: int, letter: str
) -> None:
    path = tmp_path_factory.mktemp("chunks") / "file"
    path.write_bytes(b"x" * (CHUNK - before) + letter.encode() + b"\n")
    check_encoding(path, MIB, (b"\n",))


def test_the_size_is_bounded(tmp_path: Path) -> None:
    path = written(tmp_path, b"x" * (2 * MIB))
    check_encoding(path, 2 * MIB, ())
    found = fault(path, max_bytes=MIB)
    assert isinstance(found, FileTooLarge)
    assert found.detail == "is larger than 1 MiB: send it in parts"


@pytest.mark.parametrize("start", [0, 1, CHUNK - 1, CHUNK])
@pytest.mark.parametrize("last", [b"\n", b""])
def test_a_line_is_bounded_wherever_it_begins(tmp_path: Path, start: int, last: bytes) -> None:
    before = b"x" * (start - 1) + b"\n" if start else b""
    longest = before + b"y" * RECORD_BYTES
    check_encoding(written(tmp_path, longest + last + b"z"[: len(last)]), 64 * MIB, (b"\n",))
    found = fault(written(tmp_path, longest + b"y" + last))
    # Without a last line end, the bound is looked at in whole chunks.
    assert (found.detail, found.line) == (LONG, 1 + bool(start))


def test_what_ends_a_line_is_the_formats_to_say(tmp_path: Path) -> None:
    path = written(tmp_path, b"x\r" * RECORD_BYTES)
    check_encoding(path, 64 * MIB, (b"\n", b"\r"))
    check_encoding(path, 64 * MIB, ())
    assert fault(path, (b"\n",)).detail == LONG


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_reading_begins_behind_the_mark(tmp_path: Path, mark: bytes) -> None:
    with opened_after_bom(written(tmp_path, mark + b"ab")) as file:
        assert file.read() == b"ab"
