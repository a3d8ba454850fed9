"""Answers to change after a list was shown: from a match back to a draft, and on to the next match.

A match may have been asked for by the clinic's own form, with more than this intake asks. So what
is left as it was stays exactly as it was asked for; only what was changed here is asked anew.
"""

from collections.abc import Collection, Mapping, Set
from typing import Any
from uuid import UUID

from api.auth.scope import ClinicScope
from api.intake.schemas import StyleIn
from api.intake.wishes import style_axes
from api.ranking.matches import existing_match
from api.ranking.schemas import MatchRequest
from api.web.intake.answers import LISTS, SINGLES, WEIGHTS, WISHES, Answers, codes_of, request_of
from api.web.intake.drafts import Known, begin_draft
from api.web.intake.questions import AXES, BETWEEN, BY_KEY, QUESTIONS
from api.web.intake.stated import asked_vocabulary
from matching.vocabulary import STYLE_AXES, Vocabulary

# What a question of one choice asks for where it is not a part of the same name.
_NAMED = {"place": "jurisdiction", "payment": "payer"}
_STYLE = "communication_style"


def begin_again(scope: ClinicScope, match_id: UUID, session_hash: bytes) -> str:
    """A draft with the answers that a match was asked for with; returns the secret that opens it.

    It opens nothing without the session of that hash.

    Raises:
        NotFound, Gone: there is no such match, or it was erased.
    """
    match = existing_match(scope, match_id)
    request = MatchRequest.model_validate(match.request)
    holding = {"place": request.jurisdiction, "payment": request.payer}
    answers = answers_of(request, asked_vocabulary(scope, holding))
    return begin_draft(scope, answers, Known(match, session_hash))


def answers_of(request: MatchRequest, vocabulary: Vocabulary) -> Answers:
    """The answers that a request amounts to, as far as this intake could have given them."""
    asked = request.model_dump(mode="json")
    answers: Answers = {}
    for key in WISHES:
        wish = asked["preferences"][key]
        chosen = _offered(wish["any_of"], key, vocabulary)
        if chosen and wish["importance"] in WEIGHTS:
            answers[key] = {"any_of": chosen, "importance": wish["importance"]}
    for key in LISTS:
        if chosen := _offered(asked[key], key, vocabulary):
            answers[key] = chosen
    for key, part in {**dict(zip(SINGLES, SINGLES, strict=True)), **_NAMED}.items():
        # What nobody said has a value all the same: whom the therapy is for.
        if part not in request.model_fields_set:
            continue
        if chosen := _offered([asked[part]], key, vocabulary):
            answers[key] = chosen[0]
    answers["review"] = "help" if request.staff_review else "no"
    return answers | _style_answers(request.preferences.communication_style)


def request_again(
    before: MatchRequest, said: Mapping[str, Any], answers: Mapping[str, Any], reference: str
) -> MatchRequest:
    """The request of `before`, of which `said` were the answers, with what is answered otherwise.

    Codes that could not be chosen here stay beside those that were.
    Who asked for somebody to look at it keeps that; a consent is not given by changing an answer.
    """
    changed = {one.key for one in QUESTIONS if answers.get(one.key) != said.get(one.key)}
    fresh = request_of(answers, reference, learning=False)
    asked, anew = before.model_dump(mode="json"), fresh.model_dump(mode="json")
    for key in changed:
        if key in WISHES:
            wish, shown = anew["preferences"][key], said.get(key, {}).get("any_of", ())
            if wish["any_of"]:
                wishes = asked["preferences"][key]["any_of"]
                wish["any_of"] = _beside(wish["any_of"], wishes, shown)
            asked["preferences"][key] = wish
        elif key in LISTS:
            asked[key] = _beside(anew[key], asked[key], said.get(key, ()))
        elif key in (*SINGLES, *_NAMED):
            part = _NAMED.get(key, key)
            asked[part] = anew[part]
    style = before.preferences.communication_style
    asked["preferences"][_STYLE] = _style(style, answers, changed)
    said_of = {key: answers if key in changed else before.model_fields_set for key in SINGLES}
    for part in ("consent", *(key for key, where in said_of.items() if key not in where)):
        del asked[part]
    review = before.staff_review or fresh.staff_review
    more = {"client": {"reference": reference}, "staff_review": review}
    return MatchRequest.model_validate({**asked, **more})


def _beside(chosen: list[str], before: list[str], shown: Collection[str]) -> list[str]:
    """What is chosen, and of what was asked for before whatever could not be chosen here."""
    return list(dict.fromkeys([*chosen, *(one for one in before if one not in shown)]))


def _offered(codes: list[str | None], key: str, vocabulary: Vocabulary) -> list[str]:
    offered = codes_of(BY_KEY[key], vocabulary)
    # However a payer is written, it is the same one, as in matching.
    written = {code.casefold(): code for code in offered}
    return [written[code.casefold()] for code in codes if code and code.casefold() in written]


def _style_answers(style: StyleIn) -> Answers:
    axes = _axes(style)
    steps = {key: _step(axes[axis]) for key, axis in AXES.items()}
    answers: Answers = {key: step for key, step in steps.items() if step}
    if answers and style.importance.value in WEIGHTS:
        answers["style_weight"] = style.importance.value
    return answers


def _step(value: float | None) -> str | None:
    """The answer that is nearest to a value of an axis; none where that is no wish either way."""
    if value is None:
        return None
    nearest = min({"": 0.0, **BETWEEN}.items(), key=lambda step: abs(step[1] - value))
    return nearest[0] or None


def _style(before: StyleIn, answers: Mapping[str, Any], changed: Set[str]) -> dict[str, Any]:
    """The way of working that is asked for, where only what was changed moves."""
    if not changed & {*AXES, "style_weight"}:
        return before.model_dump(mode="json")
    axes = _axes(before)
    for key, axis in AXES.items():
        if key in changed:
            axes[axis] = BETWEEN[answers[key]] if key in answers else None
    if all(value is None for value in axes.values()):
        return {}
    weight = "style_weight" in changed
    importance = answers.get("style_weight", "some") if weight else before.importance.value
    return {**axes, "importance": importance}


def _axes(style: StyleIn) -> dict[str, float | None]:
    stated = [getattr(style, axis) for axis in STYLE_AXES]
    return dict(zip(STYLE_AXES, style_axes(style.cnip_items, stated), strict=True))
