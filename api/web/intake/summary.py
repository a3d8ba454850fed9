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
_STRENGTH = {"much": "Very much", "some": "A little"}


@dataclass(frozen=True, slots=True)
class Answered:
    """One line: what was asked, and the answer in words; none where nothing was said."""

    key: str
    name: str
    title: str
    said: tuple[str, ...]
    weight: str = ""


def summary(answers: Mapping[str, Any], vocabulary: Vocabulary) -> list[Answered]:
    """Everything that can be said with what was said to it, in the order of the questions."""
    styled = any(axis in answers for axis in AXES)
    # What else matters is seen by what was said to it.
    without = not_asked(vocabulary) | {"topics"} | (set() if styled else {"style_weight"})
    return [
        Answered(
            question.key,
            question.name,
            question.title,
            *_words_of(question, answers.get(question.key), vocabulary),
        )
        for question in QUESTIONS
        if question.key not in without
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


def _words_of(
    question: Question, given: Any, vocabulary: Vocabulary
) -> tuple[tuple[str, ...], str]:
    """What was said, and how much it matters where that was asked."""
    if given is None:
        return (), ""
    if question.kind == "between":
        side, strength = given.split("_")
        way = question.ways[0 if side == "first" else 1]
        return (f"{_STRENGTH[strength]}: {_short(way)}",), ""
    if question.kind == "weight":
        return (_WORDS[given],), ""
    if question.kind == "review":
        return (_REVIEW[given],), ""
    labels = codes_of(question, vocabulary)
    if isinstance(given, dict):
        said = tuple(labels.get(code, code) for code in given["any_of"])
        return said, _WORDS[given["importance"]]
    codes = [given] if isinstance(given, str) else given
    return tuple(labels.get(code, code) for code in codes), ""


def _short(way: str) -> str:
    """The way's name, which stands before the colon where it has one."""
    head = way.partition(":")[0]
    return head[0].lower() + head[1:] if not head.startswith("I ") else head
