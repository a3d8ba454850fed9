"""The waiting list in its order, with the rule of it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from api.http.pages import DEFAULT_PAGE, decode_place
from api.store.rosters import current_roster
from api.store.vocabularies import read_vocabulary
from api.waits import service
from api.waits.order import HEAD_START
from api.web.console.client_words import WAIT_STATUS
from api.web.page import Page
from api.web.route import ConsoleRoute, PageDep
from matching.vocabulary import Vocabulary
from matching.words import language_label

router = APIRouter(route_class=ConsoleRoute, prefix="/console/waiting", include_in_schema=False)

_CURSOR_CHARACTERS = 64
_FACETS = {"schedule": "schedule", "format": "formats", "modality": "modalities"}
_GIVEN_UP: Mapping[str, str] = {
    "payer": "another way to pay",
    "accepts_associate": "somebody in training",
    "communication_style": "another way of working",
    "schedule": "other times",
    "format": "another way to meet",
    "language": "another language",
    "modality": "another kind of therapy",
}


@router.get("")
def listed(page: PageDep) -> Response:
    """Who waits, in the order in which places are offered."""
    page.needs("GET", "/v1/waits")
    cursor = page.request.query_params.get("cursor", "")[:_CURSOR_CHARACTERS] or None
    found = service.page_of_waits(page.scope, None, DEFAULT_PAGE, decode_place(cursor))
    vocabulary = read_vocabulary(page.scope)
    return page.show(
        "console/waiting.html",
        waits=found.items,
        accepted={
            one.id: [accepted_words(change, vocabulary) for change in one.accept]
            for one in found.items
        },
        therapists=_therapists(page) if any(one.offer for one in found.items) else {},
        older=found.next_cursor,
        first=cursor is None,
        status=WAIT_STATUS,
        head_start={name: lead.days for name, lead in HEAD_START.items()},
    )


@router.post("/{wait_id}/leave")
def leave(page: PageDep, wait_id: UUID) -> Response:
    """Take a client off the list."""
    page.needs("POST", "/v1/waits/{wait_id}/leave")
    service.leave(page.scope, wait_id)
    return page.go("/console/waiting")


def accepted_words(change: Mapping[str, Any], vocabulary: Vocabulary) -> str:
    """What somebody who waits would take besides what they asked for."""
    name, code = change["change"], change.get("add")
    if code is None:
        return _GIVEN_UP[name]
    if name == "language":
        return language_label(vocabulary, code)
    return vocabulary.facets[_FACETS[name]].get(code, code)


def _therapists(page: Page) -> dict[str, str]:
    roster = current_roster(page.scope).roster
    return dict(zip(roster.ids, roster.names, strict=True))
