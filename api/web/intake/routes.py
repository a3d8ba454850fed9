"""`/intake/{clinic}`: from the first page to the request that is sent."""

from typing import Any

from fastapi import APIRouter, Response

from api.problems import NotFound
from api.ranking.matches import existing_match
from api.web.areas import INTAKE, MY
from api.web.forms import Form
from api.web.intake.answers import (
    AnswerError,
    Answers,
    answer_of,
    not_asked,
    take,
    topics,
)
from api.web.intake.choices import choices_of, week_of
from api.web.intake.drafts import begin_draft, draft_of, forget_draft, keep_answers
from api.web.intake.questions import (
    BY_KEY,
    IMPORTANCE,
    QUESTIONS,
    REVIEW,
    Question,
    after,
    asked,
    before,
)
from api.web.intake.sending import say_unsafe, send
from api.web.intake.stated import asked_vocabulary
from api.web.intake.summary import summary
from api.web.intake.visit import DraftDep, IntakePage, IntakeRoute, PageDep, begun
from api.web.page import Page, drop_cookie, set_cookie
from matching.vocabulary import Vocabulary

router = APIRouter(route_class=IntakeRoute, prefix="/intake/{clinic_id}", include_in_schema=False)

_FIRST = QUESTIONS[0].key


@router.get("")
def start(page: PageDep) -> Response:
    """What this is, what will be asked and why, and the consent."""
    going_on = page.secret != "" and draft_of(page.scope, page.secret) is not None
    return _start(page, going_on=going_on)


@router.post("")
def begin(page: PageDep) -> Response:
    """Begin, once somebody agreed to being matched."""
    if not page.form.one("matching"):
        return _start(page, 422, missing=True)
    learning = bool(page.form.one("learning"))
    secret = begin_draft(page.scope, {"learning": learning})
    response = page.go(_question(page, _FIRST))
    set_cookie(response, page.request.app.state.settings, INTAKE, secret)
    return response


@router.get("/back/{secret}")
def back_link(page: PageDep, secret: str) -> Response:
    """Where the private link of a draft leads: a button, since programs look at links too."""
    return page.show("intake/back.html", secret=secret[:128])


@router.post("/back")
def come_back(page: PageDep) -> Response:
    """Go on with a draft from its private link."""
    secret = page.form.one("secret")
    if draft_of(page.scope, secret) is None:
        return page.show("intake/over.html", 404)
    response = page.go(_place(page, "check"))
    set_cookie(response, page.request.app.state.settings, INTAKE, secret)
    return response


@router.get("/questions/{key}")
@begun
def ask(page: DraftDep, key: str) -> Response:
    """One question."""
    return _asked(page, _known(page, key))


@router.post("/questions/{key}")
@begun
def answer(page: DraftDep, key: str) -> Response:
    """Keep an answer and go on, or back to the check page for who came from there."""
    question = _known(page, key)
    vocabulary = _vocabulary(page)
    try:
        said = answer_of(question, page.form, vocabulary)
    except AnswerError as fault:
        return _asked(page, question, fault.text)
    answers = page.draft.answers
    take(answers, key, said, page.form.all("had"))
    keep_answers(page.scope, page.draft)
    if said == "unsafe" and page.draft.match_id is not None:
        # The clinic knows who it is: staff are told now, whether or not a list is asked for.
        say_unsafe(page.scope, page.draft.match_id)
    if said == "unsafe":
        return page.go(_place(page, "not-safe"))
    following = after(key, answers, not_asked(vocabulary))
    if (onwards := page.form.one("go")) in {"check", "keep"}:
        return page.go(_place(page, onwards))
    if page.form.one("then") == "check" or following is None or page.draft.match_id is not None:
        return page.go(_place(page, "check"))
    return page.go(_question(page, following))


@router.get("/not-safe")
@begun
def not_safe(page: DraftDep) -> Response:
    """Help that is there now, before anything else."""
    return page.show("intake/not_safe.html")


@router.get("/check")
@begun
def check(page: DraftDep) -> Response:
    """All answers, each with a way to change it."""
    rows = summary(page.draft.answers, _vocabulary(page))
    said, unsaid = [one for one in rows if one.said], [one for one in rows if not one.said]
    before = page.draft.match_id
    # Whoever asked for somebody to look at it keeps that: only staff can say that it is done.
    helped = before is not None and existing_match(page.scope, before).selection_mode == "staff"
    return page.show(
        "intake/check.html",
        said=said,
        unsaid=unsaid,
        last=QUESTIONS[-1].key,
        helped=helped,
        review_said="review" in page.draft.answers,
    )


@router.get("/keep")
@begun
def keep(page: DraftDep) -> Response:
    """The private link to come back with; who is a client already has one of their own."""
    if page.draft.match_id is not None:
        return page.go(_place(page, "check"))
    base = page.request.app.state.settings.public_url or str(page.request.base_url).rstrip("/")
    link = f"{base}/intake/{page.scope.clinic_id}/back/{page.secret}"
    return page.show("intake/keep.html", link=link, days=INTAKE.lasting.days)


@router.post("/forget")
@begun
def forget(page: DraftDep) -> Response:
    """Delete all answers at once."""
    forget_draft(page.scope, page.draft)
    before = page.draft.match_id
    response = page.go(f"/my/matches/{before}" if before else f"/intake/{page.scope.clinic_id}")
    drop_cookie(response, INTAKE)
    return response


@router.post("/send")
@begun
def sent(page: DraftDep) -> Response:
    """Ask for therapists, and open the client's own page."""
    found = send(page.scope, page.draft)
    if found is None:
        return page.go("/my")
    match_id, secret = found
    response = page.go(f"/my/matches/{match_id}")
    drop_cookie(response, INTAKE)
    if secret is not None:
        set_cookie(response, page.request.app.state.settings, MY, secret)
    return response


def _start(
    page: Page, code: int = 200, *, going_on: bool = False, missing: bool = False
) -> Response:
    return page.show(
        "intake/start.html",
        code,
        going_on=going_on,
        missing=missing,
        learning=bool(page.form.one("learning")),
    )


def _vocabulary(page: IntakePage) -> Vocabulary:
    return asked_vocabulary(page.scope, page.draft.begun_with or {})


def _known(page: IntakePage, key: str) -> Question:
    if key not in BY_KEY or key in not_asked(_vocabulary(page)):
        raise NotFound("There is no such page.")
    return BY_KEY[key]


def _asked(page: IntakePage, question: Question, wrong: str = "") -> Response:
    answers, vocabulary = page.draft.answers, _vocabulary(page)
    # What was just sent and not taken stays on the page, so that nothing is said twice.
    given: Any = _sent(page.form, question) if wrong else _held(answers, question)
    weighed = isinstance(given, dict)
    chosen = given["any_of"] if weighed else given
    without = not_asked(vocabulary)
    # Who opens a question that nothing leads to is asked it all the same.
    wanted = {question.key, *asked(answers, without)}
    keys = [one.key for one in QUESTIONS if one.key in wanted]
    then = page.request.query_params.get("then", page.form.one("then"))
    earlier = before(question.key, answers, without)
    back = _question(page, earlier) if earlier else f"/intake/{page.scope.clinic_id}"
    return page.show(
        "intake/question.html",
        422 if wrong else 200,
        question=question,
        groups=choices_of(question, vocabulary, chosen or ()) if question.facets else [],
        week=week_of(question, vocabulary),
        topics=topics(vocabulary),
        chosen=chosen,
        importance=given["importance"] if weighed else "some",
        levels=IMPORTANCE,
        reviews=REVIEW,
        wrong=wrong,
        number=keys.index(question.key) + 1,
        total=len(keys),
        earlier=_place(page, "check") if then == "check" else back,
        then=then,
    )


def _held(answers: Answers, question: Question) -> Any:
    """What was said to a question; what is answered already matters, also where nobody said so."""
    if question.kind != "topics":
        return answers.get(question.key)
    wanted = asked(answers)
    return [one.key for one in QUESTIONS if one.optional and one.key in wanted]


def _sent(form: Form, question: Question) -> Any:
    if question.weighed:
        return {"any_of": form.all("choice"), "importance": form.one("importance")}
    several = question.kind in {"some", "topics"}
    return form.all("choice") if several else form.one("choice")


def _place(page: Page, name: str) -> str:
    return f"/intake/{page.scope.clinic_id}/{name}"


def _question(page: Page, key: str) -> str:
    return f"/intake/{page.scope.clinic_id}/questions/{key}"
