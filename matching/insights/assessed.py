"""Everybody whom one request could have shown, and what kept the others out by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from matching.availability import Availability, AvailabilityRules
from matching.eligibility import requirements
from matching.facet import Facet
from matching.intake import Intake
from matching.learning.learned import Learned
from matching.query import EXPECTED_FIT, REFERRAL, Query
from matching.roster import Roster
from matching.rows import Flags, Rows
from matching.scoring import levels_of
from matching.vocabulary import Vocabulary
from matching.weighting import Weighting

_Floats = NDArray[np.float64]
_Places = NDArray[np.intp]

# The field of a profile that each requirement reads, where leaving it blank fails it.
BLANK_FAILS: Mapping[str, str] = MappingProxyType(
    {
        "age_group": "age_groups",
        "jurisdiction": "licences",
        "access": "access",
        "must_language": "languages",
        "must_gender": "gender",
        "must_modality": "modalities",
        "must_format": "formats",
        "must_schedule": "schedule",
    }
)


@dataclass(frozen=True, slots=True)
class Assessed:
    """One request on one roster.

    Attributes:
        query: what was effectively asked.
        rows: roster rows of the n eligible.
        total: their scores, 0..1, shape (n,).
        preference_fit: how well each meets the stated wishes, 0..1, (n,); None where none count.
        expected: expected fit, 0..10, (n,); None without a model.
        scores, unknown: shape (asked, n), by dimension in the order of `query.weights`.
        full_alone: roster rows of who would be eligible but for a place.
        blank_alone: by field of the profile, who would be if it did not fail one requirement by
            being blank.
    """

    query: Query
    rows: _Places
    total: _Floats
    preference_fit: _Floats | None
    expected: _Floats | None
    scores: _Floats
    unknown: Flags
    full_alone: _Places
    blank_alone: Mapping[str, _Places]


def assess(  # noqa: PLR0913 - as `engine.rank`
    intake: Intake,
    roster: Roster,
    availability: Availability,
    weighting: Weighting,
    *,
    vocabulary: Vocabulary,
    rules: AvailabilityRules,
    now: datetime,
    learned: Learned | None = None,
) -> Assessed:
    """How everybody stood to a request at `now` (aware); arguments as for `engine.rank`."""
    reliability = learned.model.reliability if learned else 0.0
    query = Query.of(intake, roster, weighting, vocabulary, reliability)
    met = dict(requirements(query, roster, availability, rules, now))
    failed = np.sum([~flags for flags in met.values()], axis=0, dtype=np.uint8)
    rows = Rows.where(failed == 0, int(np.count_nonzero(failed == 0)))

    levels, expected = levels_of(query, roster, rows, learned)
    at = rows.counted()
    scores = np.empty((len(levels), at.size))
    unknown = np.zeros(scores.shape, np.bool_)
    for place, level in enumerate(levels.values()):
        level.into(scores[place], at)
        if level.unknown is not None:
            unknown[place] = level.unknown.take(at)
    np.clip(scores, 0, 1, out=scores)
    weights = np.array(list(query.weights.values()))
    once = failed == 1
    return Assessed(
        query=query,
        rows=rows.roster_rows(at),
        total=weights @ scores,
        preference_fit=_preference_fit(query, scores),
        # As it is shown: nothing is expected beyond the ends of the scale.
        expected=np.clip(expected.mean.take(at), 0, 10) if expected else None,
        scores=scores,
        unknown=unknown,
        full_alone=np.flatnonzero(once & ~met["full"]),
        blank_alone=_blank_alone(roster, met, once),
    )


def _preference_fit(query: Query, scores: _Floats) -> _Floats | None:
    """As `explain` has it for those who are shown."""
    wished = [
        0.0 if name in {EXPECTED_FIT, REFERRAL} else weight
        for name, weight in query.weights.items()
    ]
    total = sum(wished)
    fit: _Floats | None = np.array(wished) @ scores / total if total else None
    return fit


def _blank_alone(roster: Roster, met: Mapping[str, Flags], once: Flags) -> Mapping[str, _Places]:
    every = Rows.every(len(roster))
    found = {}
    for reason, name in BLANK_FAILS.items():
        if reason in met:
            column: Facet = roster.licences.held if name == "licences" else getattr(roster, name)
            alone = once & ~met[reason] & column.blank(every)
            if alone.any():
                found[name] = np.flatnonzero(alone)
    return found
