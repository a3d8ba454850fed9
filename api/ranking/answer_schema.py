"""The answer's shape, for the OpenAPI document. `answer.py` writes the bytes."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from matching.ranking import Contribution, ExpectedFit


class TherapistShown(BaseModel):
    """Who a candidate is."""

    id: UUID
    reference: str
    name: str


class CandidateShown(BaseModel):
    """One ranked therapist, with the whole arithmetic."""

    rank: int
    therapist: TherapistShown
    score: float = Field(description="The sum of the contributions' points, 0 to 1.")
    preference_fit: float = Field(description="How well what was asked for is met, 0 to 1.")
    expected_fit: ExpectedFit | None = Field(description="Null without a promoted model.")
    propensity: float = Field(description="The probability of standing at this rank.")
    contributions: list[Contribution]
    reasons: list[str]
    caveats: list[str]
    availability_confirmed_at: datetime | None


class SuggestionShown(BaseModel):
    """A single change that would bring therapists back; `add` a code, or set the field `to`."""

    change: str
    add: str | None = None
    to: str | None = None
    gains: int
    text: str


class WeightingUsed(BaseModel):
    """The version that ranked the match."""

    id: UUID
    version: int


class ModelUsed(BaseModel):
    """The model that ranked the match."""

    id: UUID
    trained_at: datetime


class ReturningShown(BaseModel):
    """A therapist the client was with and may come back to, apart from the ranking."""

    therapist: TherapistShown
    has_room: bool


class MatchAnswer(BaseModel):
    """Ranked and explained therapists."""

    id: UUID
    created_at: datetime
    selection_mode: Literal["client", "staff"]
    weighting: WeightingUsed
    model: ModelUsed | None
    candidates: list[CandidateShown]
    considered: int
    eligible: int
    excluded: dict[str, int]
    suggestions: list[SuggestionShown]
    notices: list[str]
    next_steps: list[str]
    safety_notice: str
    returning: list[ReturningShown]
