"""What every row of a file must pass, whatever the file: valid as its schema says, and once."""

from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from api.http.validation import field_problems, known_names
from api.importing.outcome import WHOLE_ROW, Rejected
from api.importing.spelling import resembling

_MISSPELT = "stands where it is not known, or is misspelt: see /openapi.json"

Model = TypeVar("Model", bound=BaseModel)


class Gate(Generic[Model]):
    """The rows of one file, each as `model` has it, or its first problem and how many more.

    `column` turns the path of a field into the file's own name for it.
    """

    def __init__(
        self, model: type[Model], column: Callable[[str], str] = lambda path: path
    ) -> None:
        self._model = model
        self._column = column
        self._lines: dict[Hashable, int] = {}

    def valid(self, line: int, found: dict[str, Any] | str) -> Model | Rejected:
        """The row; `found` is its fields, or what is wrong with the whole of it."""
        if isinstance(found, str):
            return self.rejected(line, WHOLE_ROW, found)
        try:
            return self._model.model_validate(found)
        except ValidationError as error:
            return self._invalid(line, error)

    def repeated(self, line: int, field: str, key: Hashable) -> Rejected | None:
        """Whether an accepted row had this key before; remembers it where not.

        Asked last of all: a rejected row takes no key, and a later row may bring it in order.
        """
        first = self._lines.setdefault(key, line)
        if first == line:
            return None
        return self.rejected(line, field, f"stands already on line {first}")

    def rejected(self, line: int, field: str, problem: str, others: int = 0) -> Rejected:
        """The row refused for a field's problem, and `others` besides."""
        more = f" ({others} more in this row)" if others else ""
        return Rejected(line, self._column(field), problem + more)

    def _invalid(self, line: int, error: ValidationError) -> Rejected:
        found = error.errors(include_url=False, include_input=False)
        first, others = found[0], len(found) - 1
        if first["type"] == "extra_forbidden":
            near = resembling(str(first["loc"][-1]), known_names((self._model,)))
            if near:
                return self.rejected(line, near, _MISSPELT, others)
            return self.rejected(line, WHOLE_ROW, "has a field that is not known", others)
        problem = field_problems([first], [self._model])[0]
        field = problem.field if first["loc"] else WHOLE_ROW
        return self.rejected(line, field, problem.problem, others)
