"""What became of matches: whom the client chose from the list, and how the two got on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from pydantic_core import from_json
from sqlalchemy import ColumnElement, Row, and_, select

from api.auth.scope import ClinicScope
from api.db.tables import FitRating, Match, Pairing
from api.db.tables.base import table_of
from api.intake.wishes import asked_for_culture
from api.store.rating_scales import rating_scale
from api.store.weightings import read_weighting
from matching.learning.fit_index import counting, index_at
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
    rows = _first_choices(scope, match_ids, _matches.c.request, _matches.c.answer)
    asked: dict[UUID, bool] = {}
    unrated: dict[UUID, tuple[UUID, Outcome]] = {}
    for row in rows:
        # The answer is let go once it is parsed: together they would fill the memory.
        shown = len(from_json(row.answer)["candidates"])
        asked[row.id] = asked_for_culture(row.request)
        outcome = Outcome(row.client_id, row.therapist_id, row.rank, shown, None)
        unrated[row.id] = (row.match_id, outcome)
    fits = _fits(scope, asked)
    return {
        match_id: replace(outcome, fit=fits.get(pairing_id))
        for pairing_id, (match_id, outcome) in unrated.items()
    }


def who_rated(scope: ClinicScope, match_ids: Sequence[UUID]) -> Mapping[UUID, UUID]:
    """Who chose, by match, where `outcomes` of these matches would have a fit.

    It costs a fraction: no answer is read.
    """
    chosen = {row.id: row for row in _first_choices(scope, match_ids)}
    rows = _ratings_of(scope, list(chosen))
    if not rows:
        return {}
    weighting, _ = read_weighting(scope, scope.clinic.weighting_id)
    counts = counting(*_items(rows), weighting.fit_weights)
    rated = (chosen[row.pairing_id] for row, known in zip(rows, counts, strict=True) if known)
    return {choice.match_id: choice.client_id for choice in rated}


def _first_choices(
    scope: ClinicScope, match_ids: Sequence[UUID], *more: ColumnElement[Any]
) -> Iterator[Row[Any]]:
    """The first choice of each match, where it is one from the list; `more` of its match."""
    for start in range(0, len(match_ids), _AT_ONCE):
        query = (
            select(*_CHOICE, *more)
            .join(_matches, _OF_MATCH)
            .where(
                _pairings.c.clinic_id == scope.clinic_id,
                _pairings.c.match_id.in_(match_ids[start : start + _AT_ONCE]),
                _matches.c.selection_mode == "client",
                _pairings.c.wait_id.is_(None),
            )
            .order_by(_pairings.c.id)
        )
        seen: set[UUID] = set()
        for row in scope.connection.execute(query):
            if row.match_id not in seen and row.rank and row.override_reason is None:
                yield row
            seen.add(row.match_id)


def _fits(scope: ClinicScope, asked: Mapping[UUID, bool]) -> dict[UUID, float]:
    """How the two of each pairing got on, by pairing, of those that say so.

    `asked` says of each pairing whether its client asked for a culture.
    """
    rows = _ratings_of(scope, list(asked))
    if not rows:
        return {}
    weighting, _ = read_weighting(scope, scope.clinic.weighting_id)
    scale = rating_scale(scope)
    items, session = _items(rows)
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


def _ratings_of(scope: ClinicScope, pairing_ids: Sequence[UUID]) -> list[Row[Any]]:
    """What was rated of these pairings and may be learned from."""
    return [
        row
        for start in range(0, len(pairing_ids), _AT_ONCE)
        for row in scope.connection.execute(
            select(*_RATING).where(_learnable(scope, pairing_ids[start : start + _AT_ONCE]))
        )
    ]


def _items(rows: Sequence[Row[Any]]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The items of ratings, NaN where not answered, and of which session each is."""
    # None becomes NaN.
    items = np.array([row[2:] for row in rows], np.float32)
    return items, np.array([row.session_number for row in rows], np.int64)


def _learnable(scope: ClinicScope, pairing_ids: Sequence[UUID]) -> ColumnElement[bool]:
    return and_(
        _ratings.c.clinic_id == scope.clinic_id,
        _ratings.c.pairing_id.in_(pairing_ids),
        _ratings.c.learning,
    )
