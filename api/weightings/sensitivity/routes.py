"""`/v1/weightings/sensitivity`: how far weights can move. HTTP only."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.auth.scope import ScopeDep
from api.http.heavy import HeavyRoute
from api.weightings.sensitivity import service
from api.weightings.sensitivity.schemas import SensitivityOut

router = APIRouter(route_class=HeavyRoute, prefix="/v1/weightings", tags=["weightings"])

Last = Annotated[
    int, Query(ge=20, le=1000, description="How many of the clinic's latest clients to look at.")
]
Of = Annotated[UUID | None, Query(description="A version, such as a draft; else the active one.")]


@router.get("/sensitivity")
def get_sensitivity(scope: ScopeDep, last: Last = 500, weighting_id: Of = None) -> SensitivityOut:
    """For each dimension, where the first place of 1, 5 and 20 % of recent matches changes."""
    return service.sensitivity(scope, last, weighting_id)
