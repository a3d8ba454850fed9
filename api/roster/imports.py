"""`/v1/imports/therapists`: a file of therapists in the body."""

from fastapi import APIRouter, Request, Response

from api.auth.scope import ScopeDep
from api.http.replies import IdempotencyKey
from api.http.transactions import ClinicRoute
from api.landing.report import ImportReport
from api.landing.upload import file_body, land_upload
from api.roster.landing import THERAPISTS

router = APIRouter(route_class=ClinicRoute, prefix="/v1/imports", tags=["roster"])


@router.post("/therapists", response_model=ImportReport, openapi_extra=file_body(THERAPISTS.files))
async def import_roster(scope: ScopeDep, request: Request, key: IdempotencyKey = None) -> Response:
    """Import a roster: CSV (ours or NPPES's), NDJSON, or a FHIR R4 Bundle.

    A fault of the whole file changes nothing; a fault of a row rejects that row. A second import of
    the same file changes nothing.
    """
    return await land_upload(scope, request, key, THERAPISTS)
