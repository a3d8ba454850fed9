"""Files of past ratings in, validated rows out: Rapport's own CSV, and NDJSON."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from api.importing import ndjson
from api.importing.cells import items, number, truth, whole_number, whole_numbers
from api.importing.files import CSV, NDJSON, Format, RecordFiles
from api.importing.outcome import Rejected
from api.importing.table import Column, Table
from api.intake.codes import preference_problems, refused_must, unknown_code, unknown_codes
from api.intake.wishes import Wishes, wishes_to_keep
from api.landing.gate import Gate
from api.ratings.schemas import RatingRow
from matching.learning.ratings import ITEMS
from matching.vocabulary import STYLE_AXES, Vocabulary

_STYLE = ("preferences", "communication_style")
_ANY_OF = ("gender", "culture", "language", "modality", "format", "schedule")


@dataclass(frozen=True, slots=True)
class Row:
    """A valid rating, and what is kept of what its client had asked for."""

    line: int
    rating: RatingRow
    wishes: Wishes | None


def _wish_columns() -> Iterator[tuple[str, Column]]:
    for name in _ANY_OF:
        yield f"{name}_any_of", Column(("preferences", name, "any_of"), items)
        yield f"{name}_importance", Column(("preferences", name, "importance"))
    for axis in STYLE_AXES:
        yield f"style_{axis}", Column((*_STYLE, axis), number)
    yield "cnip_items", Column((*_STYLE, "cnip_items"), whole_numbers)
    yield "communication_style_importance", Column((*_STYLE, "importance"))


TABLE = Table(
    {
        **{name: Column((name,)) for name in ("client_reference", "therapist_reference")},
        "session_number": Column(("session_number",), whole_number),
        **{name: Column((name,)) for name in ("rated_at", "format")},
        **{item: Column((item,), number) for item in ITEMS},
        **{f"style_seen_{axis}": Column(("style_seen", axis), whole_number) for axis in STYLE_AXES},
        **dict(_wish_columns()),
        "needs": Column(("needs",), items),
        "learning": Column(("learning",), truth),
    },
    required=("client_reference", "therapist_reference"),
)


class Acceptance:
    """Takes ratings of one file: valid, in the clinic's own codes, each session rated once."""

    def __init__(
        self, vocabulary: Vocabulary, column: Callable[[str], str] = lambda path: path
    ) -> None:
        self._vocabulary = vocabulary
        self._gate = Gate(RatingRow, column)

    def take(self, line: int, found: dict[str, Any] | str) -> Row | Rejected:
        """The row, or its first problem and how many more there are."""
        rating = self._gate.valid(line, found)
        if isinstance(rating, Rejected):
            return rating
        problems = list(_problems(rating, self._vocabulary))
        if problems:
            first, others = problems[0], len(problems) - 1
            return self._gate.rejected(line, first.field, first.problem, others)
        wishes = wishes_to_keep(rating.preferences, rating.needs)
        return self._gate.repeated(line, "session_number", _key(rating)) or Row(
            line, rating, wishes
        )


def _key(rating: RatingRow) -> bytes:
    """Stands for client, therapist and session; of fixed size, since every row's is held."""
    # No reference holds a line end.
    named = f"{rating.client_reference}\n{rating.therapist_reference}\n{rating.session_number}"
    return sha256(named.encode()).digest()[:16]


def _problems(rating: RatingRow, vocabulary: Vocabulary) -> Iterator[Any]:
    yield from unknown_code("format", rating.format, "formats", vocabulary)
    yield from preference_problems(rating.preferences, vocabulary)
    yield from unknown_codes("needs", rating.needs, ("needs",), vocabulary)
    yield from refused_must(rating.preferences, vocabulary)


def _read_csv(path: Path, vocabulary: Vocabulary) -> Iterator[Row | Rejected]:
    acceptance = Acceptance(vocabulary, TABLE.column)
    return (acceptance.take(line, found) for line, found in TABLE.objects(path))


def _read_ndjson(path: Path, vocabulary: Vocabulary) -> Iterator[Row | Rejected]:
    acceptance = Acceptance(vocabulary)
    return (acceptance.take(line, found) for line, found in ndjson.objects(path))


_CSV = Format("rating_csv", TABLE.check, _read_csv)
_NDJSON = Format("rating_ndjson", ndjson.check_lines, _read_ndjson)

RATING_FILES: RecordFiles[Row] = RecordFiles(
    {CSV: lambda _path: _CSV, NDJSON: lambda _path: _NDJSON}
)
