"""Files of therapists in, validated rows out: `check_file` first, then `read_therapists`.

Pure: no database, no HTTP. A file is read from the disk twice, in bounded memory.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from api.importing import delimited, ndjson
from api.importing.encoding import check_encoding
from api.importing.outcome import (
    Checked,
    FileFault,
    FileTooLarge,
    Rejected,
    Skipped,
    UnsupportedMediaType,
)
from api.limits import FILE_BYTES
from api.roster.importers.acceptance import Row
from api.roster.importers.fhir import check_fhir, read_fhir
from api.roster.importers.nppes import check_nppes, is_nppes, read_nppes
from api.roster.importers.therapist_csv import check_therapist_csv, read_therapist_csv
from api.roster.importers.therapist_ndjson import read_therapist_ndjson
from matching.vocabulary import Vocabulary

__all__ = [
    "MEDIA_TYPES",
    "FileFault",
    "FileTooLarge",
    "Outcome",
    "Rejected",
    "Row",
    "Skipped",
    "UnsupportedMediaType",
    "check_file",
    "check_media_type",
    "media_type_of",
    "read_therapists",
]

Outcome = Row | Skipped | Rejected

MEDIA_TYPES = ("text/csv", "application/x-ndjson", "application/fhir+json")
_SUFFIXES = {
    ".csv": "text/csv",
    ".ndjson": "application/x-ndjson",
    ".jsonl": "application/x-ndjson",
    ".json": "application/fhir+json",
}


@dataclass(frozen=True, slots=True)
class _Format:
    name: str
    check: Callable[[Path], int]
    read: Callable[[Path, Vocabulary], Iterator[Outcome]]


_CSV = _Format("therapist_csv", check_therapist_csv, read_therapist_csv)
_NPPES = _Format("nppes", check_nppes, read_nppes)
_NDJSON = _Format("therapist_ndjson", ndjson.check_lines, read_therapist_ndjson)
_FHIR = _Format("fhir", check_fhir, read_fhir)
_LINE_ENDS: dict[str, tuple[bytes, ...]] = {
    "text/csv": delimited.LINE_ENDS,
    "application/x-ndjson": ndjson.LINE_ENDS,
    "application/fhir+json": (),
}


def check_file(path: Path, media_type: str, max_bytes: int = FILE_BYTES) -> Checked:
    """Read all of a file once for faults of the whole, before anything of it lands.

    `rows` is the number of records: of outcomes that `read_therapists` gives, except for FHIR,
    where it is the number of entries, and the `line` of an outcome says how far reading has come.

    Raises:
        FileFault: nothing of the file can be used, and why.
        UnsupportedMediaType: no importer reads this type.
        FileTooLarge: the file has more than `max_bytes`.
    """
    essence = check_media_type(media_type)
    check_encoding(path, max_bytes, _LINE_ENDS[essence])
    found = _format(path, essence)
    return Checked(found.check(path), found.name)


def read_therapists(path: Path, media_type: str, vocabulary: Vocabulary) -> Iterator[Outcome]:
    """The records of a file that `check_file` has passed, one by one.

    A row of Rapport's own CSV or NDJSON is a whole profile (`stated` None). A registry's row says
    which fields it speaks about, and leaves the others of a known therapist as they are.
    """
    return _format(path, check_media_type(media_type)).read(path, vocabulary)


def check_media_type(media_type: str) -> str:
    """The type of file that a Content-Type names, without its parameters.

    Raises:
        UnsupportedMediaType: no importer reads it, or it names a charset other than UTF-8.
    """
    essence, *parameters = (part.strip().lower() for part in media_type.split(";"))
    if essence.endswith(("/xml", "+xml")):
        raise UnsupportedMediaType("XML is not accepted; send JSON")
    if essence not in MEDIA_TYPES:
        raise UnsupportedMediaType(f"is of a type that is not read: send {', '.join(MEDIA_TYPES)}")
    charset = next(
        (p.partition("=")[2].strip('"') for p in parameters if p.startswith("charset=")), "utf-8"
    )
    if charset not in {"utf-8", "utf8", "us-ascii"}:
        raise UnsupportedMediaType("is not in UTF-8: save it as UTF-8 and send it again")
    return essence


def media_type_of(path: Path) -> str:
    """The media type that a file's suffix stands for: .csv, .ndjson, .jsonl or .json (FHIR).

    Raises:
        UnsupportedMediaType: it stands for none.
    """
    media_type = _SUFFIXES.get(path.suffix.lower())
    if media_type is None:
        raise UnsupportedMediaType("has an unknown suffix: use .csv, .ndjson or, for FHIR, .json")
    return media_type


def _format(path: Path, essence: str) -> _Format:
    if essence == "text/csv":
        _, names = delimited.header(path)
        return _NPPES if is_nppes(names) else _CSV
    return _NDJSON if essence == "application/x-ndjson" else _FHIR
