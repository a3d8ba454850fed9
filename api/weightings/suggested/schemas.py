"""Suggested weights as they go out."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

Verdict = Literal["better", "cannot_tell"]
Because = Literal[
    "better_ranking",
    "not_confirmed",
    "too_uncertain",
    "too_few_clients",
    "weights_changed",
    "not_trained",
]


class Interval(BaseModel):
    """A figure with its 90 % interval."""

    value: float
    low: float
    high: float


class DimensionOut(BaseModel):
    """One dimension: its weight now, and what ratings say it should be."""

    dimension: str
    state: Literal["estimated", "too_few", "alike", "off", "kept"] = Field(
        description="`estimated` from ratings; in the other states the present weight is kept:"
        " `too_few` clients asked for it, the therapists are all `alike` in it, the clinic has it"
        " `off`, or (`expected_fit`) it is always `kept`."
    )
    words: str
    clients: int | None = Field(
        description="Who asked for it, of those learned from, in whole steps of five; null for"
        " `expected_fit`, and below five."
    )
    present: float
    estimate: float = Field(description="What ratings say, in the total of the present weights.")
    low: float
    high: float


class HeldOutOut(BaseModel):
    """Ranking by preferences on clients who came later than those whose ratings it rests on.

    Concordance is the share of pairs of ratings by different clients that the ranking puts in
    order: 0.5 is chance.
    """

    clients: int = Field(description="In whole steps of five.")
    pairs: int
    present: float
    suggested: float
    gain: Interval


class TrainingOut(BaseModel):
    """The training that the suggestion was computed with."""

    id: UUID
    trained_at: datetime


class SuggestionOut(BaseModel):
    """What the clinic's own ratings say its weights should be. It is never activated by itself."""

    verdict: Verdict
    because: Because
    words: str
    weights: dict[str, float] = Field(
        description="For `POST /v1/weightings` as they are: the suggested ones where the verdict is"
        " `better`, the present ones where the data cannot tell."
    )
    dimensions: list[DimensionOut]
    clients: int | None = Field(
        description="Clients learned from, in whole steps of five; null where none were."
    )
    certainty: float | None = Field(
        description="How sure it is that the suggested weights order better than the present ones,"
        " 0 to 1."
    )
    points: Interval | None = Field(
        description="By how many points of fit more the ranking by preferences gains, for a"
        " therapist who stands one standard deviation above the others in it."
    )
    held_out: HeldOutOut | None
    training: TrainingOut | None
