"""What a ranking says: the types that `engine.rank` returns."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

# The most candidates that one match may ask for.
MAX_LIMIT = 50

State = Literal["scored", "unknown", "not_asked"]


@dataclass(frozen=True, slots=True)
class Contribution:
    """One dimension's part in one candidate's score: `points == weight * score`.

    `score` and `weight` lie in 0..1; both are 0 where the dimension was not asked.
    """

    dimension: str
    state: State
    score: float
    weight: float
    points: float
    reason: str


@dataclass(frozen=True, slots=True)
class ExpectedFit:
    """The learned half for one pair, on the 0..10 scale of a fit rating.

    `low`..`high` is the 80 % interval of the pair's mean fit. `ratings` counts distinct clients
    in steps of five, None below five.
    """

    mean: float
    low: float
    high: float
    ratings: int | None
    words: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """One ranked therapist. `score` is the sum of the contributions' points.

    `propensity` is the probability, 0..1, that this therapist stands at this rank under the
    arrangement's randomness.
    """

    rank: int
    therapist_id: str
    reference: str
    name: str
    score: float
    preference_fit: float
    expected_fit: ExpectedFit | None
    propensity: float
    contributions: tuple[Contribution, ...]
    reasons: tuple[str, ...]
    caveats: tuple[str, ...]
    availability_confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A single change of the query that would make `gains` more therapists eligible.

    `change` names the field. `add` is a code to accept besides those asked for; `to` is a new
    value for the whole field (an importance, or an answer). Exactly one of them is set.
    """

    change: str
    gains: int
    text: str
    add: str | None = None
    to: str | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    """The ranked answer: who, out of how many, and why the others are not among them.

    `excluded` counts each ineligible therapist once, under the first failing reason of
    `eligibility.REASONS`, in that order. `considered == eligible + sum(excluded.values())`.
    """

    candidates: tuple[Candidate, ...]
    considered: int
    eligible: int
    excluded: dict[str, int]
    suggestions: tuple[Suggestion, ...]
    notices: tuple[str, ...]
