"""How the choices of a question stand on its page: a few at once, more behind a fold, or a week."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from api.web.intake.questions import Question
from matching.shared_codes import SHARED
from matching.vocabulary import Vocabulary

# As many as are read at a glance; with two or three more, a fold would save nothing.
_AT_ONCE = 8
_WORTH_FOLDING = 4
# What folds are called where a question offers several kinds of things.
_KINDS: Mapping[str, str] = {
    "communities": "Faith, work or community",
    "cultures": "Culture or origin",
}


@dataclass(frozen=True, slots=True)
class Choices:
    """Codes with their labels; behind a fold of that name, unless the name is empty.

    It stands `open` where something in it was chosen.
    """

    labels: Mapping[str, str]
    fold: str = ""
    open: bool = False


@dataclass(frozen=True, slots=True)
class Week:
    """The shared times: `days[day][time]` is a code with its label."""

    times: Sequence[str]
    days: Mapping[str, Mapping[str, tuple[str, str]]]


def choices_of(
    question: Question, vocabulary: Vocabulary, chosen: Collection[str]
) -> list[Choices]:
    """The choices of a question in the order shown, without those of the `week_of` it shows."""
    facets = {facet: vocabulary.facets.get(facet, {}) for facet in question.facets}
    if len(facets) > 1:
        return [_folded(labels.items(), _KINDS[facet], chosen) for facet, labels in facets.items()]
    (labels,) = facets.values()
    shown = [one for one in labels.items() if not _in_week(question, one[0])]
    if question.kind != "some" or len(shown) < _AT_ONCE + _WORTH_FOLDING:
        return [Choices(dict(shown))]
    rest = shown[_AT_ONCE:]
    return [Choices(dict(shown[:_AT_ONCE])), _folded(rest, f"Show {len(rest)} more", chosen)]


def week_of(question: Question, vocabulary: Vocabulary) -> Week | None:
    """The times of a week that a question offers; None where it offers none."""
    days: dict[str, dict[str, tuple[str, str]]] = {}
    for facet in question.facets:
        for code, label in vocabulary.facets.get(facet, {}).items():
            if _in_week(question, code):
                day, _, time = label.partition(" ")
                days.setdefault(day, {})[time.capitalize()] = (code, label)
    return Week(tuple(next(iter(days.values()))), days) if days else None


def _in_week(question: Question, code: str) -> bool:
    return question.facets == ("schedule",) and code in SHARED["schedule"]


def _folded(labels: Iterable[tuple[str, str]], fold: str, chosen: Collection[str]) -> Choices:
    kept = dict(labels)
    return Choices(kept, fold, any(code in chosen for code in kept))
