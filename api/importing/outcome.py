"""What reading a file can come to.

FileFault                 nothing of the file can be used
├── FileTooLarge
└── UnsupportedMediaType
Skipped | Rejected        one record: left out for a reason, or wrong
"""

from dataclasses import dataclass

WHOLE_ROW = "row"
"""The `field` of a problem that is not about one field."""


class FileFault(Exception):  # noqa: N818 - a fault of the file, not an error of the program
    """Why nothing of a file can be used. `detail` says what to do and holds nothing of the file.

    `line` is the 1-based line, in FHIR the 1-based entry, None where no single one is at fault.
    """

    def __init__(self, detail: str, line: int | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.line = line


class FileTooLarge(FileFault):
    """The file is larger than the limit."""


class UnsupportedMediaType(FileFault):
    """No importer reads this type of file."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A file without a fault of the whole: its format, and how many records it has."""

    rows: int
    format: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A record that is not for this import; `reason` is a stable code."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record with a fault: the field, by our name for it, and what to do about it."""

    line: int
    field: str
    problem: str
