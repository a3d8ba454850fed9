"""By how much each therapist's exposure fell short, by version. A version never changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import bindparam, insert, select

from api.auth.scope import ClinicScope
from api.db.tables import ExposureShortfall
from api.db.tables.base import table_of
from api.ids import new_id
from api.store.rosters import CompiledRoster
from matching.roster import Roster

_Floats = NDArray[np.float64]

# The cache counts in therapists, each of whom takes about 80 bytes in a compiled roster.
_ENTRIES_A_THERAPIST = 2

_shortfalls = table_of(ExposureShortfall)
_OF_CLINIC = _shortfalls.c.clinic_id == bindparam("clinic_id")
# Ids are made in order of time.
_NEWEST = select(_shortfalls.c.id).where(_OF_CLINIC).order_by(_shortfalls.c.id.desc()).limit(1)
_BY_ID = select(_shortfalls.c.measured_at, _shortfalls.c.document).where(
    _OF_CLINIC, _shortfalls.c.id == bindparam("shortfall_id")
)


@dataclass(frozen=True, slots=True)
class Shortfall:
    """One version, or what one would be.

    Attributes:
        id: None for what was measured and is not kept.
        measured_at: it is of matches before this time.
        by_therapist: shortfalls above 0, up to 1, by therapist id.
    """

    id: UUID | None
    measured_at: datetime
    by_therapist: Mapping[str, float]


def newest_shortfall(scope: ClinicScope) -> Shortfall | None:
    """The clinic's newest version, by which matches are arranged; None where there is none yet."""
    newest = scope.connection.execute(_NEWEST, {"clinic_id": scope.clinic_id}).scalar()
    return None if newest is None else shortfall_of(scope, newest)


def shortfall_of(scope: ClinicScope, shortfall_id: UUID) -> Shortfall:
    """The clinic's version of that id, which must exist."""
    key = ("shortfall", scope.clinic_id, shortfall_id)
    kept: Shortfall | None = scope.database.cache.get(key)
    if kept is not None:
        return kept
    named = {"clinic_id": scope.clinic_id, "shortfall_id": shortfall_id}
    row = scope.connection.execute(_BY_ID, named).one()
    found = Shortfall(shortfall_id, row.measured_at, row.document)
    scope.database.cache.put(key, found, cost=1 + _ENTRIES_A_THERAPIST * len(row.document))
    return found


def shortfall_on(scope: ClinicScope, shortfall: Shortfall, compiled: CompiledRoster) -> _Floats:
    """By row of a roster, shape (len(roster),); 0 for who came later.

    Kept are the last of the versions in use and the last of what is not kept as a version, since a
    preview ranks by both in turn.
    """
    key = ("shortfall on", scope.clinic_id, shortfall.id is None)
    kept: tuple[Shortfall, Roster, _Floats] | None = scope.database.cache.get(key)
    if kept is not None and kept[0] is shortfall and kept[1] is compiled.roster:
        return kept[2]
    by_row = np.zeros(len(compiled.roster))
    for id_, short in shortfall.by_therapist.items():
        row = compiled.roster.row_of(id_)
        if row is not None:
            by_row[row] = short
    scope.database.cache.put(key, (shortfall, compiled.roster, by_row), cost=1 + by_row.size)
    return by_row


def keep_shortfall(scope: ClinicScope, measured: Shortfall) -> Shortfall:
    """Make what was measured the clinic's newest version; the unit of work must be writing."""
    kept = Shortfall(new_id(), measured.measured_at, measured.by_therapist)
    row = {
        "clinic_id": scope.clinic_id,
        "id": kept.id,
        "measured_at": kept.measured_at,
        "document": dict(kept.by_therapist),
    }
    scope.connection.execute(insert(_shortfalls), row)
    return kept
