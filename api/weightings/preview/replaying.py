"""The clinic's matches ranked again, as they were and under another weighting."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, Self
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from api.auth.scope import ClinicScope
from api.ranking.answering import Basis, engine_arguments
from api.ranking.recent import StoredMatch, answered, stored_matches
from api.ranking.shortfalls import shortfall_now
from api.store.outcomes import Outcome, outcomes, who_rated
from api.store.shortfalls import Shortfall, newest_shortfall
from api.store.weightings import read_weighting
from matching.choosing import Choosing, uptake
from matching.engine import LineUp, lined_up
from matching.insights.steps import numbers_by_quarter, quarter_of, steps_within
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


@dataclass(frozen=True, slots=True)
class Previewed:
    """One weighting, put in the place of those that matches were ranked with.

    Attributes:
        scope: whose matches they are.
        weighting_id: which weighting it is.
        shortfall: by which it arranges: `shortfall_once_active`, or what that was at another time.
    """

    scope: ClinicScope
    weighting_id: UUID
    shortfall: Shortfall | None

    @classmethod
    def once_active(cls, scope: ClinicScope, weighting_id: UUID) -> Self:
        """As it will rank once it is active."""
        exposure = read_weighting(scope, weighting_id)[0].exposure
        return cls(scope, weighting_id, shortfall_once_active(scope, exposure))

    def line_ups(self, match: StoredMatch) -> tuple[LineUp, LineUp]:
        """A match as it was ranked, and as it would have been."""
        before = engine_arguments(self.scope, match.basis, match.at)
        after = engine_arguments(self.scope, self._in_place(match.basis), match.at)
        return lined_up(match.intake, **before), lined_up(match.intake, **after)

    def _in_place(self, basis: Basis) -> Basis:
        """All else as it was, but for whose exposure fell short."""
        return replace(basis, weighting_id=self.weighting_id, shortfall=self.shortfall)


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
    )
    tally, sample = Tally(examples, choosing), Sample(choosing)
    sampled: dict[UUID, datetime] = {}
    superseded = lists = choices = 0
    for done, match in enumerate(stored_matches(scope, ids), start=1):
        before, after = previewed.line_ups(match)
        compiled = match.basis.compiled
        places = places_of(compiled.availability)
        tally.add(str(match.id), compiled.roster.ids, before, after, places)
        superseded += match.basis.weighting_id != scope.clinic.weighting_id
        outcome = followed.get(match.id)
        if _is_to_choose_from(match, before):
            lists += 1
            choices += outcome is not None
        if outcome is not None and outcome.fit is not None:
            row = compiled.roster.row_of(str(outcome.therapist_id))
            client = outcome.client_id
            if row is not None and sample.add(client, row, outcome.fit, before, after):
                sampled[match.id] = match.at
        told(done)
    estimates = sample.estimates(_in_whole_steps(scope, sampled, followed))
    return Replayed(tally.comparison(uptake(choices, lists)), estimates, superseded)


def _is_to_choose_from(match: StoredMatch, shown: LineUp) -> bool:
    """Whether a client was to choose from a match's list, so that `outcomes` could tell of it."""
    row = match.row
    by_client = row.selection_mode == "client" and row.origin != "wait"
    return by_client and bool(shown.arrangement.orders.shape[1])


def _in_whole_steps(
    scope: ClinicScope, sampled: Mapping[UUID, datetime], followed: Mapping[UUID, Outcome]
) -> NDArray[np.bool_]:
    """Flags, of the rated choices of these matches, those of whole steps of five clients.

    Steps are counted off over all rated choices of the clinic, in the order in which the matches
    were answered, from the beginning of each quarter: whatever matches are asked for. Of one match
    more or less, what its client rated would be the difference of two estimates.
    """
    if not sampled:
        return np.zeros(0, np.bool_)
    rows = answered(scope, quarter_of(min(sampled.values())), max(sampled.values()))
    who = dict(who_rated(scope, [row.id for row in rows if row.id not in followed]))
    who |= {id_: one.client_id for id_, one in followed.items() if one.fit is not None}
    rated = [row for row in rows if row.id in who]
    numbers = numbers_by_quarter([row.created_at for row in rated], [who[row.id] for row in rated])
    asked = np.array([row.id in sampled for row in rated], np.bool_)
    whole = {rated[place].id for place in np.flatnonzero(steps_within(numbers, asked))}
    return np.array([id_ in whole for id_ in sampled], np.bool_)
