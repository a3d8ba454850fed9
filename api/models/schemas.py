"""A model as it goes out, and what an administrator sends to promote one."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.text import Prose


class ModelOut(BaseModel):
    """One training and what came of it."""

    id: UUID
    status: Literal["queued", "training", "ready", "refused", "failed"] = Field(
        description="`ready` passed the gate; `refused` did not, or there was too little to learn"
        " from; `failed` came to no end, and `failure` says why."
    )
    stage: str | None = Field(description="What is being done, while it is trained.")
    progress: float = Field(description="The share that is done, 0 to 1.")
    serving: bool = Field(description="Whether matches are ranked with it.")
    damaged: bool = Field(description="Whether what was stored of it cannot be used.")
    requested_at: datetime
    requested_by: UUID | None = Field(description="The key; null for the command line.")
    started_at: datetime | None
    trained_at: datetime | None
    seed: int
    attempts: int
    failure: Literal["error", "memory", "broken_off", "took_too_long", "stopped"] | None
    override_reason: str | None = Field(description="Why it serves though the gate refused it.")
    sha256: str | None = Field(description="Of the artifact; the same data give the same.")
    size: int | None = Field(description="Of the artifact, in bytes.")
    decision: dict[str, Any] | None = Field(description="What the gate decided, and why.")
    metrics: dict[str, Any] | None = Field(
        description="On ratings that were held out, beside those of the content ranking and of the"
        " model that served."
    )


class ModelPage(BaseModel):
    """A page of models, newest first."""

    items: list[ModelOut]
    next_cursor: str | None


class PromoteIn(BaseModel):
    """What goes with a promotion; nothing is needed for a model that passed the gate."""

    model_config = ConfigDict(extra="forbid")

    override_reason: Annotated[Prose, Field(min_length=1, max_length=2000)] | None = Field(
        default=None, description="Why a model that the gate refused is to serve all the same."
    )


class SwitchedOff(BaseModel):
    """No model serves."""

    model: None = None
    switched_off: UUID | None = Field(description="The model that served until now.")
