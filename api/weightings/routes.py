"""`/v1/weightings`: the versions of a clinic's weighting."""

from uuid import UUID

from fastapi import APIRouter, Response

from api.auth.scope import ScopeDep
from api.http.etags import etag
from api.http.pages import DEFAULT_PAGE, PageCursor, PageLimit, decode_cursor
from api.http.transactions import ClinicRoute
from api.weightings import service
from api.weightings.schemas import WeightingOut, WeightingPage

router = APIRouter(route_class=ClinicRoute, prefix="/v1/weightings", tags=["weightings"])


@router.get("")
def list_weightings(
    scope: ScopeDep, limit: PageLimit = DEFAULT_PAGE, cursor: PageCursor = None
) -> WeightingPage:
    """Every version, oldest first; one of them is active."""
    return service.page_of_weightings(scope, limit, decode_cursor(cursor))


@router.get("/{weighting_id}")
def get_weighting(scope: ScopeDep, weighting_id: UUID, response: Response) -> WeightingOut:
    """One version. Its ETag changes also when another version becomes active."""
    weighting = service.weighting(scope, weighting_id)
    response.headers["ETag"] = etag(f"{weighting.version}-{scope.clinic.weighting_id}")
    return weighting
