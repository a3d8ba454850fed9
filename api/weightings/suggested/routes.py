"""`/v1/weightings/suggestion`: the weights that the clinic's ratings suggest. HTTP only."""

from fastapi import APIRouter

from api.auth.scope import ScopeDep
from api.http.transactions import ClinicRoute
from api.weightings.suggested import service
from api.weightings.suggested.schemas import SuggestionOut

router = APIRouter(route_class=ClinicRoute, prefix="/v1/weightings", tags=["weightings"])


@router.get("/suggestion")
def get_suggestion(scope: ScopeDep) -> SuggestionOut:
    """What the clinic's ratings say its weights should be; computed with the newest training."""
    return service.suggestion(scope)
