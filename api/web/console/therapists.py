"""The roster: found, read, changed, and taken from a file."""

import shutil
import tempfile
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import UUID

from fastapi import APIRouter, Response

from api.clock import utc_now
from api.http.etags import etag
from api.importing.outcome import FileFault
from api.landing.report import report_document
from api.problems import Conflict, Invalid, PreconditionFailed
from api.profiles.schemas import TherapistPatch, TherapistRow
from api.roster import service
from api.roster.landing import THERAPISTS
from api.store.rosters import current_roster
from api.store.vocabularies import read_vocabulary
from api.web.console.profile_form import (
    LICENCE_KINDS,
    LISTS,
    NO_LICENCE,
    STYLES,
    profile_sent,
)
from api.web.forms import checked, whole
from api.web.intake.stated import stated
from api.web.page import Page
from api.web.route import ConsoleRoute, PageDep

router = APIRouter(route_class=ConsoleRoute, prefix="/console/therapists", include_in_schema=False)

_MOST = 50
_MEANWHILE = {
    "field": "Somebody else changed this meanwhile:",
    "problem": "what you wrote stands below, to copy. Load the page again to see theirs.",
}
_TAKEN = {"field": "reference", "problem": "is another therapist’s already; search for it"}
TYPES = {".csv": "text/csv", ".ndjson": "application/x-ndjson", ".json": "application/fhir+json"}


@router.get("")
def listed(page: PageDep) -> Response:
    """Everybody, or those whose name or reference has the words that were looked for."""
    return _list(page)


@router.post("")
def add(page: PageDep) -> Response:
    """Add somebody by name, and go on to what is known of them."""
    page.needs("POST", "/v1/therapists")
    said = {"reference": page.form.one("reference"), "name": page.form.one("name")}
    try:
        made = service.add_therapist(page.scope, checked(TherapistRow, said))
    except Invalid as error:
        return _list(page, 422, said, error.members["errors"])
    except Conflict:
        return _list(page, 409, said, [_TAKEN])
    return page.go(f"/console/therapists/{made.id}")


def _list(
    page: Page,
    code: int = 200,
    added: Mapping[str, str] | None = None,
    faults: Sequence[Mapping[str, str]] = (),
) -> Response:
    words = page.request.query_params.get("q", "").strip()[:100]
    roster = current_roster(page.scope).roster
    sought = plain(words)
    found = [
        {"id": id_, "name": name, "reference": reference}
        for id_, name, reference in zip(roster.ids, roster.names, roster.references, strict=True)
        if sought in plain(name) or sought in plain(reference)
    ]
    found.sort(key=lambda one: one["name"].casefold())
    shown = service.therapists_named(page.scope, [UUID(one["id"]) for one in found[:_MOST]])
    return page.show(
        "console/therapists.html",
        code,
        therapists=shown,
        words=words,
        total=len(found),
        most=_MOST,
        added=added,
        faults=faults,
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
        patch = checked(TherapistPatch, profile_sent(page.form))
        read = whole(page.form.one("revision"))
        # A revision is a number; what is none was read of nobody.
        revision = etag(read if isinstance(read, int) else 0)
        service.change_therapist(page.scope, therapist_id, patch, revision)
    except Invalid as error:
        return _form(page, therapist_id, error.members["errors"])
    except PreconditionFailed:
        return _form(page, therapist_id, [_MEANWHILE], 412)
    return page.go(f"/console/therapists/{therapist_id}?saved=yes")


@router.post("/{therapist_id}/confirm")
def confirm(page: PageDep, therapist_id: UUID) -> Response:
    """Note that the availability holds as of now."""
    page.needs("POST", "/v1/therapists/{therapist_id}/confirm-availability")
    service.confirm_availability(page.scope, therapist_id)
    return page.go(f"/console/therapists/{therapist_id}")


def plain(text: str) -> str:
    """A name as people look for it: without accents, and in whatever case."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(one for one in apart if not unicodedata.combining(one)).casefold()


def _form(
    page: Page, therapist_id: UUID, faults: list[dict[str, str]] | None = None, code: int = 422
) -> Response:
    therapist = service.therapist(page.scope, therapist_id).model_dump()
    if faults:
        # What was sent stays on the page, and so does the revision that it was a change of.
        therapist |= {**profile_sent(page.form), "revision": page.form.one("revision")}
    return page.show(
        "console/therapist.html",
        code if faults else 200,
        therapist=therapist,
        vocabulary=read_vocabulary(page.scope).facets,
        lists=LISTS,
        styles=STYLES,
        licence_kinds=LICENCE_KINDS,
        blank_licences=[NO_LICENCE] * 2,
        faults=faults or [],
        saved=not faults and page.request.query_params.get("saved") == "yes",
        today=utc_now().date().isoformat(),
        in_use=stated(page.scope).payers,
        may_change=page.may("PATCH", "/v1/therapists/{therapist_id}"),
    )
