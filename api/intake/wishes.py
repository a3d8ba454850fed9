"""What a client asks for, as the engine takes it and as it is kept beside their ratings.

Kept is one canonical document: what was not answered is left out, what was is whole, and names
stand in one order. Two intakes that say the same give the same document, byte for byte.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic_core import to_json

from api.intake.schemas import AnyOfIn, LanguageIn, PreferencesIn, StyleIn
from matching.cnip import axes_from_items
from matching.intake import AnyOf, Importance, Intake, StyleWish
from matching.profile import StyleAxes
from matching.vocabulary import STYLE_AXES

_STYLE = "communication_style"
_ANY_OF = ("gender", "culture", "language", "modality", "format", "schedule")


@dataclass(frozen=True, slots=True)
class Wishes:
    """The canonical document of preferences and needs, and its SHA-256."""

    document: Mapping[str, Any]
    digest: bytes


def engine_wishes(preferences: PreferencesIn) -> dict[str, Any]:
    """The fields of an `Intake` that preferences fill."""
    style = preferences.communication_style
    axes = style_axes(style.cnip_items, [getattr(style, axis) for axis in STYLE_AXES])
    wishes: dict[str, Any] = {"style": StyleWish(axes, style.importance)}
    for name in _ANY_OF:
        wish: AnyOfIn | LanguageIn = getattr(preferences, name)
        wishes[name] = AnyOf(tuple(dict.fromkeys(wish.any_of)), wish.importance)
    return wishes


def style_axes(cnip_items: Sequence[int] | None, axes: Sequence[float | None]) -> StyleAxes:
    """The four axes, −1..1, from the 18 answers behind them where those were given."""
    if cnip_items is not None:
        return axes_from_items(cnip_items)
    first, second, third, fourth = axes
    return (first, second, third, fourth)


def wishes_to_keep(preferences: PreferencesIn, needs: Sequence[str]) -> Wishes | None:
    """What is kept of an intake, None where it says nothing at all."""
    said = {}
    if _style_said(preferences.communication_style):
        said[_STYLE] = preferences.communication_style.model_dump(mode="json", exclude_none=True)
    for name in _ANY_OF:
        wish: AnyOfIn | LanguageIn = getattr(preferences, name)
        if wish.any_of:
            codes = list(dict.fromkeys(wish.any_of))
            said[name] = {"any_of": codes, "importance": wish.importance.value}
    document = {"preferences": said, "needs": list(dict.fromkeys(needs))}
    if not said and not needs:
        return None
    return Wishes(document, hashlib.sha256(to_json(document)).digest())


def intake_of_wishes(document: Mapping[str, Any]) -> Intake:
    """The intake of a stored document. It is trusted: nothing is checked again."""
    preferences = document["preferences"]
    wishes: dict[str, Any] = {
        name: _any_of(tuple(wish["any_of"]), wish["importance"])
        for name, wish in preferences.items()
        if name != _STYLE
    }
    if _STYLE in preferences:
        style = preferences[_STYLE]
        axes = style_axes(style.get("cnip_items"), [style.get(axis) for axis in STYLE_AXES])
        wishes["style"] = StyleWish(axes, Importance(style["importance"]))
    return Intake(needs=tuple(document["needs"]), **wishes)


def asked_for_culture(document: Mapping[str, Any]) -> bool:
    """Whether a stored document, or a stored request, wishes for a culture at all."""
    wish = document["preferences"].get("culture") or {}
    return bool(wish.get("any_of")) and wish.get("importance") != Importance.NONE


# A clinic's clients wish for much the same: one object for each wish, however many have it.
@lru_cache(maxsize=8192)
def _any_of(codes: tuple[str, ...], importance: str) -> AnyOf:
    return AnyOf(codes, Importance(importance))


def _style_said(style: StyleIn) -> bool:
    return style.cnip_items is not None or any(
        getattr(style, axis) is not None for axis in STYLE_AXES
    )
