"""What a client shares with a therapist or said to the clinic, and taking it back."""

from uuid import UUID

from fastapi import APIRouter, Response

from api.pairings.ratings.schemas import RatingChange
from api.pairings.ratings.service import change_rating
from api.pairings.reading import show_pairing
from api.problems import NotFound
from api.web.forms import whole
from api.web.page import Page
from api.web.route import MyRoute, PageDep

router = APIRouter(
    route_class=MyRoute, prefix="/my/pairings/{pairing_id}/sharing", include_in_schema=False
)

_NOT_SHARED = RatingChange(share_with_therapist="none")
_NO_COMMENT = RatingChange(comment=None)
_DONE = {
    "sharing": "Done. They no longer see it here.",
    "comment": "Done. Your comment is deleted.",
}


@router.get("")
def sharing(page: PageDep, pairing_id: UUID) -> Response:
    """What is shared now, what taking it back does, and what it does not."""
    pairing = show_pairing(page.scope, pairing_id)
    return page.show(
        "my/sharing.html",
        pairing=pairing,
        shared=[one for one in pairing.ratings if one.share_with_therapist != "none"],
        commented=[one for one in pairing.ratings if one.comment is not None],
        done=_DONE.get(page.request.query_params.get("done", "")),
    )


@router.post("")
def stop_sharing(page: PageDep, pairing_id: UUID) -> Response:
    """Share one session no longer; where none is named, none of them."""
    pairing = show_pairing(page.scope, pairing_id)
    sessions = (
        [_session(page)]
        if page.form.one("session")
        else [one.session_number for one in pairing.ratings if one.share_with_therapist != "none"]
    )
    for session in sessions:
        change_rating(page.scope, pairing_id, session, _NOT_SHARED)
    return page.go(f"/my/pairings/{pairing_id}/sharing?done=sharing")


@router.post("/comment")
def take_comment_back(page: PageDep, pairing_id: UUID) -> Response:
    """Delete the comment on one session."""
    show_pairing(page.scope, pairing_id)
    change_rating(page.scope, pairing_id, _session(page), _NO_COMMENT)
    return page.go(f"/my/pairings/{pairing_id}/sharing?done=comment")


def _session(page: Page) -> int:
    number = whole(page.form.one("session"))
    if isinstance(number, str):
        raise NotFound("There is no such page.")
    return number
