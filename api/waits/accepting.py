"""What somebody who waits would accept besides what they asked: a change as suggestions have it.

How and when to meet, with whom in training, and money. Never who a therapist is, what keeps a
client safe, or what the law asks.
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any, Literal, Self

from pydantic import ValidationError, model_validator

from api.intake.codes import unknown_codes
from api.intake.schemas import FormPart
from api.problems import FieldProblem
from api.ranking.schemas import MatchRequest
from api.text import Code, language_tag
from matching.intake import Importance
from matching.vocabulary import Vocabulary

MOST_ACCEPTED = 20

# Which facet a code to add is looked up in; languages are any well-formed tag.
_FACETS: Mapping[str, tuple[str, ...]] = {
    "schedule": ("schedule",),
    "format": ("formats",),
    "modality": ("modalities",),
}
_WITH_CODES = frozenset({*_FACETS, "language"})
_TO = {"accepts_associate": "yes", "payer": None}


class AcceptedChange(FormPart):
    """One change that would do: a code to `add`, or what to set the field `to`.

    `to` is `strong` where the wish was a must, `yes` for `accepts_associate`, null for `payer`.
    """

    change: Literal[
        "schedule",
        "format",
        "language",
        "modality",
        "communication_style",
        "payer",
        "accepts_associate",
    ]
    add: Code | None = None
    to: Literal["strong", "yes"] | None = None

    @model_validator(mode="after")
    def _is_a_suggestion(self) -> Self:
        if self.add is not None:
            if self.to is not None or self.change not in _WITH_CODES:
                raise ValueError("takes add for a code of schedule, format, language or modality")
            if self.change == "language":
                language_tag(self.add)
        elif self.to != _TO.get(self.change, "strong"):
            raise ValueError("takes the add or the to that a match's suggestions have")
        return self

    def document(self) -> dict[str, str | None]:
        """As it is stored and shown."""
        if self.add is None:
            return {"change": self.change, "to": self.to}
        code = language_tag(self.add) if self.change == "language" else self.add
        return {"change": self.change, "add": code}


def accepted_problems(
    request: Mapping[str, Any], accepted: Sequence[AcceptedChange], vocabulary: Vocabulary
) -> list[FieldProblem]:
    """What of it does not apply to a stored request, or is not in the vocabulary, by place."""
    asked = MatchRequest.model_validate(request)
    problems: list[FieldProblem] = []
    for place, change in enumerate(accepted):
        problems += _problems_of(asked, change, f"accept[{place}]", vocabulary)
    if not problems and not _is_in_bounds(request, accepted):
        problems.append(FieldProblem("accept", "has too many codes besides those asked for"))
    return problems


def widened(request: Mapping[str, Any], accepted: Sequence[Mapping[str, Any]]) -> MatchRequest:
    """A stored request with everything in it that would be accepted."""
    document = deepcopy(dict(request))
    for change in accepted:
        name = change["change"]
        if name == "payer":
            document.pop(name, None)
        elif name == "accepts_associate":
            document[name] = change["to"]
        elif "add" in change:
            document["preferences"][name]["any_of"].append(change["add"])
        else:
            document["preferences"][name]["importance"] = change["to"]
    return MatchRequest.model_validate(document)


def _problems_of(
    asked: MatchRequest, change: AcceptedChange, field: str, vocabulary: Vocabulary
) -> Iterator[FieldProblem]:
    name, code = change.change, change.document().get("add")
    if not _applies(asked, name):
        yield FieldProblem(field, "would let nobody more in: this match does not require it")
    elif code is not None and code in getattr(asked.preferences, name).any_of:
        yield FieldProblem(f"{field}.add", "was asked for already")
    elif code is not None and name in _FACETS:
        for problem in unknown_codes("add", [code], _FACETS[name], vocabulary):
            yield FieldProblem(f"{field}.add", problem.problem)


def _applies(asked: MatchRequest, name: str) -> bool:
    if name == "payer":
        return asked.payer is not None
    if name == "accepts_associate":
        return asked.accepts_associate == "no"
    importance: Importance = getattr(asked.preferences, name).importance
    return importance is Importance.MUST


def _is_in_bounds(request: Mapping[str, Any], accepted: Sequence[AcceptedChange]) -> bool:
    try:
        widened(request, [change.document() for change in accepted])
    except ValidationError:
        return False
    return True
