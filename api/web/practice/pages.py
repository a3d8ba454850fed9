"""What a therapist sees to: who asks for them, whether they have room, and their profile."""

from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import ValidationError

from api.pairings import service as pairings
from api.pairings.reading import page_of_pairings, show_pairing
from api.pairings.schemas import DeclineIn
from api.problems import FieldProblem, Invalid, NotFound
from api.roster import service as roster
from api.store.vocabularies import read_vocabulary
from api.web.page import Page
from api.web.practice.profile import gaps, said
from api.web.route import PageDep, PracticeRoute

router = APIRouter(route_class=PracticeRoute, prefix="/practice", include_in_schema=False)

_MOST = 200
DECLINES = {
    "full": "I have no room after all",
    "scope": "It is outside what I work with",
    "conflict": "We know each other from elsewhere",
    "schedule": "Our times do not fit",
    "payer": "I cannot bill who pays",
    "other": "Another reason",
}


@router.get("")
def home(page: PageDep) -> Response:
    """Requests that wait for an answer, current clients, and how fresh the availability is."""
    listed = page_of_pairings(page.scope, _MOST, None, {}).items
    return page.show(
        "practice/home.html",
        therapist=roster.therapist(page.scope, therapist_id_of(page)),
        asked=[one for one in listed if one.status == "requested"],
        current=[one for one in listed if one.status == "active"],
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
    return page.show("practice/pairing.html", pairing=show_pairing(page.scope, pairing_id))


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


def therapist_id_of(page: Page) -> UUID:
    """Whose pages these are."""
    if page.scope.subject_id is None:
        raise NotFound("There is no such page.")
    return page.scope.subject_id
