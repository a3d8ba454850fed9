"""Ranking: READ FIRST. Who may be shown, how well each meets what was asked, in what order and why.

    eligible → score → weigh → arrange → explain

Everything here is a function of its arguments: no clock, no storage, no hidden state.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from matching.arrange import Arrangement, Closeness, Draw, arrange
from matching.availability import Availability, AvailabilityRules
from matching.eligibility import Eligible, eligible
from matching.explain import Explanation, notices
from matching.intake import Intake
from matching.learning.learned import Learned
from matching.query import Query
from matching.ranking import Ranking
from matching.roster import Roster
from matching.scoring import Pool, score
from matching.suggestions import suggestions
from matching.vocabulary import Vocabulary
from matching.weighting import Weighting

# Said where exposure had a say in the order.
LIFTED = (
    "Therapists who were shown less often than their fit warrants may stand higher in the list."
)


@dataclass(frozen=True, slots=True)
class LineUp:
    """A ranking before it is explained: who is eligible, what they score, who may stand where."""

    query: Query
    found: Eligible
    pool: Pool
    arrangement: Arrangement


def rank(  # noqa: PLR0913 - every input of a ranking is named at the call
    intake: Intake,
    roster: Roster,
    availability: Availability,
    weighting: Weighting,
    *,
    vocabulary: Vocabulary,
    rules: AvailabilityRules,
    clinic_key: bytes,
    now: datetime,
    learned: Learned | None = None,
    shortfall: NDArray[np.float64] | None = None,
) -> Ranking:
    """Rank a clinic's therapists for one client, at `now` (aware).

    `availability` is aligned with `roster`; `clinic_key` is the secret by which the varied order
    cannot be foreseen; `vocabulary` has the labels that explanations are worded with. At most
    `intake.limit` candidates are answered, best first, the score of each being the sum of its
    contributions' points. `learned` is the clinic's model on this very roster; without one the
    ranking is by content alone. `shortfall`, shape (len(roster),) and 0..1, is how far each one's
    exposure fell short of what fit warrants; it counts for the order where the weighting's
    `exposure` is above 0. Raises ValueError if `availability`, `learned` or `shortfall` is of
    another roster.
    """
    line_up = lined_up(
        intake, roster, availability, weighting,
        vocabulary=vocabulary, rules=rules, clinic_key=clinic_key, now=now, learned=learned,
        shortfall=shortfall,
    )  # fmt: skip
    query, shown = line_up.query, line_up.arrangement.shown
    explained = Explanation(query, line_up.pool, roster, availability, rules, now, learned)
    free = line_up.found.rows.eligible
    return Ranking(
        candidates=explained.candidates(shown),
        considered=len(roster),
        eligible=free,
        excluded=line_up.found.excluded,
        suggestions=suggestions(query, roster, availability, rules, now, free),
        notices=(
            *notices(query, varied=any(propensity < 1 for _, propensity in shown)),
            *((LIFTED,) if line_up.arrangement.lifted else ()),
        ),
    )


def lined_up(  # noqa: PLR0913 - the same
    intake: Intake,
    roster: Roster,
    availability: Availability,
    weighting: Weighting,
    *,
    vocabulary: Vocabulary,
    rules: AvailabilityRules,
    clinic_key: bytes,
    now: datetime,
    learned: Learned | None = None,
    shortfall: NDArray[np.float64] | None = None,
) -> LineUp:
    """The ranking that `rank` explains: for whoever needs the order, or every order, alone."""
    if len(availability.ids) != len(roster):
        raise ValueError("availability is not aligned with the roster")
    if learned and len(learned.evidence) != len(roster):
        raise ValueError("the model is not aligned with the roster")
    if shortfall is not None and shortfall.shape != (len(roster),):
        raise ValueError("the shortfall is not aligned with the roster")
    reliability = learned.model.reliability if learned else 0.0
    query = Query.of(intake, roster, weighting, vocabulary, reliability)
    found = eligible(query, roster, availability, rules, now)

    closeness = Closeness.of(query, weighting, shortfall)
    draw = Draw.of(query, roster, clinic_key, varied=closeness.near_tie > 0)
    pool = score(
        query, roster, found.rows, learned,
        keep=intake.limit, reach=closeness.reach, seed=draw.lots,
    )  # fmt: skip
    arranged = arrange(pool, roster, availability, closeness, draw, intake.limit, shortfall)
    return LineUp(query, found, pool, arranged)
