"""The clinic's matches ranked again, as they were and under another weighting."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol
from uuid import UUID

from api.auth.scope import ClinicScope
from api.ranking.answering import Basis, engine_arguments
from api.ranking.recent import StoredMatch, stored_matches
from api.ranking.shortfalls import shortfall_now
from api.store.outcomes import outcomes
from api.store.shortfalls import Shortfall, newest_shortfall
from api.store.weightings import read_weighting
from matching.choosing import Choosing
from matching.engine import LineUp, lined_up
from matching.off_policy import Estimates, Sample
from matching.replay import Comparison, Tally, places_of

# Called with how many matches have been ranked again.
Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay found.

    Attributes:
        comparison: of the lists.
        estimates: of the fit that would have followed.
        superseded: how many matches were ranked under another version than the active one.
    """

    comparison: Comparison
    estimates: Estimates
    superseded: int


class Lining(Protocol):
    """Lines matches up both ways."""

    def line_ups(self, match: StoredMatch) -> tuple[LineUp, LineUp]:
        """A match as it was ranked, and as it would have been."""


class Previewed:
    """One weighting, put in the place of those that matches were ranked with."""

    def __init__(self, scope: ClinicScope, weighting_id: UUID) -> None:
        self._scope = scope
        self._id = weighting_id
        exposure = read_weighting(scope, weighting_id)[0].exposure
        self._shortfall = shortfall_once_active(scope, exposure)

    def line_ups(self, match: StoredMatch) -> tuple[LineUp, LineUp]:
        """A match as it was ranked, and as it would have been."""
        before = engine_arguments(self._scope, match.basis, match.at)
        after = engine_arguments(self._scope, self._in_place(match.basis), match.at)
        return lined_up(match.intake, **before), lined_up(match.intake, **after)

    def _in_place(self, basis: Basis) -> Basis:
        """All else as it was, but for whose exposure fell short."""
        return replace(basis, weighting_id=self._id, shortfall=self._shortfall)


def shortfall_once_active(scope: ClinicScope, exposure: float) -> Shortfall | None:
    """Whose exposure falls short for who asks once such a version is active.

    Decided as activating decides it; `exposure` is that of the version, 0 to 1.
    """
    if exposure == 0:
        return None
    if exposure != read_weighting(scope, scope.clinic.weighting_id)[0].exposure:
        return shortfall_now(scope)
    return newest_shortfall(scope)


def replay(
    scope: ClinicScope,
    previewed: Lining,
    ids: Sequence[UUID],
    *,
    examples: int,
    told: Told = lambda _done: None,
) -> Replayed:
    """Rank the matches of these ids again, in the order that `recent_ids` gives, both ways."""
    followed = outcomes(scope, ids)
    choosing = Choosing.of(
        [outcome.rank for outcome in followed.values()],
        [outcome.shown for outcome in followed.values()],
        len(ids),
    )
    tally, sample = Tally(examples, choosing), Sample(choosing)
    superseded = 0
    for done, match in enumerate(stored_matches(scope, ids), start=1):
        before, after = previewed.line_ups(match)
        compiled = match.basis.compiled
        places = places_of(compiled.availability)
        tally.add(str(match.id), compiled.roster.ids, before, after, places)
        superseded += match.basis.weighting_id != scope.clinic.weighting_id
        outcome = followed.get(match.id)
        if outcome is not None and outcome.fit is not None:
            row = compiled.roster.row_of(str(outcome.therapist_id))
            if row is not None:
                sample.add(outcome.client_id, row, outcome.fit, before, after)
        told(done)
    return Replayed(tally.comparison(), sample.estimates(), superseded)
