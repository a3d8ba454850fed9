"""The one gate that every row of therapists passes, whatever file it came from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from api.http.validation import field_problems, known_names
from api.importing.outcome import WHOLE_ROW, Rejected
from api.importing.spelling import resembling
from api.profiles.codes import UNKNOWN_CODE, unknown_codes
from api.profiles.schemas import TherapistRow
from matching.vocabulary import Vocabulary

_MISSPELT = "stands where it is not known, or is misspelt: see /openapi.json"


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
        self._column = column
        self._lines: dict[str, int] = {}

    def take(
        self, line: int, data: Mapping[str, Any], stated: frozenset[str] | None = None
    ) -> Row | Rejected:
        """The row, or its first problem and how many more there are.

        A rejected row takes no reference: a later row may bring it in order.
        """
        try:
            row = TherapistRow.model_validate(data)
        except ValidationError as error:
            return self._invalid(line, error)
        unknown = unknown_codes(row, self._vocabulary)
        if unknown:
            return self._rejected(line, unknown[0][0], UNKNOWN_CODE, len(unknown) - 1)
        first = self._lines.setdefault(row.reference, line)
        if first != line:
            return self._rejected(line, "reference", f"stands already on line {first}")
        return Row(line, row, stated)

    def _invalid(self, line: int, error: ValidationError) -> Rejected:
        found = error.errors(include_url=False, include_input=False)
        first, others = found[0], len(found) - 1
        if first["type"] == "extra_forbidden":
            near = resembling(str(first["loc"][-1]), known_names((TherapistRow,)))
            if near:
                return self._rejected(line, near, _MISSPELT, others)
            return self._rejected(line, WHOLE_ROW, "has a field that is not known", others)
        problem = field_problems([first], [TherapistRow])[0]
        return self._rejected(line, problem.field, problem.problem, others)

    def _rejected(self, line: int, field: str, problem: str, others: int = 0) -> Rejected:
        more = f" ({others} more in this row)" if others else ""
        return Rejected(line, self._column(field), problem + more)
