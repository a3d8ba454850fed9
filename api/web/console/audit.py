"""`/console/audit`: who did what and when, found, read and taken along."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse
from pydantic import ValidationError

from api.audit_trail import service
from api.audit_trail.export import MEDIA_TYPE, export_trail
from api.audit_trail.schemas import AuditFilter, AuditPage
from api.auth.holders import holders
from api.problems import Invalid
from api.web.console.audit_words import ACTIONS, in_words
from api.web.page import Page
from api.web.route import ConsoleRoute, PageDep

router = APIRouter(route_class=ConsoleRoute, prefix="/console/audit", include_in_schema=False)

_FIELDS = ("action", "since", "until", "subject", "key", "cursor")
_CHARACTERS = 80
_WRONG = {
    "since": "The first day is not a day: write it such as 2026-03-31.",
    "until": "The last day is not a day: write it such as 2026-03-31.",
    "action": "There is no such action.",
    "subject_id": "The id of a record has 36 characters, such as those in the list.",
    "key_id": "The id of a key has 36 characters, such as those in the list.",
}


@router.get("")
def listed(page: PageDep) -> Response:
    """Rows, newest first, as far as they are wanted."""
    page.needs("GET", "/v1/audit")
    query = page.request.query_params
    said = {name: query.get(name, "").strip()[:_CHARACTERS] for name in _FIELDS}
    try:
        found = service.page_of_trail(page.scope, _filter(said))
    except ValidationError as error:
        names = dict.fromkeys(str(fault["loc"][0]) for fault in error.errors())
        return _show(page, said, wrong=[_WRONG.get(name, _LOST) for name in names])
    except Invalid:
        return _show(page, said, wrong=[_LOST])
    return _show(page, said, found)


@router.get("/export")
def export(page: PageDep) -> Response:
    """The whole trail with its chain, for whoever verifies it by themselves."""
    page.needs("GET", "/v1/audit/export")
    headers = {"Content-Disposition": 'attachment; filename="audit.ndjson"'}
    return StreamingResponse(export_trail(page.scope, 0), headers=headers, media_type=MEDIA_TYPE)


_LOST = "This place in the list is not known: begin at the newest."


def _filter(said: Mapping[str, str]) -> AuditFilter:
    """What is wanted; days are whole days, UTC.

    Raises:
        ValidationError: something in it is not what it must be.
    """
    wanted: dict[str, Any] = {
        "action": said["action"],
        "since": said["since"] and f"{said['since']}T00:00:00Z",
        # The last moment of a day rather than the next day, which the calendar may not have.
        "until": said["until"] and f"{said['until']}T23:59:59.999999Z",
        "subject_id": said["subject"],
        "key_id": said["key"],
        "cursor": said["cursor"],
    }
    return AuditFilter.model_validate({name: text for name, text in wanted.items() if text})


def _show(
    page: Page,
    said: Mapping[str, str],
    found: AuditPage | None = None,
    wrong: list[str] | None = None,
) -> Response:
    kept = {name: text for name, text in said.items() if text and name != "cursor"}
    older = found.next_cursor if found else None
    return page.show(
        "console/audit.html",
        422 if wrong else 200,
        rows=found.items if found else [],
        said=said,
        wrong=wrong or [],
        filtered=bool(kept),
        older=urlencode({**kept, "cursor": older}) if older else "",
        newest=urlencode(kept),
        actions=sorted(ACTIONS.items(), key=lambda one: one[1]),
        in_words=in_words,
        head=service.head(page.scope),
        own=page.scope.key_id,
        by=holders(page.scope, (row.key_id for row in found.items) if found else ()),
    )
