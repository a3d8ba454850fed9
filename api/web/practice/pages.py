"""What a therapist sees to: who asks for them, whether they have room, and their profile."""

from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import ValidationError

from api.pairings import service as pairings
from api.pairings.reading import page_of_pairings, show_pairing
from api.pairings.schemas import DeclineIn, EndIn, PairingListed
from api.problems import FieldProblem, Invalid, NotFound
from api.roster import service as roster
from api.store.pairings import existing_pairing
from api.store.vocabularies import read_vocabulary
from api.web.my.words import ITEMS
from api.web.page import Page
from api.web.practice.asking import asked_for
from api.web.practice.profile import gaps, said
from api.web.practice.words import DECLINES, ENDS, STATUS
from api.web.route import PageDep, PracticeRoute

router = APIRouter(route_class=PracticeRoute, prefix="/practice", include_in_schema=False)

_MOST = 200


@router.get("")
def home(page: PageDep) -> Response:
    """Requests that wait for an answer, current clients, and how fresh the availability is."""
    asked = _of_status(page, "requested")
    current = _of_status(page, "active")
    therapist = roster.therapist(page.scope, therapist_id_of(page))
    return page.show(
        "practice/home.html",
        therapist=therapist,
        asked=asked,
        wants=asked_for(page.scope, asked),
        current=current,
        # A place is held from before the therapist is asked, so these may be more than `asked`.
        waiting=therapist.places_held - len(current),
        declines=DECLINES,
    )


@router.get("/profile")
def profile(page: PageDep) -> Response:
    """The therapist's own profile, what is missing, and what that costs."""
    therapist = roster.therapist(page.scope, therapist_id_of(page))
    vocabulary = read_vocabulary(page.scope)
    return page.show(
        "practice/profile.html",
        therapist=therapist,
        rows=said(therapist, vocabulary),
        missing=gaps(therapist),
    )


@router.get("/pairings/{pairing_id}")
def pairing(page: PageDep, pairing_id: UUID) -> Response:
    """One client, with what they chose to share."""
    shown = show_pairing(page.scope, pairing_id)
    return page.show(
        "practice/pairing.html", pairing=shown, status=STATUS[shown.status], items=ITEMS
    )


@router.post("/availability")
def confirm(page: PageDep) -> Response:
    """Say that the availability still holds."""
    roster.confirm_availability(page.scope, therapist_id_of(page))
    return page.go("/practice")


@router.post("/pairings/{pairing_id}/accept")
def accept(page: PageDep, pairing_id: UUID) -> Response:
    """Take a client on."""
    pairings.accept(page.scope, pairing_id)
    return page.go("/practice")


@router.post("/pairings/{pairing_id}/decline")
def decline(page: PageDep, pairing_id: UUID) -> Response:
    """Say no; the client is not told why."""
    try:
        body = DeclineIn.model_validate({"reason": page.form.one("reason")})
    except ValidationError:
        raise Invalid([FieldProblem("reason", "Choose one of the reasons on the page.")]) from None
    pairings.decline(page.scope, pairing_id, body)
    return page.go("/practice")


@router.get("/pairings/{pairing_id}/end")
def ask_to_end(page: PageDep, pairing_id: UUID) -> Response:
    """Ask before two part, and why."""
    shown = show_pairing(page.scope, pairing_id)
    if shown.status != "active":
        return page.go(f"/practice/pairings/{pairing_id}")
    return page.show("practice/end.html", pairing=shown, ends=ENDS)


@router.post("/pairings/{pairing_id}/end")
def end(page: PageDep, pairing_id: UUID) -> Response:
    """Part from a client."""
    # Whose it is comes first: an answer about the reason would say that there is such a pairing.
    existing_pairing(page.scope, pairing_id)
    reason = page.form.one("reason")
    if reason not in ENDS:
        raise Invalid([FieldProblem("reason", "Choose one of the reasons on the page.")])
    pairings.end(page.scope, pairing_id, EndIn.model_validate({"reason": reason or None}))
    return page.go("/practice")


def _of_status(page: Page, status: str) -> list[PairingListed]:
    return page_of_pairings(page.scope, _MOST, None, {"status": status}).items


def therapist_id_of(page: Page) -> UUID:
    """Whose pages these are."""
    if page.scope.subject_id is None:
        raise NotFound("There is no such page.")
    return page.scope.subject_id
