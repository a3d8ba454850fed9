"""`/v1/audit`: the trail read, exported, and the head of its chain."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse

from api.audit_trail import service
from api.audit_trail.export import MEDIA_TYPE, export_trail
from api.audit_trail.schemas import AuditFilter, AuditPage, HeadOut
from api.auth.scope import ScopeDep
from api.http.transactions import ClinicRoute

router = APIRouter(route_class=ClinicRoute, prefix="/v1/audit", tags=["audit"])

_After = Annotated[
    int, Query(ge=0, le=2**31 - 1, description="Leave out what this seal and those before it hold.")
]


@router.get("")
def read_trail(scope: ScopeDep, wanted: Annotated[AuditFilter, Query()]) -> AuditPage:
    """Who did what and when, page by page."""
    return service.page_of_trail(scope, wanted)


@router.get("/head")
def get_head(scope: ScopeDep) -> HeadOut:
    """The newest seal, to be noted where nobody here can change it."""
    return service.head(scope)


@router.get("/export", response_class=Response)
def export(scope: ScopeDep, after: _After = 0) -> Response:
    """The trail with its chain as lines of JSON, for whoever verifies it by themselves."""
    headers = {"Content-Disposition": 'attachment; filename="audit.ndjson"'}
    return StreamingResponse(export_trail(scope, after), headers=headers, media_type=MEDIA_TYPE)
