"""What a draft holds: what was sent, over a preset, over the active version."""

from dataclasses import replace
from typing import Any

from api.problems import FieldProblem, Invalid
from api.weightings.presets import PRESET_WEIGHTS
from api.weightings.schemas import WeightingIn
from matching.intake import AnyOf, Intake, StyleWish
from matching.query import effective_weights
from matching.vocabulary import DIMENSIONS
from matching.weighting import Weighting

_SHARES = ("near_tie", "diversity", "exposure")
_ANY = AnyOf(("any",))
# Somebody who asks for something in every dimension, each with the same importance.
_ASKS_EVERYTHING = Intake(
    style=StyleWish((0.0, 0.0, 0.0, 0.0)),
    gender=_ANY,
    culture=_ANY,
    language=_ANY,
    modality=_ANY,
    format=_ANY,
    schedule=_ANY,
    needs=("any",),
)


def drafted(active: Weighting, sent: WeightingIn) -> Weighting:
    """The weighting that was sent, key by key, completed from its preset or the active version.

    Raises:
        Invalid: taken together nothing counts, or `strong` counts less than `some`.
    """
    base = active.weights if sent.preset is None else PRESET_WEIGHTS[sent.preset]
    content = replace(
        active,
        weights={**base, **_stated(sent.weights)},
        fit_weights={**active.fit_weights, **_stated(sent.fit_weights)},
        importance={**active.importance, **_stated(sent.importance)},
        **{name: value for name, value in _stated(sent).items() if name in _SHARES},
    )
    problems = list(_problems(content))
    if problems:
        raise Invalid(problems)
    return content


def normalised(weighting: Weighting, reliability: float) -> dict[str, float]:
    """Each dimension's share of the score when everything is asked, 0..1.

    `reliability` is that of the model that serves, 0 without one; then the shares of the others sum
    to 1, and where none of them counts all are 0.
    """
    shares = effective_weights(_ASKS_EVERYTHING, weighting, referred=False, reliability=reliability)
    return {name: shares.get(name, 0.0) for name in DIMENSIONS}


def _stated(part: Any) -> dict[str, Any]:
    return {name: value for name, value in part if value is not None}


def _problems(content: Weighting) -> list[FieldProblem]:
    found = [
        FieldProblem(field, "needs at least one that is above 0")
        for field in ("weights", "fit_weights")
        if not any(getattr(content, field).values())
    ]
    if content.importance["strong"] < content.importance["some"]:
        found.append(FieldProblem("importance.strong", "must be at least what some is"))
    return found
