"""Rapport's own CSV: a column a field, `;` inside a cell, a column for each style axis."""

from collections.abc import Iterator
from pathlib import Path

from api.importing.cells import items, number, truth, whole_number
from api.importing.outcome import Rejected
from api.importing.table import Column, Table
from api.profiles.documents import LISTS
from api.profiles.schemas import TherapistRow
from api.roster.importers.acceptance import Acceptance, Row
from matching.vocabulary import STYLE_AXES, Vocabulary

_READERS = {
    **dict.fromkeys((*LISTS, "licences"), items),
    **dict.fromkeys(("active", "associate", "accepting"), truth),
    **dict.fromkeys(("caseload", "caseload_limit"), whole_number),
}
TABLE = Table(
    {
        **{
            name: Column((name,), _READERS.get(name, str))
            for name in TherapistRow.model_fields
            if name != "style"
        },
        **{f"style_{axis}": Column(("style", axis), number) for axis in STYLE_AXES},
    },
    required=("reference", "name"),
)


def read_therapist_csv(path: Path, vocabulary: Vocabulary) -> Iterator[Row | Rejected]:
    """The rows under the header; each is its therapist's whole profile."""
    acceptance = Acceptance(vocabulary, TABLE.column)
    return (acceptance.take(line, found) for line, found in TABLE.objects(path))
