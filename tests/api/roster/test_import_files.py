"""Files of therapists: by media type, checked before anything is read, in bounded memory."""

from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from api.importing.outcome import Checked, FileFault, FileTooLarge, UnsupportedMediaType
from api.limits import MIB
from api.roster import importers
from api.roster.importers import THERAPIST_FILES
from tests.factories.fhir import bundle, practitioner, role, write_json
from tests.factories.memory import peak_bytes
from tests.factories.roster import (
    CSV,
    FHIR,
    NDJSON,
    VOCABULARY,
    nppes_row,
    therapist_row,
    write_csv,
    write_ndjson,
    write_nppes,
)

XML = "XML is not accepted; send JSON"
BILLION_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><a>&c;</a>'
)


def therapists(number: int) -> Iterator[dict[str, Any]]:
    for place in range(number):
        row = therapist_row(reference=f"t-{place}")
        yield row | {"licences": ["US-CA"]}


def people(number: int) -> dict[str, Any]:
    resources: list[dict[str, Any]] = []
    for place in range(number):
        resources.append(practitioner(f"p{place}", text={"div": "x" * 500}))
        resources.append(role(f"r{place}", of=f"Practitioner/p{place}"))
    return bundle(*resources)


FILES: dict[str, Callable[[Path, int], tuple[Path, str]]] = {
    "therapist_csv": lambda path, number: (write_csv(path, therapists(number)), CSV),
    "therapist_ndjson": lambda path, number: (write_ndjson(path, therapists(number)), NDJSON),
    "fhir": lambda path, number: (write_json(path, people(number)), FHIR),
    "nppes": lambda path, number: (
        write_nppes(path, (nppes_row(f"{1_000_000_000 + n}") for n in range(number))), CSV,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_the_format_is_recognised_and_counted(tmp_path: Path, name: str) -> None:
    path, media_type = FILES[name](tmp_path / "file", 4)
    entries_each = 2 if name == "fhir" else 1
    assert THERAPIST_FILES.check(path, media_type) == Checked(4 * entries_each, name)


@pytest.mark.parametrize("media_type", THERAPIST_FILES.media_types)
def test_a_whole_fault_is_found_whatever_the_type(tmp_path: Path, media_type: str) -> None:
    path = tmp_path / "file"
    for content, detail in [
        (b"", "is empty: send a file with records"),
        (BILLION_LAUGHS, XML),
        (b"a\0", "holds NUL bytes: save it as UTF-8 (in a spreadsheet: CSV UTF-8)"),
        ("é".encode("latin-1"), "is not UTF-8: save it as UTF-8 (in a spreadsheet: CSV UTF-8)"),
    ]:
        path.write_bytes(content)
        with pytest.raises(FileFault) as caught:
            THERAPIST_FILES.check(path, media_type)
        assert caught.value.detail == detail


def test_a_file_may_be_as_large_as_the_limit(tmp_path: Path) -> None:
    path = write_ndjson(tmp_path / "file", therapists(3))
    assert THERAPIST_FILES.check(path, NDJSON, path.stat().st_size).rows == 3
    with pytest.raises(FileTooLarge):
        THERAPIST_FILES.check(path, NDJSON, path.stat().st_size - 1)


@pytest.mark.parametrize(
    "media_type",
    ["application/xml", "text/xml; charset=utf-8", "application/fhir+xml", "Application/XHTML+XML"],
)
def test_xml_is_refused_by_its_type(media_type: str) -> None:
    with pytest.raises(UnsupportedMediaType) as caught:
        THERAPIST_FILES.check_media_type(media_type)
    assert caught.value.detail == XML


@pytest.mark.parametrize("media_type", ["", "text/plain", "application/json", "SECRET", "text"])
def test_other_types_are_refused_without_being_repeated(tmp_path: Path, media_type: str) -> None:
    path = write_ndjson(tmp_path / "file", therapists(1))
    for attempt in (
        lambda: THERAPIST_FILES.check_media_type(media_type),
        lambda: THERAPIST_FILES.check(path, media_type),
        lambda: THERAPIST_FILES.read(path, media_type, VOCABULARY),
    ):
        with pytest.raises(UnsupportedMediaType) as caught:
            attempt()
        assert caught.value.detail == (
            "is of a type that is not read: send text/csv, application/x-ndjson,"
            " application/fhir+json"
        )


@pytest.mark.parametrize(
    ("parameters", "read"),
    [("", True), ("; charset=UTF-8", True), ('; header=present;charset="utf-8"', True),
     (";charset=us-ascii", True), ("; charset=ISO-8859-1", False), ("; charset=utf-16", False)],
)  # fmt: skip
def test_a_charset_other_than_utf_8_is_refused(parameters: str, read: bool) -> None:
    if read:
        assert THERAPIST_FILES.check_media_type("Text/CSV " + parameters) == CSV
        return
    with pytest.raises(UnsupportedMediaType) as caught:
        THERAPIST_FILES.check_media_type(CSV + parameters)
    assert caught.value.detail == "is not in UTF-8: save it as UTF-8 and send it again"


def test_a_suffix_stands_for_a_type() -> None:
    names = ("a.csv", "B.CSV", "a.ndjson", "a.jsonl", "a.b.json")
    assert [THERAPIST_FILES.media_type_of(Path(name)) for name in names] == [
        CSV,
        CSV,
        NDJSON,
        NDJSON,
        FHIR,
    ]
    for name in ("a.xlsx", "csv", ""):
        with pytest.raises(UnsupportedMediaType):
            THERAPIST_FILES.media_type_of(Path(name))


@pytest.mark.parametrize("name", FILES)
def test_reading_begins_with_the_first_row(tmp_path: Path, name: str) -> None:
    path, media_type = FILES[name](tmp_path / "file", 2_000)
    read = THERAPIST_FILES.read(path, media_type, VOCABULARY)
    assert len(list(islice(read, 2))) == 2
    read.close()  # type: ignore[attr-defined]


# Bytes held a row: a reference and its line, and in FHIR the facts that are to be joined.
HELD = {"therapist_csv": 150, "therapist_ndjson": 150, "nppes": 150, "fhir": 1_500}


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_memory_does_not_grow_with_the_file(tmp_path: Path, name: str) -> None:
    rows = 6_000
    path, media_type = FILES[name](tmp_path / "file", rows)
    checking = peak_bytes(lambda: THERAPIST_FILES.check(path, media_type))

    def read() -> None:
        deque(THERAPIST_FILES.read(path, media_type, VOCABULARY), maxlen=0)

    assert checking < MIB
    assert peak_bytes(read) < MIB // 2 + rows * HELD[name]


def test_what_the_importers_export() -> None:
    assert set(importers.__all__) == {"THERAPIST_FILES", "Row"}
    assert all(hasattr(importers, name) for name in importers.__all__)
