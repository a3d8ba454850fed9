"""The clinic's settings, each with what it is for."""

from typing import Any, get_args

from fastapi import APIRouter, Response
from pydantic import ValidationError

from api.auth.holders import called
from api.auth.keys import KEYS
from api.auth.roles import Role
from api.clinics.service import change_settings
from api.problems import Invalid
from api.store.clinic_settings import ClinicSettings, read_settings
from api.web.forms import whole
from api.web.page import Page
from api.web.route import ConsoleRoute, PageDep

router = APIRouter(route_class=ConsoleRoute, prefix="/console/settings", include_in_schema=False)


LABELS = {
    "response_deadline_business_days": "Business days for a therapist to answer",
    "availability_caveat_after_days": "Days until an availability is shown with a caveat",
    "availability_stale_after_days": "Days until an availability no longer counts",
    "leaving_notice_days": "Days before leaving without new matches",
    "intake_retention_days": "Days until intakes that led to nothing are deleted",
    "waiting_days": "Days on the waiting list",
    "safety_notice": "Safety notice",
    "named_reader": "Who reads comments, as clients are told",
    "named_reader_key": "Whose key reads comments",
    "session_every_days": "Days from one session to the next",
    "intake_page": "Intake page",
    "contact": "How clients reach the clinic",
    "clients_see_figures": "Figures for clients",
}
# Where what the API says of a setting is not what stands on the page.
HINTS = {"named_reader_key": "A key of staff or of an administrator. No other key reads them."}


@router.get("")
def shown(page: PageDep) -> Response:
    """Every setting."""
    return _form(page)


@router.post("")
def change(page: PageDep) -> Response:
    """Set what was changed on the form; what a colleague changed meanwhile stays."""
    page.needs("PATCH", "/v1/settings")
    changed = _changed(page)
    standing = read_settings(page.scope).model_dump()
    try:
        given = ClinicSettings.model_validate(standing | changed).model_dump(mode="json")
        if changed:
            change_settings(page.scope, {name: given[name] for name in changed})
    except ValidationError as error:
        wrong = {
            str(fault["loc"][0]): "This is not a value that can be set." for fault in error.errors()
        }
        return _form(page, wrong)
    except Invalid as error:
        return _form(page, {one["field"]: one["problem"] for one in error.members["errors"]})
    return page.go("/console/settings?saved=1")


def _changed(page: Page) -> dict[str, Any]:
    """What the form says otherwise than the page said that it was filled in on."""
    return {
        name: _value(kind, page.form.one(name))
        for name, kind in _kinds().items()
        if page.form.one(name) != page.form.one(f"was-{name}")
    }


def _value(kind: str, text: str) -> Any:
    if kind == "flag":
        return bool(text)
    return whole(text) if kind == "number" else text or None


def _kinds() -> dict[str, str]:
    kinds = {}
    for name, field in ClinicSettings.model_fields.items():
        types = {field.annotation, *get_args(field.annotation)}
        kinds[name] = "flag" if bool in types else "number" if int in types else "text"
    return kinds


def _form(page: Page, wrong: dict[str, str] | None = None) -> Response:
    described = ClinicSettings.model_fields
    standing = read_settings(page.scope).model_dump(mode="json")
    return page.show(
        "console/settings.html",
        422 if wrong else 200,
        fields=[
            (name, LABELS[name], kind, HINTS.get(name, described[name].description))
            for name, kind in _kinds().items()
        ],
        values=standing | (_changed(page) if wrong else {}),
        # What a field is compared with when it comes back: what the first page said.
        was={name: _said(page, name, value) for name, value in standing.items()},
        readers=_readers(page),
        wrong=wrong or {},
        saved=page.request.query_params.get("saved") == "1",
        may=page.may("PATCH", "/v1/settings"),
    )


def _said(page: Page, name: str, value: Any) -> str:
    """A standing value as a form says it; on a form that came back, what that form said."""
    if page.form.all(f"was-{name}"):
        return page.form.one(f"was-{name}")
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else str(value)


def _readers(page: Page) -> list[tuple[str, str]]:
    """The keys that may read comments, each with what it is called."""
    rows = page.scope.connection.execute(KEYS, {"clinic_id": page.scope.clinic_id})
    return [
        (str(row.id), called(row.id, row.name, row.role))
        for row in rows
        if row.revoked_at is None and row.role in {Role.STAFF, Role.ADMIN}
    ]
