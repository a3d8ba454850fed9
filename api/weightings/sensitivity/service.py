"""Sensitivity: recent matches as they were, and where each one's first place would change."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Row

from api.audit.record import record
from api.auth.scope import ClinicScope
from api.problems import NotFound
from api.ranking.answering import engine_arguments
from api.ranking.recent import (
    StoredMatch,
    answered,
    recent_ids,
    stored_matches,
    time_of_latest,
)
from api.store.weightings import read_weighting
from api.weightings import queries
from api.weightings.sensitivity.schemas import DimensionOut, Move, SensitivityOut, ShareOut
from matching.insights.steps import (
    in_fives,
    latest_of_quarters,
    latest_steps,
    numbers_by_quarter,
    quarter_of,
)
from matching.sensitivity import BOUND, Reach, Tipping, reaches, tipping
from matching.vocabulary import DIMENSIONS
from matching.weighting import Weighting

# With fewer matches one of them alone would be more than the smallest share but one.
LEAST_MATCHES = 20

_ENOUGH = (
    "By score alone, with rosters, availability and models as they were: close matches, which are"
    " shown in varied order, change more often."
)
_TOO_FEW = "Too few matches to tell: there must be 20."

# What `tipping` takes of the engine's arguments: who was seen how often moves no score.
_TAKEN = (
    "roster", "availability", "weighting", "vocabulary", "rules", "clinic_key", "now", "learned",
)  # fmt: skip


def sensitivity(scope: ClinicScope, last: int, weighting_id: UUID | None) -> SensitivityOut:
    """How far each weight of a version, the active one if none is named, can move; recorded.

    Raises:
        NotFound: the clinic has none of that id.
    """
    found = worked_out(scope, last, weighting_id)
    record_reading(scope, found)
    return found


def record_reading(scope: ClinicScope, found: SensitivityOut) -> None:
    """Record that what was worked out is read."""
    scope.unit.begin_write()
    record(scope, "weighting.sensitivity_read", found.weighting, {"matches": found.matches})


def worked_out(scope: ClinicScope, last: int, weighting_id: UUID | None) -> SensitivityOut:
    """The same, not recorded yet: whoever shows it records that, once all is worked out.

    Raises:
        NotFound: the clinic has none of that id.
    """
    of = weighting_id or scope.clinic.weighting_id
    if queries.by_id(scope, of) is None:
        raise NotFound("The clinic has no such weighting.")
    weighting, version = read_weighting(scope, of)
    tipped = [_tipping(scope, match, of) for match in stored_matches(scope, _whole(scope, last))]
    enough = len(tipped) >= LEAST_MATCHES
    return SensitivityOut(
        weighting=of,
        version=version,
        matches=len(tipped),
        bound=BOUND,
        words=_ENOUGH if enough else _TOO_FEW,
        dimensions=_dimensions(weighting, tipped) if enough else [],
    )


def _whole(scope: ClinicScope, last: int) -> list[UUID]:
    """The latest match a quarter of each client, in the newest whole steps of five clients.

    `last` at most, ordered as `recent_ids`. Steps are counted from the beginning of each quarter,
    whatever `last` is: beside one match more, every figure would tell what one client asked for.
    """
    begin = time_of_latest(scope, last)
    # And the quarter before, since a step that is not over is left out.
    since = begin and quarter_of(quarter_of(begin) - timedelta(microseconds=1))
    rows = answered(scope, since)
    rows = [rows[at] for at in latest_of_quarters([row.created_at for row in rows], _clients(rows))]
    numbers = numbers_by_quarter([row.created_at for row in rows], _clients(rows))
    taken = {rows[at].id for at in np.flatnonzero(latest_steps(numbers, last))}
    return [id_ for id_ in recent_ids(scope, since=since) if id_ in taken]


def _clients(rows: Sequence[Row[Any]]) -> list[UUID]:
    return [row.client_id or row.id for row in rows]


def _tipping(scope: ClinicScope, match: StoredMatch, weighting_id: UUID) -> Tipping:
    basis = replace(match.basis, weighting_id=weighting_id)
    arguments = engine_arguments(scope, basis, match.at)
    return tipping(match.intake, **{name: arguments[name] for name in _TAKEN})


def _dimensions(weighting: Weighting, tipped: list[Tipping]) -> list[DimensionOut]:
    reached = reaches(tipped)
    return [
        DimensionOut(
            dimension=name,
            weight=weighting.weights[name],
            asked=in_fives(sum(bool(one.asked[at]) for one in tipped)),
            shares=[_share(one, at, weighting.weights[name]) for one in reached],
        )
        for at, name in enumerate(DIMENSIONS)
    ]


def _share(reach: Reach, at: int, weight: float) -> ShareOut:
    down, up = reach.down[at], reach.up[at]
    return ShareOut(share=reach.share, down=_move(down, weight), up=_move(up, weight))


def _move(factor: float | None, weight: float) -> Move | None:
    return None if factor is None else Move(factor=factor, weight=factor * weight)
