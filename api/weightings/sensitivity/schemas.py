"""Sensitivity of the first place to each weight, as it goes out."""

from uuid import UUID

from pydantic import BaseModel, Field


class Move(BaseModel):
    """Where a weight would stand: as a factor on what it is, and in itself."""

    factor: float
    weight: float


class ShareOut(BaseModel):
    """Where so large a share of matches would have another therapist first."""

    share: float
    down: Move | None = Field(
        description="Null where no smaller weight does it; factor 0 means a weight next to 0."
    )
    up: Move | None = Field(description="Null where no weight up to `bound` times as large does.")


class DimensionOut(BaseModel):
    """One dimension."""

    dimension: str
    weight: float
    asked: int | None = Field(
        description="In how many of the matches it counts: in steps of five, null below five."
    )
    shares: list[ShareOut]


class SensitivityOut(BaseModel):
    """How far each weight can move before who comes first by score changes."""

    weighting: UUID
    version: int
    matches: int = Field(description="How many were looked at, one a client.")
    bound: float = Field(description="The largest factor that was looked at.")
    words: str
    dimensions: list[DimensionOut]
