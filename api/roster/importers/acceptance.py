"""The one gate that every row of therapists passes, whatever file it came from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from api.importing.outcome import Rejected
from api.landing.gate import Gate
from api.profiles.codes import UNKNOWN_CODE, unknown_codes
from api.profiles.schemas import TherapistRow
from matching.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Row:
    """A valid row. `stated` names the fields that its source speaks about, None for all of them."""

    line: int
    row: TherapistRow
    stated: frozenset[str] | None = None


class Acceptance:
    """Takes rows of one file: valid, in the clinic's own codes, each reference once.

    `column` turns the path of a field into the file's own name for it.
    """

    def __init__(
        self, vocabulary: Vocabulary, column: Callable[[str], str] = lambda path: path
    ) -> None:
        self._vocabulary = vocabulary
        self._gate = Gate(TherapistRow, column)

    def take(
        self, line: int, found: dict[str, Any] | str, stated: frozenset[str] | None = None
    ) -> Row | Rejected:
        """The row, or its first problem and how many more there are."""
        row = self._gate.valid(line, found)
        if isinstance(row, Rejected):
            return row
        unknown = unknown_codes(row, self._vocabulary)
        if unknown:
            return self._gate.rejected(line, unknown[0][0], UNKNOWN_CODE, len(unknown) - 1)
        return self._gate.repeated(line, "reference", row.reference) or Row(line, row, stated)
