"""The US registry's download (NPPES data dissemination): its behavioural-health people."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from api.importing.delimited import column_positions, header, records
from api.importing.outcome import Rejected, Skipped
from api.roster.importers.acceptance import Acceptance, Row
from api.roster.importers.npi import valid_npi
from api.roster.importers.nucc import discipline_of
from api.roster.importers.us_states import state_jurisdiction
from matching.vocabulary import Vocabulary

_NPI = "NPI"
_ENTITY_TYPE = "Entity Type Code"
_LAST_NAME = "Provider Last Name (Legal Name)"
_FIRST_NAME = "Provider First Name"
_DEACTIVATED = "NPI Deactivation Date"
_REACTIVATED = "NPI Reactivation Date"
_TAXONOMY = [f"Healthcare Provider Taxonomy Code_{place}" for place in range(1, 16)]
_STATE = [f"Provider License Number State Code_{place}" for place in range(1, 16)]
_PRIMARY = [f"Healthcare Provider Primary Taxonomy Switch_{place}" for place in range(1, 16)]
COLUMNS = (
    _NPI, _ENTITY_TYPE, _LAST_NAME, _FIRST_NAME, _DEACTIVATED, _REACTIVATED,
    *_TAXONOMY, *_STATE, *_PRIMARY,
)  # fmt: skip
_ORGANISATION = "2"

# What the registry speaks about, besides licences where it names a state. Its word on gender is
# unconfirmed, so it is not taken.
_STATED = frozenset({"reference", "name", "discipline"})

Cell = Callable[[str], str]


def is_nppes(names: list[str]) -> bool:
    """Whether a header is the registry's."""
    return _NPI in names and _ENTITY_TYPE in names


def check_nppes(path: Path) -> int:
    """How many rows stand under the header.

    Raises:
        FileFault: the header or the form of the file is at fault.
    """
    _positions(path)
    return sum(1 for _ in records(path)) - 1


def read_nppes(path: Path, vocabulary: Vocabulary) -> Iterator[Row | Skipped | Rejected]:
    """The rows: taken are people of behavioural health whose number is not deactivated."""
    positions = _positions(path)
    acceptance = Acceptance(vocabulary)
    rows = records(path)
    next(rows)
    for line, cells in rows:

        def cell(name: str, cells: list[str] = cells) -> str:
            position = positions[name]
            return cells[position].strip() if position < len(cells) else ""

        yield _outcome(line, cell, acceptance)


def _outcome(line: int, cell: Cell, acceptance: Acceptance) -> Row | Skipped | Rejected:
    # A deactivated number has no other cell filled in, so this is asked first.
    if _deactivated(cell(_DEACTIVATED), cell(_REACTIVATED)):
        return Skipped(line, "deactivated")
    if cell(_ENTITY_TYPE) == _ORGANISATION:
        return Skipped(line, "organisation")
    discipline = discipline_of(_by_primary(cell))
    if discipline is None:
        return Skipped(line, "not_behavioural_health")
    if not valid_npi(cell(_NPI)):
        return Rejected(line, _NPI, "is not a valid NPI: ten digits, the last a check digit")
    row: dict[str, Any] = {
        "reference": f"npi-{cell(_NPI)}",
        "name": f"{cell(_FIRST_NAME)} {cell(_LAST_NAME)}",
        "discipline": discipline,
    }
    licences = _licences(cell)
    if licences:
        row["licences"] = licences
    return acceptance.take(line, row, _STATED | row.keys())


def _deactivated(off: str, on: str) -> bool:
    if not off:
        return False
    try:
        return _day(on) < _day(off)
    except ValueError:
        return True


def _day(text: str) -> datetime:
    return datetime.strptime(text, "%m/%d/%Y")  # noqa: DTZ007 - only compared with one another


def _by_primary(cell: Cell) -> list[str]:
    """The taxonomy codes, the primary one first."""
    codes = [
        (cell(primary) != "Y", cell(code))
        for code, primary in zip(_TAXONOMY, _PRIMARY, strict=True)
    ]
    return [code for _, code in sorted(codes, key=lambda pair: pair[0])]


def _licences(cell: Cell) -> list[str]:
    """The states that license the behavioural-health taxonomies; what is no state is unknown."""
    states = (
        state_jurisdiction(cell(state))
        for code, state in zip(_TAXONOMY, _STATE, strict=True)
        if discipline_of([cell(code)])
    )
    return [state for state in states if state]


def _positions(path: Path) -> dict[str, int]:
    line, names = header(path)
    return column_positions(line, names, COLUMNS, COLUMNS, others=True)
