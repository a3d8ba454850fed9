"""The clinic's settings, each with what it is for."""

from typing import Any, get_args

from fastapi import APIRouter, Response
from pydantic import ValidationError

from api.clinics.service import change_settings
from api.problems import Invalid
from api.store.clinic_settings import ClinicSettings, read_settings
from api.web.forms import whole
from api.web.page import Page
from api.web.route import ConsoleRoute, PageDep

router = APIRouter(route_class=ConsoleRoute, prefix="/console/settings", include_in_schema=False)


@router.get("")
def shown(page: PageDep) -> Response:
    """Every setting."""
    return _form(page)


@router.post("")
def change(page: PageDep) -> Response:
    """Set what the form says."""
    page.needs("PATCH", "/v1/settings")
    try:
        given = ClinicSettings.model_validate(_sent(page))
        change_settings(page.scope, given.model_dump(mode="json"))
    except ValidationError as error:
        wrong = {
            str(fault["loc"][0]): "This is not a value that can be set." for fault in error.errors()
        }
        return _form(page, wrong)
    except Invalid as error:
        return _form(page, {one["field"]: one["problem"] for one in error.members["errors"]})
    return page.go("/console/settings?saved=1")


def _sent(page: Page) -> dict[str, Any]:
    """The form by the kind of each setting."""
    said: dict[str, Any] = {}
    for name, kind in _kinds().items():
        text = page.form.one(name)
        if kind == "flag":
            said[name] = bool(text)
        elif kind == "number":
            said[name] = whole(text)
        else:
            said[name] = text or None
    return said


def _kinds() -> dict[str, str]:
    kinds = {}
    for name, field in ClinicSettings.model_fields.items():
        types = {field.annotation, *get_args(field.annotation)}
        kinds[name] = "flag" if bool in types else "number" if int in types else "text"
    return kinds


def _form(page: Page, wrong: dict[str, str] | None = None) -> Response:
    described = ClinicSettings.model_fields
    return page.show(
        "console/settings.html",
        422 if wrong else 200,
        fields=[
            (
                name,
                name.replace("_", " ").capitalize(),
                kind,
                described[name].description,
            )
            for name, kind in _kinds().items()
        ],
        values=read_settings(page.scope).model_dump(mode="json") | (_sent(page) if wrong else {}),
        wrong=wrong or {},
        saved=page.request.query_params.get("saved") == "1",
        may=page.may("PATCH", "/v1/settings"),
    )
