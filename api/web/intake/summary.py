"""The answers in words, for the page on which they are checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.ranking.schemas import MatchRequest
from api.web.intake.again import answers_of
from api.web.intake.answers import codes_of, not_asked
from api.web.intake.questions import AXES, IMPORTANCE, QUESTIONS, REVIEW, Question
from matching.vocabulary import Vocabulary

_WORDS = {code: words for code, words, _ in IMPORTANCE}
_REVIEW = dict(REVIEW)
# Who does not have these is never shown, however little is said of how much they count.
_ALWAYS_NEEDED = frozenset({"access", "service", "age_group", "place", "payment"})
_STRENGTH = {"much": "Much more", "some": "A little more"}


@dataclass(frozen=True, slots=True)
class Answered:
    """One line: what was asked, and the answer in words; none where it was skipped."""

    key: str
    title: str
    said: tuple[str, ...]
    weight: str = ""


def summary(answers: Mapping[str, Any], vocabulary: Vocabulary) -> list[Answered]:
    """Every question with its answer, in the order in which they are asked."""
    styled = any(axis in answers for axis in AXES)
    without = not_asked(vocabulary)
    return [
        _answered(question, answers.get(question.key), vocabulary)
        for question in QUESTIONS
        if question.key not in without and (question.key != "style_weight" or styled)
    ]


def needed(request: Mapping[str, Any], vocabulary: Vocabulary) -> list[str]:
    """What nobody may lack, of what a stored request asked for, in words."""
    answers = answers_of(MatchRequest.model_validate(request), vocabulary)
    return [
        said
        for row in summary(answers, vocabulary)
        if row.weight == _WORDS["must"] or row.key in _ALWAYS_NEEDED
        for said in row.said
    ]


def _answered(question: Question, given: Any, vocabulary: Vocabulary) -> Answered:
    if given is None:
        return Answered(question.key, question.title, ())
    if question.kind == "between":
        side, strength = given.split("_")
        way = question.ways[0 if side == "first" else 1]
        return Answered(question.key, question.title, (f"{_STRENGTH[strength]}: {_short(way)}",))
    if question.kind == "weight":
        return Answered(question.key, question.title, (_WORDS[given],))
    if question.kind == "review":
        return Answered(question.key, question.title, (_REVIEW[given],))
    labels = codes_of(question, vocabulary)
    if isinstance(given, dict):
        said = tuple(labels.get(code, code) for code in given["any_of"])
        return Answered(question.key, question.title, said, _WORDS[given["importance"]])
    codes = [given] if isinstance(given, str) else given
    return Answered(question.key, question.title, tuple(labels.get(code, code) for code in codes))


def _short(way: str) -> str:
    """The way's name, which stands before the colon where it has one."""
    head = way.partition(":")[0]
    return head[0].lower() + head[1:] if not head.startswith("I ") else head
