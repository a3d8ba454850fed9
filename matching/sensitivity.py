"""How far a weight can move before another therapist scores best: exactly, without ranking again.

The order by score stays the same when all weights are multiplied by one number, so it is the order
of Σ_d r_d · s_d(j): r_d is the clinic's weight of a dimension times what the request makes of it,
s_d(j) the score of therapist j. That sum is linear in each weight. So a therapist overtakes the
first at one factor at most, `1 + ahead / more`, where `ahead` is by how much the first leads and
`more` how many points more the other has in that dimension; and the first place tips at the factor
nearest to 1. All who are eligible are looked at, not only those who stand a chance at present.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

import numpy as np
from numpy.typing import NDArray

from matching.arrange import Draw
from matching.availability import Availability, AvailabilityRules
from matching.eligibility import eligible
from matching.intake import Intake
from matching.keyed import lots
from matching.learning.learned import Learned
from matching.query import REFERRAL, Query
from matching.roster import Roster
from matching.rows import Rows
from matching.scoring import ROUNDING, levels_of
from matching.vocabulary import DIMENSIONS, Vocabulary
from matching.weighting import Weighting

# A weight a hundred times as large leaves the others next to nothing to say.
BOUND = 100.0

# The shares of matches that are asked about: hardly any, some, many.
SHARES = (0.01, 0.05, 0.20)

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tipping:
    """At which factor on a dimension's weight the first place of one request tips.

    Arrays in the order of DIMENSIONS, shape (9,). `down` is in 0..1, −inf where no factor from 1
    down to 0 does it, 0 standing for a weight as near to 0 as one likes; `up` is in 1..BOUND, inf
    where none does. `asked` says where the dimension has a weight in the request at all.
    """

    down: Floats
    up: Floats
    asked: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Reach:
    """By dimension in the order of DIMENSIONS, where the first place of a share of matches tips.

    `down` and `up` hold a factor on the weight, None where even 0 or BOUND does not do it.
    """

    share: float
    down: tuple[float | None, ...]
    up: tuple[float | None, ...]


def tipping(  # noqa: PLR0913 - every input of a ranking is named at the call
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
) -> Tipping:
    """Where the first place by score tips, for a request as `rank` takes it.

    Score alone decides, equal scores in the clinic's fixed order: what near ties vary is left out,
    and diversity never moves the first.
    """
    reliability = learned.model.reliability if learned else 0.0
    query = Query.of(intake, roster, weighting, vocabulary, reliability)
    rows = eligible(query, roster, availability, rules, now).rows
    lot = lots(roster.lot, Draw.of(query, roster, clinic_key, varied=False).lots)
    names = [name for name in query.weights if name != REFERRAL]
    at = [DIMENSIONS.index(name) for name in names]
    down, up = np.full(len(DIMENSIONS), -np.inf), np.full(len(DIMENSIONS), np.inf)
    if rows.eligible > 1 and names:
        down[at], up[at] = _factors(query, roster, rows, learned, lot)
    asked = np.zeros(len(DIMENSIONS), np.bool_)
    asked[at] = True
    return Tipping(down, up, asked)


def reaches(tipped: Sequence[Tipping]) -> list[Reach]:
    """Where the first place of each of SHARES tips, over at least one request.

    The factor nearest to 1 at which so large a share of all requests, those that do not ask for the
    dimension among them, have another first.
    """
    down = -np.sort(-np.array([one.down for one in tipped]), axis=0)
    up = np.sort(np.array([one.up for one in tipped]), axis=0)
    found = []
    for share in SHARES:
        # The share times the number may be a hair above a whole number.
        last = max(ceil(share * len(tipped) - ROUNDING), 1) - 1
        found.append(Reach(share, _finite(down[last]), _finite(up[last])))
    return found


def _factors(
    query: Query, roster: Roster, rows: Rows, learned: Learned | None, lot: NDArray[np.uint64]
) -> tuple[Floats, Floats]:
    """The factors down and up for the dimensions of the query, in the order of its weights."""
    levels, _ = levels_of(query, roster, rows, learned)
    places = rows.counted()
    scores = np.empty((len(levels), rows.size))
    for place, level in enumerate(levels.values()):
        level.into(scores[place], None)
    scores = np.clip(scores, 0, 1).take(places, axis=1)
    weights = np.array(list(query.weights.values()))
    total = (scores * weights[:, None]).sum(axis=0)
    first = np.lexsort((lot.take(rows.roster_rows(places)), -total))[0]
    ahead = total[first] - total
    if REFERRAL in levels:
        # It keeps its share of the whole, so it grows with every weight.
        scores = scores[:-1] + scores[-1] * weights[-1] / weights[:-1].sum()
        weights = weights[:-1]
    more = (scores[:, [first]] - scores) * weights[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        by = ahead / np.abs(more)
    down = 1 - np.where(more > 0, by, np.inf).min(axis=1)
    up = 1 + np.where(more < 0, by, np.inf).min(axis=1)
    return np.where(down < 0, -np.inf, down), np.where(up > BOUND, np.inf, up)


def _finite(factors: Floats) -> tuple[float | None, ...]:
    return tuple(factor if np.isfinite(factor) else None for factor in factors.tolist())
