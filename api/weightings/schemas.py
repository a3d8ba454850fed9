"""A weighting as it is sent, and as it goes out."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from api.intake.schemas import FormPart
from api.text import Prose
from api.weightings.presets import PresetName

MOST = 1000.0
# Shares of what is smaller could not be told from nothing, nor always be computed.
LEAST_ABOVE_ZERO = 1e-6

Status = Literal["draft", "active", "retired"]


def _none_or_enough(value: float) -> float:
    if 0 < value < LEAST_ABOVE_ZERO:
        raise ValueError("must be 0, or 0.000001 or more")
    # Adding zero makes −0.0 into 0.0, which is written differently and means the same.
    return value + 0.0


Weight = Annotated[
    float,
    Field(ge=0, le=MOST, allow_inf_nan=False, strict=True),
    AfterValidator(_none_or_enough),
]
Factor = Annotated[float, Field(ge=0.001, le=MOST, allow_inf_nan=False, strict=True)]
ScoreShare = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False, strict=True)]


class WeightsIn(FormPart):
    """How much each dimension counts, relative to the others; 0 takes its influence away."""

    communication_style: Weight | None = None
    gender: Weight | None = None
    culture: Weight | None = None
    language: Weight | None = None
    modality: Weight | None = None
    needs: Weight | None = None
    format: Weight | None = None
    schedule: Weight | None = None
    expected_fit: Weight | None = None


class FitWeightsIn(FormPart):
    """How much each item of a fit rating counts in the fit index, relative to the others."""

    trust: Weight | None = None
    safe: Weight | None = None
    heard: Weight | None = None
    goals: Weight | None = None
    can_speak_up: Weight | None = None
    collaboration: Weight | None = None
    approach: Weight | None = None
    feedback: Weight | None = None
    cultural_respect: Weight | None = None
    non_judgement: Weight | None = None
    consistency: Weight | None = None
    progress: Weight | None = None
    carry_over: Weight | None = None


class ImportanceIn(FormPart):
    """What a dimension's weight is multiplied by, as the client says how much it matters."""

    strong: Factor | None = None
    some: Factor | None = None


class WeightingIn(FormPart):
    """A draft. What is left out is taken from the preset, and then from the active version."""

    preset: PresetName | None = Field(default=None, description="Whose weights are taken first.")
    weights: WeightsIn = WeightsIn()
    fit_weights: FitWeightsIn = FitWeightsIn()
    importance: ImportanceIn = ImportanceIn()
    near_tie: ScoreShare | None = Field(
        default=None, description="Candidates this close in score are shown in varied order."
    )
    diversity: ScoreShare | None = Field(
        default=None, description="The most score given up for a candidate unlike those above."
    )
    exposure: ScoreShare | None = Field(
        default=None,
        description="The most score given up for whoever was seen less than their fit warrants.",
    )
    note: Annotated[Prose, Field(max_length=2000)] = Field(
        default="", description="Why, in the clinic's words; nothing about clients."
    )


class WeightingOut(BaseModel):
    """One version: how much each dimension counts, and how close matches are arranged."""

    id: UUID
    version: int
    status: Status
    weights: dict[str, float]
    normalised: dict[str, float] = Field(
        description="Each dimension's share of the score when everything is asked, with the model"
        " that serves; for reading."
    )
    fit_weights: dict[str, float]
    importance: dict[str, float]
    near_tie: float
    diversity: float
    exposure: float
    note: str
    created_by: UUID | None = Field(description="The key; null for the version a clinic began with")
    created_at: datetime
    activated_at: datetime | None = Field(description="When it was last made the active one.")


class WeightingPage(BaseModel):
    """A page of versions."""

    items: list[WeightingOut]
    next_cursor: str | None


class PresetOut(BaseModel):
    """A preset: name it in a draft, or send its weights."""

    name: PresetName
    meaning: str
    weights: dict[str, float]


class Presets(BaseModel):
    """Every preset."""

    items: list[PresetOut]
