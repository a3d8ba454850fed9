"""`/v1/availability`: HTTP only."""

from fastapi import APIRouter

from api.auth.scope import ScopeDep
from api.http.pages import DEFAULT_PAGE, PageCursor, PageLimit, decode_place
from api.http.transactions import ClinicRoute
from api.roster.availability import service
from api.roster.availability.schemas import ToConfirmPage

router = APIRouter(route_class=ClinicRoute, prefix="/v1/availability", tags=["roster"])


@router.get("/to-confirm")
def list_to_confirm(
    scope: ScopeDep, limit: PageLimit = DEFAULT_PAGE, cursor: PageCursor = None
) -> ToConfirmPage:
    """Whose availability is old or was never confirmed, and who leaves while they have clients."""
    return service.page_to_confirm(scope, limit, decode_place(cursor))
