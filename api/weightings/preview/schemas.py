"""What a preview is asked for with, and what it answers."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from api.intake.schemas import FormPart
from api.profiles.values import Time

USUAL_MATCHES = 500
MOST_MATCHES = 10_000
MOST_EXAMPLES = 50

# What groups of therapists are made by.
Facet = Literal["gender", "cultures", "communities", "languages"]


class PreviewIn(FormPart):
    """Which matches to rank again: the `last` of those within the range, 500 where none is given.

    A range without `last` takes its latest 10,000.
    """

    last: Annotated[int, Field(ge=1, le=MOST_MATCHES, strict=True)] | None = None
    since: Annotated[Time, Field(description="Matches from this time on.")] | None = None
    until: Annotated[Time, Field(description="Matches before this time.")] | None = None
    examples: Annotated[int, Field(ge=0, le=MOST_EXAMPLES, strict=True)] = Field(
        default=5, description="How many of the matches whose list changes most to show."
    )
    background: Annotated[bool, Field(strict=True)] = Field(
        default=False, description="Make it a job, also where there are few matches."
    )

    @model_validator(mode="after")
    def _a_range_has_length(self) -> Self:
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise ValueError("until must be later than since")
        return self

    @property
    def most(self) -> int:
        """How many matches at most."""
        if self.last is not None:
            return self.last
        ranged = self.since is not None or self.until is not None
        return MOST_MATCHES if ranged else USUAL_MATCHES


class ChangeOut(BaseModel):
    """One figure under the weightings of then, and under the one previewed."""

    before: float
    after: float


class TherapistOut(BaseModel):
    """Who somebody is."""

    id: str
    reference: str
    name: str


class ExposureOut(ChangeOut):
    """A therapist's share of all attention, 0 to 1; who gains stands first."""

    therapist: TherapistOut
    change: float


class GroupExposureOut(ChangeOut):
    """The same of all therapists whose profile says so; `code` null for those that do not say."""

    facet: Facet
    code: str | None
    therapists: int
    change: float


class IntervalOut(BaseModel):
    """A mean fit, 0 to 10, or a difference of two, with its 95 % interval."""

    value: float
    low: float
    high: float


class WhyOut(BaseModel):
    """Why there is no estimate."""

    code: str
    text: str


class EstimateOut(BaseModel):
    """The mean fit that would have followed from the choices of clients, or why it cannot be told.

    `value`, `low` and `high` are those of the weighting previewed.
    """

    value: float | None
    low: float | None
    high: float | None
    effective_sample_size: float
    outcomes: int = Field(description="Rated choices that it rests on, in steps of five.")
    unsupported: float = Field(description="The share of choices that nothing is known about.")
    before: IntervalOut | None
    difference: IntervalOut | None
    why: WhyOut | None


class PlaceOut(BaseModel):
    """Where somebody stood; `rank` null for who was close but not shown."""

    rank: int | None
    score: float
    points: dict[str, float]


class ComparedOut(BaseModel):
    """A therapist on either list; null where they were too far down to be looked at."""

    therapist: TherapistOut
    before: PlaceOut | None
    after: PlaceOut | None


class CauseOut(BaseModel):
    """By how many points a dimension brought the one who rises nearer to the one who falls."""

    dimension: str
    points: float


class ExampleOut(BaseModel):
    """A match whose list changes; those shown after stand first."""

    match_id: str
    overlap: float
    therapists: list[ComparedOut]
    because: list[CauseOut] = Field(
        description="What put who stands there after above who stood there before, at the first"
        " rank that changes: most first."
    )


class PreviewOut(BaseModel):
    """What would have been different; a share or a mean of nothing is null."""

    matches: int
    empty: int = Field(description="Of these, matches with nobody to show, before and after.")
    top1_changed: float | None
    top3_changed: float | None
    rank_correlation: float | None
    overlap: float | None
    exposure: list[ExposureOut]
    exposure_by_group: list[GroupExposureOut]
    preference_fit: ChangeOut | None
    expected_fit: ChangeOut | None
    overflow: ChangeOut
    estimate: EstimateOut
    examples: list[ExampleOut]
    notes: list[str]


class PreviewJobOut(BaseModel):
    """A preview as a job: how far it is, and what came of it."""

    id: UUID
    weighting_id: UUID
    status: Literal["queued", "running", "done", "failed", "cancelled"]
    done: int
    total: int
    attempts: int
    requested_at: datetime
    requested_by: UUID | None
    ended_at: datetime | None
    failure: Literal["error", "memory", "broken_off", "took_too_long"] | None
    result: PreviewOut | None
