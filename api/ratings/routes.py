"""`/v1/imports/ratings`: a file of past ratings in the body."""

from fastapi import APIRouter, Request, Response

from api.auth.scope import ScopeDep
from api.http.replies import IdempotencyKey
from api.http.transactions import ClinicRoute
from api.landing.report import ImportReport
from api.landing.upload import file_body, land_upload
from api.ratings.landing import RATINGS

router = APIRouter(route_class=ClinicRoute, prefix="/v1/imports", tags=["ratings"])


@router.post("/ratings", response_model=ImportReport, openapi_extra=file_body(RATINGS.files))
async def import_ratings(scope: ScopeDep, request: Request, key: IdempotencyKey = None) -> Response:
    """Import past fit ratings: CSV or NDJSON. Clients who are new are added.

    A fault of the whole file changes nothing; a fault of a row rejects that row. A second import of
    the same file changes nothing.
    """
    return await land_upload(scope, request, key, RATINGS)
