"""Staff decide: on a client's choice, or for the client, with a reason where needed, or to wait."""

from uuid import UUID

from fastapi import APIRouter, Response

from api.db.tables.pairings import LIVE
from api.pairings.schemas import SelectionIn
from api.pairings.selection import select as select_therapist
from api.pairings.service import approve, withdraw
from api.problems import Conflict, Invalid, NoPlace
from api.store.clinics import hold_clinic
from api.store.pairings import existing_pairing
from api.store.rosters import current_roster
from api.waits.schemas import WaitIn
from api.waits.service import join
from api.web.console.choices import WAITS_FOR_STAFF
from api.web.console.matches import show_one
from api.web.forms import checked
from api.web.page import Page
from api.web.route import ConsoleRoute, PageDep

router = APIRouter(route_class=ConsoleRoute, prefix="/console", include_in_schema=False)

_MEANWHILE = (
    "Nothing was done: this was decided meanwhile, or its time ran out. It now stands below."
)
_NOT_NOW = (
    "Nothing was done: this therapist begins with nobody new just now. Take the choice back, or"
    " look at what keeps them."
)
_NO_REASON = (
    "Nobody was chosen: this therapist is not on the client’s list. Say why you choose them."
)
_NOBODY = "Nobody was chosen: no therapist of the clinic has that reference."
_FULL = (
    "Nobody was chosen: this therapist takes nobody new just now.{next} To choose them all"
    " the same, say why."
)
_NOT_EVEN_SO = (
    "Nobody was chosen: this therapist has no place left or is not at work just now, and a reason"
    " does not change that.{next}"
)


@router.post("/choices/{pairing_id}/approve")
def agree(page: PageDep, pairing_id: UUID) -> Response:
    """Agree with what a client chose: the therapist is asked."""
    page.needs("POST", "/v1/pairings/{pairing_id}/approve")
    return _decided(page, pairing_id, approved=True)


@router.post("/choices/{pairing_id}/withdraw")
def take_back(page: PageDep, pairing_id: UUID) -> Response:
    """Do not agree: the choice is taken back, and staff may choose."""
    page.needs("POST", "/v1/pairings/{pairing_id}/withdraw")
    return _decided(page, pairing_id, approved=False)


@router.post("/matches/{match_id}/choose")
def choose(page: PageDep, match_id: UUID) -> Response:
    """Choose for the client; past the list or past what a therapist takes, with a reason."""
    page.needs("POST", "/v1/matches/{match_id}/selection")
    therapist, reason = page.form.one("therapist"), page.form.one("reason")
    if not therapist:
        therapist = _of_reference(page, page.form.one("reference"))
    if not therapist:
        return show_one(page, match_id, 422, refused=_NOBODY)
    try:
        choice = {"therapist_id": therapist, "override_reason": reason or None}
        body = checked(SelectionIn, choice)
        select_therapist(page.scope, match_id, body)
    except Invalid as error:
        if any(one["field"] != "override_reason" for one in error.members["errors"]):
            raise
        wrong = error.members["errors"][0]["problem"]
        said = f"Nobody was chosen: your reason {wrong}." if reason else _NO_REASON
        return show_one(page, match_id, 422, refused=said)
    except NoPlace as error:
        coming = error.members["next_candidate"]
        after = f" Next who does: {coming['therapist']['name']}." if coming else ""
        text = (_NOT_EVEN_SO if reason else _FULL).format(next=after)
        again = None if reason else body.therapist_id
        return show_one(page, match_id, 409, refused=text, all_the_same=again)
    except Conflict as error:
        return show_one(page, match_id, 409, refused=f"Nobody was chosen. {error.detail}")
    return page.go(f"/console/matches/{match_id}")


@router.post("/matches/{match_id}/wait")
def wait(page: PageDep, match_id: UUID) -> Response:
    """Put the client on the waiting list, as urgent as staff know it to be."""
    page.needs("POST", "/v1/matches/{match_id}/wait")
    body = checked(WaitIn, {"urgency": page.form.one("urgency") or "routine"})
    try:
        join(page.scope, match_id, body)
    except Conflict as error:
        text = f"The client was not put on the list. {error.detail}"
        return show_one(page, match_id, 409, refused=text)
    return page.go("/console/waiting")


def _decided(page: Page, pairing_id: UUID, *, approved: bool) -> Response:
    # Under the lock, so that nobody takes back what a colleague has just approved.
    hold_clinic(page.scope)
    pairing = existing_pairing(page.scope, pairing_id)
    if pairing.status != WAITS_FOR_STAFF:
        return show_one(page, pairing.match_id, 409, refused=_MEANWHILE)
    decide = approve if approved else withdraw
    try:
        after = decide(page.scope, pairing_id)
    except Conflict as error:
        held = error.members["pairing_status"] == WAITS_FOR_STAFF
        return show_one(page, pairing.match_id, 409, refused=_NOT_NOW if held else _MEANWHILE)
    # Who was not agreed with needs somebody else: the match is where staff choose.
    from_today = page.form.one("from") == "today" and after.status in LIVE
    return page.go("/console" if from_today else f"/console/matches/{after.match_id}")


def _of_reference(page: Page, reference: str) -> str:
    """The id of the therapist with that reference; empty where there is none."""
    roster = current_roster(page.scope).roster
    known = dict(zip(roster.references, roster.ids, strict=True))
    return str(known.get(reference, ""))
