"""What became of matches: whom the client chose from the list, and how the two got on."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import ColumnElement, Row, and_, select

from api.auth.scope import ClinicScope
from api.db.tables import FitRating, Match, Pairing
from api.db.tables.base import table_of
from api.intake.wishes import asked_for_culture
from api.store.rating_scales import rating_scale
from api.store.weightings import read_weighting
from matching.learning.fit_index import index_at
from matching.learning.ratings import ITEMS

# Ids named in one query.
_AT_ONCE = 500

_matches = table_of(Match)
_pairings = table_of(Pairing)
_ratings = table_of(FitRating)

_OF_MATCH = and_(
    _matches.c.clinic_id == _pairings.c.clinic_id, _matches.c.id == _pairings.c.match_id
)
_CHOICE: list[ColumnElement[Any]] = [
    _pairings.c.id,
    _pairings.c.match_id,
    _pairings.c.client_id,
    _pairings.c.therapist_id,
    _pairings.c.rank,
    _pairings.c.override_reason,
    _matches.c.request,
    _matches.c.answer,
]
_RATING = (
    _ratings.c.pairing_id,
    _ratings.c.session_number,
    *(_ratings.c[item] for item in ITEMS),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What followed from one match.

    Attributes:
        client_id, therapist_id: who chose whom.
        rank: where the therapist stood, from 1, on a list of `shown`.
        fit: how they got on, in points of the fit index at the session that fits are told for,
            about 0..10; None where they have not rated it, or did not agree to learning.
    """

    client_id: UUID
    therapist_id: UUID
    rank: int
    shown: int
    fit: float | None


def outcomes(scope: ClinicScope, match_ids: Sequence[UUID]) -> Mapping[UUID, Outcome]:
    """What followed from these of the clinic's matches, as far as the client chose from the list.

    A match's first choice counts: whoever is asked next after a decline was not chosen from the
    whole list. Left out are choices past the list or with a reason of staff's own, those that staff
    decide on, and places that were offered from the waiting list. All fits are told by the fit
    weights of now.
    """
    choices = [
        row
        for start in range(0, len(match_ids), _AT_ONCE)
        for row in _choices(scope, match_ids[start : start + _AT_ONCE])
    ]
    fits = _fits(scope, choices)
    return {
        row.match_id: Outcome(
            row.client_id,
            row.therapist_id,
            row.rank,
            len(json.loads(row.answer)["candidates"]),
            fits.get(row.id),
        )
        for row in choices
    }


def _choices(scope: ClinicScope, match_ids: Sequence[UUID]) -> list[Row[Any]]:
    """The first choice of each match, where it is one from the list."""
    query = (
        select(*_CHOICE)
        .join(_matches, _OF_MATCH)
        .where(
            _pairings.c.clinic_id == scope.clinic_id,
            _pairings.c.match_id.in_(match_ids),
            _matches.c.selection_mode == "client",
            _pairings.c.wait_id.is_(None),
        )
        .order_by(_pairings.c.id)
    )
    first: dict[UUID, Row[Any]] = {}
    for row in scope.connection.execute(query):
        first.setdefault(row.match_id, row)
    return [row for row in first.values() if row.rank and row.override_reason is None]


def _fits(scope: ClinicScope, choices: Sequence[Row[Any]]) -> dict[UUID, float]:
    """How the two of each pairing got on, by pairing, of those that say so."""
    asked = {row.id: asked_for_culture(row.request) for row in choices}
    ids = list(asked)
    rows = [
        row
        for start in range(0, len(ids), _AT_ONCE)
        for row in scope.connection.execute(
            select(*_RATING).where(_learnable(scope, ids[start : start + _AT_ONCE]))
        )
    ]
    if not rows:
        return {}
    weighting, _ = read_weighting(scope, scope.clinic.weighting_id)
    scale = rating_scale(scope)
    # None becomes NaN.
    items = np.array([row[2:] for row in rows], np.float32)
    session = np.array([row.session_number for row in rows], np.int64)
    culture = np.array([asked[row.pairing_id] for row in rows], np.bool_)
    index = index_at(items, session, culture, weighting.fit_weights, scale.levels)
    value = scale.growth.carried(index.value, session)
    weight = 1.0 / (index.noise + scale.growth.noise(session))
    place = {
        id_: number for number, id_ in enumerate(dict.fromkeys(row.pairing_id for row in rows))
    }
    pair = np.array([place[row.pairing_id] for row in rows], np.intp)
    known = np.isfinite(value)
    total = np.bincount(pair[known], weight[known], len(place))
    summed = np.bincount(pair[known], (weight * value)[known], len(place))
    return {id_: float(summed[at] / total[at]) for id_, at in place.items() if total[at]}


def _learnable(scope: ClinicScope, pairing_ids: Sequence[UUID]) -> ColumnElement[bool]:
    return and_(
        _ratings.c.clinic_id == scope.clinic_id,
        _ratings.c.pairing_id.in_(pairing_ids),
        _ratings.c.learning,
    )
