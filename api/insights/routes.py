"""`/v1/insights`: HTTP only."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from api.auth.scope import ClinicScope, ScopeDep
from api.http.heavy import HeavyRoute
from api.http.replies import json_reply
from api.insights import service
from api.insights.schemas import (
    BiasPage,
    CalibrationPage,
    CongestionPage,
    ExposurePage,
    GapPage,
    Index,
    Last,
    Since,
    UnmetPage,
    Until,
)
from api.insights.tables import csv_of
from api.insights.window import Asked

router = APIRouter(route_class=HeavyRoute, prefix="/v1", tags=["insights"])

CSV = "text/csv"
_AS_CSV: dict[int | str, dict[str, Any]] = {200: {"content": {CSV: {}}}, 422: {}}


def _asked(
    since: Annotated[Since, Query()] = None,
    until: Annotated[Until, Query()] = None,
    last: Annotated[Last | None, Query()] = None,
) -> Asked:
    return Asked(since, until, last)


def _wants_csv(
    request: Request,
    form: Annotated[Literal["json", "csv"] | None, Query(alias="format")] = None,
) -> bool:
    accepted = request.headers.get("accept", "")
    return form == "csv" or (form is None and accepted.partition(";")[0].strip() == CSV)


AskedDep = Annotated[Asked, Depends(_asked)]
CsvDep = Annotated[bool, Depends(_wants_csv)]


@router.get("/insights")
def list_insights(scope: ScopeDep) -> Index:  # noqa: ARG001 - the key is asked for
    """What insights there are, each with the question that it answers."""
    return service.index()


@router.get("/insights/exposure", response_model=ExposurePage, responses=_AS_CSV)
def exposure(scope: ScopeDep, asked: AskedDep, as_csv: CsvDep) -> Response:
    """Attention by therapist, beside fit, room, choices and acceptance."""
    return _answered(scope, "exposure", asked, as_csv)


@router.get("/insights/unmet-needs", response_model=UnmetPage, responses=_AS_CSV)
def unmet_needs(scope: ScopeDep, asked: AskedDep, as_csv: CsvDep) -> Response:
    """What clients ask for and nobody, or too few, can give now."""
    return _answered(scope, "unmet-needs", asked, as_csv)


@router.get("/insights/profiles", response_model=GapPage, responses=_AS_CSV)
def profiles(scope: ScopeDep, asked: AskedDep, as_csv: CsvDep) -> Response:
    """Blank fields of profiles, by what they cost."""
    return _answered(scope, "profiles", asked, as_csv)


@router.get("/insights/calibration", response_model=CalibrationPage, responses=_AS_CSV)
def calibration(scope: ScopeDep, asked: AskedDep, as_csv: CsvDep) -> Response:
    """Expected fit beside the fit that followed."""
    return _answered(scope, "calibration", asked, as_csv)


@router.get("/insights/congestion", response_model=CongestionPage, responses=_AS_CSV)
def congestion(scope: ScopeDep, asked: AskedDep, as_csv: CsvDep) -> Response:
    """Therapists wanted by more than they have room for; waits; who found nobody."""
    return _answered(scope, "congestion", asked, as_csv)


@router.get("/insights/bias", response_model=BiasPage, responses=_AS_CSV)
def bias(scope: ScopeDep, asked: AskedDep, as_csv: CsvDep) -> Response:
    """Selection, exposure and fit by group, with intervals and alerts."""
    return _answered(scope, "bias", asked, as_csv)


def _answered(scope: ClinicScope, name: str, asked: Asked, as_csv: bool) -> Response:
    page = service.page(scope, name, asked)
    if not as_csv:
        return json_reply(page).response()
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(csv_of(service.row_type(page), page.rows), 200, headers, media_type=CSV)
