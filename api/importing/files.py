"""The files that one import takes: told apart by media type, checked whole, read one by one."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from api.importing import delimited, ndjson
from api.importing.encoding import check_encoding
from api.importing.outcome import Checked, Rejected, Skipped, UnsupportedMediaType
from api.limits import FILE_BYTES
from matching.vocabulary import Vocabulary

Row = TypeVar("Row")

CSV, NDJSON, FHIR = "text/csv", "application/x-ndjson", "application/fhir+json"
_SUFFIXES = {".csv": CSV, ".ndjson": NDJSON, ".jsonl": NDJSON, ".json": FHIR}
_LINE_ENDS: Mapping[str, tuple[bytes, ...]] = {
    CSV: delimited.LINE_ENDS,
    NDJSON: ndjson.LINE_ENDS,
    FHIR: (),
}


@dataclass(frozen=True, slots=True)
class Format(Generic[Row]):
    """How files of one form are checked and counted, and then read."""

    name: str
    check: Callable[[Path], int]
    read: Callable[[Path, Vocabulary], Iterator[Row | Skipped | Rejected]]


class RecordFiles(Generic[Row]):
    """The files of one import: for each media type, which format a file of that type has.

    Pure: no database, no HTTP. A file is read from the disk twice, in bounded memory.
    """

    def __init__(self, formats: Mapping[str, Callable[[Path], Format[Row]]]) -> None:
        self._formats = formats

    @property
    def media_types(self) -> tuple[str, ...]:
        """The types that are read, without parameters."""
        return tuple(self._formats)

    def check(self, path: Path, media_type: str, max_bytes: int = FILE_BYTES) -> Checked:
        """Read all of a file once for faults of the whole, before anything of it lands.

        `rows` is the number of records: of outcomes that `read` gives, except for FHIR, where it
        is the number of entries, and the `line` of an outcome says how far reading has come.

        Raises:
            FileFault: nothing of the file can be used, and why.
            UnsupportedMediaType: no importer reads this type.
            FileTooLarge: the file has more than `max_bytes`.
        """
        essence = self.check_media_type(media_type)
        check_encoding(path, max_bytes, _LINE_ENDS[essence])
        found = self._formats[essence](path)
        return Checked(found.check(path), found.name)

    def read(
        self, path: Path, media_type: str, vocabulary: Vocabulary
    ) -> Iterator[Row | Skipped | Rejected]:
        """The records of a file that `check` has passed, one by one."""
        return self._formats[self.check_media_type(media_type)](path).read(path, vocabulary)

    def check_media_type(self, media_type: str) -> str:
        """The type of file that a Content-Type names, without its parameters.

        Raises:
            UnsupportedMediaType: no importer reads it, or it names a charset other than UTF-8.
        """
        essence, *parameters = (part.strip().lower() for part in media_type.split(";"))
        if essence.endswith(("/xml", "+xml")):
            raise UnsupportedMediaType("XML is not accepted; send JSON")
        if essence not in self._formats:
            known = ", ".join(self._formats)
            raise UnsupportedMediaType(f"is of a type that is not read: send {known}")
        charset = next(
            (p.partition("=")[2].strip('"') for p in parameters if p.startswith("charset=")),
            "utf-8",
        )
        if charset not in {"utf-8", "utf8", "us-ascii"}:
            raise UnsupportedMediaType("is not in UTF-8: save it as UTF-8 and send it again")
        return essence

    def media_type_of(self, path: Path) -> str:
        """The media type that a file's suffix stands for.

        Raises:
            UnsupportedMediaType: it stands for none that is read.
        """
        suffixes = {name: kind for name, kind in _SUFFIXES.items() if kind in self._formats}
        media_type = suffixes.get(path.suffix.lower())
        if media_type is None:
            known = ", ".join(suffixes)
            raise UnsupportedMediaType(f"has a suffix that is not known: use {known}")
        return media_type
