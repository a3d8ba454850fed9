"""Answers as they are kept in a draft, read off a form, and turned into a request for a match."""

from collections.abc import Collection, Mapping
from typing import Any

from pydantic import ValidationError

from api.intake.codes import refused_must
from api.ranking.schemas import MatchRequest
from api.web.forms import Form
from api.web.intake.questions import AXES, BETWEEN, IMPORTANCE, QUESTIONS, REVIEW, Question
from api.web.intake.stated import ELSEWHERE, MYSELF
from matching.vocabulary import Vocabulary

Answers = dict[str, Any]

# Parts of a request by the key of the question that asks for them.
WISHES = ("gender", "culture", "language", "modality", "format", "schedule")
LISTS = ("needs", "access")
SINGLES = ("service", "age_group")
WEIGHTS = frozenset(code for code, _, _ in IMPORTANCE)
_ANCESTRY = (
    "Knowing a culture can count a lot, but we cannot leave people out by their origin. Choose"
    " “it matters a lot”, or choose communities only."
)


class AnswerError(Exception):
    """What was sent is no answer to the question; `text` says what to do, in plain words."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def answer_of(question: Question, form: Form, vocabulary: Vocabulary) -> Any:
    """The answer that a form gives, None where the question was skipped.

    Raises:
        AnswerError: it is not one of the choices, or cannot be asked for.
    """
    if form.one("skip"):
        return None
    if question.kind == "some":
        return _some(question, form, vocabulary)
    if question.kind == "topics":
        offered = {one.key for one in topics(vocabulary)}
        return [_known(key, offered) for key in form.all("choice")]
    chosen = form.one("choice")
    if question.kind == "one":
        offered = set(codes_of(question, vocabulary))
    elif question.kind == "between":
        offered = set(BETWEEN)
    elif question.kind == "weight":
        offered = set(WEIGHTS)
    else:
        offered = {code for code, _ in REVIEW}
    if not chosen:
        return None
    return _known(chosen, offered)


def take(answers: Answers, key: str, said: Any, had: Collection[str] = ()) -> None:
    """Put an answer among the others, or take it away where it is None; what rests on it follows.

    How much the way of working matters goes with the last that was said of it, and an answer with
    a topic that matters no more: one that stood on the page when it `had` been chosen.
    """
    answers.pop(key, None)
    if said is not None:
        answers[key] = said
    gone = set() if any(axis in answers for axis in AXES) else {"style_weight"}
    if key == "topics" and said is not None:
        gone |= {one.key for one in QUESTIONS if one.optional} & (set(had) - set(said))
    for one in gone:
        answers.pop(one, None)


def codes_of(question: Question, vocabulary: Vocabulary) -> dict[str, str]:
    """The choices of a question with their labels."""
    return {
        code: label
        for facet in question.facets
        for code, label in vocabulary.facets.get(facet, {}).items()
    }


def not_asked(vocabulary: Vocabulary) -> frozenset[str]:
    """The keys of the questions that have nothing to choose from at this clinic."""
    return frozenset(one.key for one in QUESTIONS if one.facets and not codes_of(one, vocabulary))


def topics(vocabulary: Vocabulary) -> list[Question]:
    """What a client can choose to be asked about at this clinic."""
    without = not_asked(vocabulary)
    return [one for one in QUESTIONS if one.optional and one.key not in without]


def request_of(
    answers: Mapping[str, Any], reference: str, *, learning: bool, only_place: str | None = None
) -> MatchRequest:
    """The request for a match that the answers make; `only_place` holds without being asked."""
    style = {axis: BETWEEN[answers[key]] for key, axis in AXES.items() if key in answers}
    preferences: dict[str, Any] = {name: answers[name] for name in WISHES if name in answers}
    if style:
        weight = answers.get("style_weight", "some")
        preferences["communication_style"] = {**style, "importance": weight}
    return MatchRequest.model_validate(
        {
            "client": {"reference": reference},
            "preferences": preferences,
            **{name: answers[name] for name in (*LISTS, *SINGLES) if name in answers},
            "jurisdiction": _named(answers, "place") if "place" in answers else only_place,
            "payer": _named(answers, "payment"),
            "consent": {"learning": learning},
            "staff_review": answers.get("review", "no") != "no",
            "limit": 6,
        }
    )


def _named(answers: Mapping[str, Any], key: str) -> str | None:
    given: str | None = answers.get(key)
    return None if given in {ELSEWHERE, MYSELF} else given


def _some(question: Question, form: Form, vocabulary: Vocabulary) -> Any:
    offered = codes_of(question, vocabulary)
    chosen = [_known(code, offered) for code in form.all("choice")]
    if not chosen:
        return None
    if not question.weighed:
        return chosen
    wish = {"any_of": chosen, "importance": _known(form.one("importance") or "some", WEIGHTS)}
    try:
        request = MatchRequest.model_validate({"preferences": {question.key: wish}})
    except ValidationError:
        raise AnswerError("Choose one or more of these, or skip the question.") from None
    if list(refused_must(request.preferences, vocabulary)):
        raise AnswerError(_ANCESTRY)
    return wish


def _known(code: str, offered: Any) -> str:
    if code not in offered:
        raise AnswerError("Choose from what is on the page, or skip the question.")
    return code
