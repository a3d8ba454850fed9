"""The ranked therapists as their client sees them: cards, side by side, and what to do next."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import ValidationError

from api.audit.record import record
from api.auth.keys import hash_key
from api.clients.service import show_client
from api.clock import utc_now
from api.match.service import show_match
from api.pairings.queries import live_waits
from api.pairings.schemas import SelectionIn
from api.pairings.selection import select
from api.pairings.service import withdraw
from api.problems import NoPlace, NotFound
from api.ranking.matches import existing_match
from api.ranking.prospects import anybody_could
from api.store.clinics import hold_clinic
from api.store.history import history_of
from api.store.pairings import has_passed, live_pairings
from api.store.tasks import is_open, open_task
from api.store.vocabularies import read_vocabulary
from api.waits import service as waits
from api.waits.schemas import WaitIn
from api.web.areas import INTAKE
from api.web.intake.again import begin_again
from api.web.intake.stated import asked_vocabulary
from api.web.intake.summary import needed
from api.web.my.compare import asked_of, side_by_side
from api.web.my.home import client_id_of
from api.web.my.words import SOUGHT
from api.web.page import Page, set_cookie
from api.web.route import MyRoute, PageDep

router = APIRouter(route_class=MyRoute, prefix="/my", include_in_schema=False)


@router.get("/matches/{match_id}")
def therapists(page: PageDep, match_id: UUID) -> Response:
    """The ranked therapists, each with why, what to know, and what is not known."""
    return _list(page, match_id)


@router.get("/matches/{match_id}/compare")
def compare(page: PageDep, match_id: UUID) -> Response:
    """Two or three of them, line by line."""
    match = _answer(page, match_id)
    named = page.request.query_params.getlist("with")[:3]
    chosen = [one for one in match["candidates"] if one["therapist"]["id"] in named]
    if len(chosen) < 2:
        return _list(page, match_id, too_few=True)
    rows, stands = side_by_side(chosen), _stands(_live(page), match_id)
    return page.show("my/compare.html", match=match, candidates=chosen, rows=rows, stands=stands)


@router.post("/matches/{match_id}/choose")
def choose(page: PageDep, match_id: UUID) -> Response:
    """Ask a therapist, or say who comes next where they have just been taken."""
    try:
        choice = SelectionIn.model_validate({"therapist_id": page.form.one("therapist")})
    except ValidationError:
        raise NotFound("There is no such page.") from None
    # Two lists that are sent at once make one request.
    hold_clinic(page.scope)
    if _stands(_live(page), match_id):
        return _list(page, match_id, code=409)
    try:
        select(page.scope, match_id, choice)
    except NoPlace:
        return _list(page, match_id, refused=str(choice.therapist_id), code=409)
    return page.go("/my")


@router.post("/matches/{match_id}/wait")
def wait(page: PageDep, match_id: UUID) -> Response:
    """Wait until somebody who fits has room."""
    waits.join(page.scope, match_id, WaitIn())
    return page.go("/my")


@router.post("/matches/{match_id}/call")
def call(page: PageDep, match_id: UUID) -> Response:
    """Ask the clinic to help with the choice."""
    match = existing_match(page.scope, match_id)
    page.scope.unit.begin_write()
    open_task(page.scope, "call_back", client_id=client_id_of(page), match_id=match.id)
    record(page.scope, "match.call_asked", match.id)
    return page.show("my/called.html", reference=_reference(page))


@router.post("/matches/{match_id}/answers")
def change_answers(page: PageDep, match_id: UUID) -> Response:
    """Back to the answers that this list was made from, to change some of them."""
    match = existing_match(page.scope, match_id)
    # The reasons for an alternative are changed where they were said.
    if not page.settings.intake_page or match.origin == "alternative":
        raise NotFound("There is no such page.")
    secret = begin_again(page.scope, match_id, hash_key(page.secret))
    response = page.go(f"/intake/{page.scope.clinic_id}/check")
    set_cookie(response, page.request.app.state.settings, INTAKE, secret)
    return response


@router.post("/waits/{wait_id}/leave")
def leave(page: PageDep, wait_id: UUID) -> Response:
    """Wait no longer."""
    waits.leave(page.scope, wait_id)
    return page.go("/my")


@router.post("/pairings/{pairing_id}/withdraw")
def take_back(page: PageDep, pairing_id: UUID) -> Response:
    """Take a request back."""
    withdraw(page.scope, pairing_id)
    return page.go("/my")


def _list(
    page: Page, match_id: UUID, *, refused: str = "", too_few: bool = False, code: int = 200
) -> Response:
    match, row = _answer(page, match_id), existing_match(page.scope, match_id)
    live = _live(page)
    gone = [one for one in match["candidates"] if one["therapist"]["id"] == refused]
    return page.show(
        "my/therapists.html",
        code,
        match=match,
        gone=gone[0] if gone else None,
        left=refused in history_of(page.scope, client_id_of(page)).left_before,
        stands=_stands(live, match_id),
        at_risk=is_open(page.scope, "at_risk", client_id_of(page)),
        too_few=too_few,
        asked={one["therapist"]["id"]: asked_of(one) for one in match["candidates"]},
        place_checked=bool(row.request.get("jurisdiction")),
        left_id=row.origin_id if row.origin == "alternative" else None,
        worth_waiting=bool(match["candidates"]) or anybody_could(page.scope, row),
        waiting=_waiting(page, match_id),
        held={
            str(one.therapist_id)
            for one in live
            if one.match_id == match_id and one.status == "offered"
        },
        needed=needed(row.request, asked_vocabulary(page.scope)) if not match["candidates"] else [],
        vocabulary=read_vocabulary(page.scope),
    )


def _live(page: Page) -> Sequence[Any]:
    """The client's pairings that are not over."""
    return live_pairings(page.scope, client_id=client_id_of(page))


def _stands(live: Sequence[Any], match_id: UUID) -> bool:
    """Whether somebody was chosen from this list, or has been asked from another and not answered.

    Nobody else can be chosen for as long.
    """
    now = utc_now()
    return any(
        one.status in SOUGHT
        and not has_passed(one, now)
        and (one.match_id == match_id or one.status != "active")
        for one in live
    )


def _waiting(page: Page, match_id: UUID) -> str:
    """How the client waits: not at all (empty), `held`, with these answers, or with `others`."""
    for wait in live_waits(page.scope, client_id_of(page)):
        if wait.status == "offered":
            return "held"
        return "these" if wait.match_id == match_id else "others"
    return ""


def _answer(page: Page, match_id: UUID) -> dict[str, Any]:
    """The answer as a client may see it."""
    answer: dict[str, Any] = json.loads(show_match(page.scope, match_id).body)
    return answer


def _reference(page: Page) -> str:
    return show_client(page.scope, client_id_of(page)).reference
