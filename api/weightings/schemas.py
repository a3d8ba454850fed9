"""A weighting as it goes out."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel


class WeightingOut(BaseModel):
    """One version: how much each dimension counts, and how close matches are arranged."""

    id: UUID
    version: int
    status: Literal["draft", "active", "retired"]
    weights: dict[str, float]
    fit_weights: dict[str, float]
    importance: dict[str, float]
    near_tie: float
    diversity: float
    note: str
    created_by: UUID | None
    created_at: datetime


class WeightingPage(BaseModel):
    """A page of versions."""

    items: list[WeightingOut]
    next_cursor: str | None
