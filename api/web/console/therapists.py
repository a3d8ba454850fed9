"""The roster: found, read, changed, and taken from a file."""

import shutil
import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from api.http.etags import etag
from api.importing.outcome import FileFault
from api.landing.report import report_document
from api.problems import Invalid
from api.profiles.schemas import TherapistPatch
from api.roster import service
from api.roster.landing import THERAPISTS
from api.store.rosters import current_roster
from api.store.vocabularies import read_vocabulary
from api.web.forms import checked, whole
from api.web.page import Page
from api.web.route import ConsoleRoute, PageDep

router = APIRouter(route_class=ConsoleRoute, prefix="/console/therapists", include_in_schema=False)

_MOST = 50
# Fields that are lists of codes, with the vocabulary of each and how it is called.
LISTS = {
    "needs": ("needs", "Works with"),
    "out_of_scope": ("needs", "Does not work with"),
    "modalities": ("modalities", "Kinds of therapy"),
    "languages": ("languages", "Languages"),
    "formats": ("formats", "How they meet"),
    "schedule": ("schedule", "When they have time"),
    "services": ("services", "Who they see"),
    "age_groups": ("age_groups", "Ages they see"),
    "communities": ("communities", "Communities they know"),
    "cultures": ("cultures", "Background (as they said themselves)"),
    "access": ("access", "Access"),
}
STYLES = {
    "therapist_directiveness": ("Follows", "Leads"),
    "warm_support": ("Challenges", "Is gentle"),
    "emotional_intensity": ("Keeps calm", "Goes into feelings"),
    "past_orientation": ("Looks at now", "Looks at the past"),
}
TYPES = {".csv": "text/csv", ".ndjson": "application/x-ndjson", ".json": "application/fhir+json"}


@router.get("")
def listed(page: PageDep) -> Response:
    """Everybody, or those whose name or reference has the words that were looked for."""
    words = page.request.query_params.get("q", "").strip()[:100]
    roster = current_roster(page.scope).roster
    sought = words.casefold()
    found = [
        {"id": id_, "name": name, "reference": reference}
        for id_, name, reference in zip(roster.ids, roster.names, roster.references, strict=True)
        if sought in name.casefold() or sought in reference.casefold()
    ]
    found.sort(key=lambda one: one["name"].casefold())
    shown = [service.therapist(page.scope, UUID(one["id"])) for one in found[:_MOST]]
    return page.show(
        "console/therapists.html", therapists=shown, words=words, total=len(found), most=_MOST
    )


@router.get("/import")
def before_import(page: PageDep) -> Response:
    """Choose a file."""
    page.needs("POST", "/v1/imports/therapists")
    return page.show("console/import.html", report=None, fault="")


@router.post("/import")
def take_file(page: PageDep) -> Response:
    """Land a file, and say what each line did."""
    page.needs("POST", "/v1/imports/therapists")
    sent = page.form.files.get("file")
    if sent is None or not sent.filename:
        return page.show("console/import.html", 422, report=None, fault="Choose a file first.")
    media_type = TYPES.get(Path(sent.filename).suffix.lower())
    if media_type is None:
        fault = "Choose a file that ends in .csv, .ndjson or .json (a FHIR Bundle)."
        return page.show("console/import.html", 422, report=None, fault=fault)
    settings = page.request.app.state.settings
    with tempfile.TemporaryDirectory(dir=settings.spool_directory) as folder:
        path = Path(folder) / "upload"
        with path.open("wb") as file:
            shutil.copyfileobj(sent.file, file)
        try:
            limit = settings.max_import_bytes
            report = THERAPISTS.land(page.scope, path, media_type, limit)
        except FileFault as fault:
            return page.show("console/import.html", 422, report=None, fault=str(fault))
    return page.show("console/import.html", report=report_document(report), fault="")


@router.get("/{therapist_id}")
def one(page: PageDep, therapist_id: UUID) -> Response:
    """A therapist, with a form for who may change them."""
    return _form(page, therapist_id)


@router.post("/{therapist_id}")
def change(page: PageDep, therapist_id: UUID) -> Response:
    """Change what the form says, unless somebody else changed them meanwhile."""
    page.needs("PATCH", "/v1/therapists/{therapist_id}")
    try:
        patch = checked(TherapistPatch, _sent(page))
        read = whole(page.form.one("revision"))
        # A revision is a number; what is none was read of nobody.
        revision = etag(read if isinstance(read, int) else 0)
        service.change_therapist(page.scope, therapist_id, patch, revision)
    except Invalid as error:
        return _form(page, therapist_id, error.members["errors"])
    return page.go(f"/console/therapists/{therapist_id}")


@router.post("/{therapist_id}/confirm")
def confirm(page: PageDep, therapist_id: UUID) -> Response:
    """Note that the availability holds as of now."""
    page.needs("POST", "/v1/therapists/{therapist_id}/confirm-availability")
    service.confirm_availability(page.scope, therapist_id)
    return page.go(f"/console/therapists/{therapist_id}")


def _form(page: Page, therapist_id: UUID, faults: list[dict[str, str]] | None = None) -> Response:
    therapist = service.therapist(page.scope, therapist_id).model_dump()
    if faults:
        # What was sent stays on the page, and so does the revision that it was a change of.
        therapist |= {**_sent(page), "revision": page.form.one("revision")}
    return page.show(
        "console/therapist.html",
        422 if faults else 200,
        therapist=therapist,
        vocabulary=read_vocabulary(page.scope).facets,
        lists=LISTS,
        styles=STYLES,
        faults=faults or [],
        may_change=page.may("PATCH", "/v1/therapists/{therapist_id}"),
    )


def _sent(page: Page) -> dict[str, Any]:
    """The form as a change takes it: what is left empty becomes unknown."""
    form = page.form
    style = {axis: _number(form.one(axis)) for axis in STYLES}
    return {
        "name": form.one("name"),
        "gender": form.one("gender") or None,
        "accepting": bool(form.one("accepting")),
        "active": bool(form.one("active")),
        "caseload": whole(form.one("caseload") or "0"),
        "caseload_limit": whole(limit) if (limit := form.one("caseload_limit")) else None,
        "leaving_on": form.one("leaving_on") or None,
        "style": style,
        **{field: form.all(field) for field in LISTS},
    }


def _number(text: str) -> float | str | None:
    try:
        return float(text) if text else None
    except ValueError:
        return text
