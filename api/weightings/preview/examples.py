"""The matches whose lists change most: both lists side by side, with the points that did it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

import numpy as np

from api.auth.scope import ClinicScope
from api.ranking.recent import StoredMatch, stored_matches
from api.weightings.preview.replaying import Lining
from api.weightings.preview.schemas import (
    CauseOut,
    ComparedOut,
    ExampleOut,
    PlaceOut,
    TherapistOut,
)
from matching.engine import LineUp
from matching.lists import overlap
from matching.ranking import MAX_LIMIT

# A list that changes has many small causes; the first few tell the story.
_MOST_CAUSES = 3
# Below this it is rounding.
_LEAST = 1e-9


def examples(scope: ClinicScope, previewed: Lining, ids: Sequence[UUID]) -> list[ExampleOut]:
    """The clinic's matches of these ids, in this order; those that were erased are left out."""
    found = {match.id: _example(previewed, match) for match in stored_matches(scope, ids)}
    return [found[id_] for id_ in ids if id_ in found]


def _example(previewed: Lining, match: StoredMatch) -> ExampleOut:
    # A longer list begins with the shorter one, and knows of more who were close.
    longer = replace(match, intake=replace(match.intake, limit=MAX_LIMIT))
    two = previewed.line_ups(longer)
    before, after = (_shown(line_up, match.intake.limit) for line_up in two)
    roster = match.basis.compiled.roster
    compared = {
        row: ComparedOut(
            therapist=TherapistOut(
                id=roster.ids[row], reference=roster.references[row], name=roster.names[row]
            ),
            before=_place(two[0], row, before),
            after=_place(two[1], row, after),
        )
        for row in dict.fromkeys([*after, *before])
    }
    return ExampleOut(
        match_id=str(match.id),
        overlap=overlap(before, after),
        therapists=list(compared.values()),
        because=_causes([compared[row] for row in before], [compared[row] for row in after]),
    )


def _shown(line_up: LineUp, limit: int) -> list[int]:
    """The roster rows of those who are shown, in order."""
    places = line_up.arrangement.orders[line_up.arrangement.mine][:limit]
    rows: list[int] = line_up.pool.rows.take(places).tolist()
    return rows


def _place(line_up: LineUp, row: int, shown: list[int]) -> PlaceOut | None:
    pool = line_up.pool
    at = np.flatnonzero(pool.rows == row)
    if not at.size:
        return None
    points = dict(zip(pool.weights, pool.points[:, at[0]].tolist(), strict=True))
    rank = shown.index(row) + 1 if row in shown else None
    return PlaceOut(rank=rank, score=float(pool.total[at[0]]), points=points)


def _causes(before: Sequence[ComparedOut], after: Sequence[ComparedOut]) -> list[CauseOut]:
    """What brought who rises nearer to who falls, at the first rank that changes; most first.

    Of each dimension, by how many points the difference between the two grew. Empty where one of
    them was too far down to be looked at, or where the same scores are arranged otherwise.
    """
    for falls, rises in zip(before, after, strict=False):
        if falls is rises:
            continue
        then, now = _lead(rises.before, falls.before), _lead(rises.after, falls.after)
        if then is None or now is None:
            return []
        grew = {name: now.get(name, 0.0) - then.get(name, 0.0) for name in {**now, **then}}
        most = sorted(grew.items(), key=lambda one: -one[1])[:_MOST_CAUSES]
        return [CauseOut(dimension=name, points=by) for name, by in most if by > _LEAST]
    return []


def _lead(one: PlaceOut | None, other: PlaceOut | None) -> Mapping[str, float] | None:
    """By how many points one stands above the other, by dimension."""
    if one is None or other is None:
        return None
    return {name: points - other.points[name] for name, points in one.points.items()}
