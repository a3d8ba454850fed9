"""How a session was, how it has been going, and another choice where it does not fit."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import ValidationError
from pydantic_core import from_json

from api.alternatives.schemas import AlternativesIn
from api.alternatives.service import alternatives
from api.pairings.ratings.schemas import RatingIn
from api.pairings.ratings.service import add_rating
from api.pairings.reading import show_pairing
from api.pairings.schemas import EndIn, PairingWithCourse
from api.pairings.service import end
from api.problems import Conflict, FieldProblem, Invalid
from api.store.vocabularies import read_vocabulary
from api.web.forms import Form, whole
from api.web.my.charts import course_chart
from api.web.my.words import ITEMS, REASONS, STYLE
from api.web.page import Page
from api.web.route import MyRoute, PageDep
from matching.reasons import is_safety

router = APIRouter(route_class=MyRoute, prefix="/my/pairings/{pairing_id}", include_in_schema=False)

_SEEN = (("-1", "Less, please"), ("0", "Just right"), ("1", "More, please"))
_LOW = 3
_SHARES = (
    ("none", "Keep it from them", "They do not know that you answered."),
    ("summary", "Let it count in a summary", "They see an average over several sessions."),
    ("this_rating", "Show them this one", "They see these answers, but never your comment."),
)


@router.get("")
def course(page: PageDep, pairing_id: UUID) -> Response:
    """The client's own history with one therapist."""
    pairing = show_pairing(page.scope, pairing_id)
    chart = course_chart(pairing.ratings)
    return page.show("my/course.html", pairing=pairing, items=ITEMS, chart=chart)


@router.get("/rate")
def ask(page: PageDep, pairing_id: UUID) -> Response:
    """A few questions about the last session."""
    return _asked(page, show_pairing(page.scope, pairing_id))


@router.post("/rate")
def rate(page: PageDep, pairing_id: UUID) -> Response:
    """Keep what was answered."""
    pairing = show_pairing(page.scope, pairing_id)
    if pairing.next is None:
        raise Conflict("There is no session to tell us about now.")
    try:
        sent = RatingIn.model_validate(_rating(page.form, pairing.next.session_number))
    except ValidationError:
        return _asked(page, pairing, wrong="Answer at least one of the questions, from 0 to 10.")
    add_rating(page.scope, pairing_id, sent)
    after = show_pairing(page.scope, pairing_id)
    return page.show("my/rated.html", pairing=after, low=_is_low(sent))


@router.get("/change")
def reasons(page: PageDep, pairing_id: UUID) -> Response:
    """Talk about it, or see others: side by side, with reasons that nobody has to give."""
    pairing = show_pairing(page.scope, pairing_id)
    labels = read_vocabulary(page.scope).facets["alternative_reasons"]
    return page.show("my/change.html", pairing=pairing, groups=REASONS, labels=labels)


@router.post("/change")
def change(page: PageDep, pairing_id: UUID) -> Response:
    """Another list, or words for raising the matter first."""
    codes = page.form.all("reason")
    known = {code for _, group in REASONS for code in group}
    if not known.issuperset(codes):
        raise Invalid([FieldProblem("reason", "is not one of those on the page")])
    asked = AlternativesIn(reasons=codes, limit=6)
    made = alternatives(page.scope, pairing_id, asked)
    unsafe = any(is_safety(code) for code in codes)
    return page.show(
        "my/other.html", match_id=made.subject_id, pairing_id=pairing_id, unsafe=unsafe,
        repair=_repair(made.body),
    )  # fmt: skip


@router.get("/end")
def before_leaving(page: PageDep, pairing_id: UUID) -> Response:
    """What it means to end it, before it is ended."""
    return page.show("my/end.html", pairing=show_pairing(page.scope, pairing_id))


@router.post("/end")
def leave(page: PageDep, pairing_id: UUID) -> Response:
    """End it without looking for somebody else, once the client said so twice."""
    if not page.form.one("sure"):
        show_pairing(page.scope, pairing_id)
        return page.go(f"/my/pairings/{pairing_id}/end")
    end(page.scope, pairing_id, EndIn())
    return page.go("/my")


def _asked(page: Page, pairing: PairingWithCourse, wrong: str = "") -> Response:
    if pairing.next is None:
        raise Conflict("There is no session to tell us about now.")
    return page.show(
        "my/rate.html",
        422 if wrong else 200,
        pairing=pairing,
        wanted=[(name, ITEMS[name]) for name in pairing.next.items],
        style=STYLE,
        seen=_SEEN,
        shares=_SHARES,
        said=page.form,
        formats=read_vocabulary(page.scope).facets["formats"],
        wrong=wrong,
    )


def _rating(form: Form, session_number: int) -> dict[str, Any]:
    """What was answered, as the API takes it; what was left empty is left out."""
    said: dict[str, Any] = {name: whole(value) for name in ITEMS if (value := form.one(name))}
    seen = {
        axis: int(value)
        for axis in STYLE
        if (value := form.one(f"seen_{axis}")) in {"-1", "0", "1"}
    }
    return {
        **said,
        "session_number": session_number,
        "format": form.one("format") or None,
        "style_seen": seen,
        "share_with_therapist": form.one("share") or "none",
        "comment": form.one("comment") or None,
    }


def _is_low(sent: RatingIn) -> bool:
    """Whether something was far from well, which one session says long before a trend does."""
    answers = (getattr(sent, name) for name in ITEMS)
    return any(value is not None and value <= _LOW for value in answers)


def _repair(body: bytes) -> str | None:
    words: str | None = from_json(body)["repair"]
    return words
