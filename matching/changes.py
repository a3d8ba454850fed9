"""Changes of a query, each with the place in the request that it concerns, and why.

A place is a path: `preferences.<dimension>.importance`, `preferences.<dimension>.any_of`,
`preferences.communication_style.<axis>`, or `emphasis.` and a name of `Intake.emphasis`, which
stands at 1 where nothing was said. Values are those of JSON.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, cast

from matching.intake import AnyOf, Importance, Intake
from matching.profile import StyleAxes
from matching.query import WISH_FIELDS
from matching.vocabulary import STYLE_AXES

Value = float | str | list[str] | None


@dataclass(frozen=True, slots=True)
class Change:
    """One place of a request before and after, the reason's code, and plain words about it."""

    what: str
    before: Value
    after: Value
    because: str
    text: str


class Draft:
    """An intake as it is being changed; what `stated` names, or lies beneath it, is left alone."""

    def __init__(self, intake: Intake, stated: frozenset[str]) -> None:
        self.intake = intake
        self.changes: list[Change] = []
        self._stated = stated

    def change(self, what: str, after: Value, because: str, text: str) -> None:
        """Change a place, unless it is stated or stands there already."""
        before = value_at(self.intake, what)
        if before == after or self.is_stated(what):
            return
        self.intake = with_value(self.intake, what, after)
        self.changes.append(Change(what, before, after, because, text))

    def is_stated(self, what: str) -> bool:
        """Whether a place is one of those to be left alone."""
        parts = what.split(".")
        return any(".".join(parts[:end]) in self._stated for end in range(1, len(parts) + 1))


def applied(intake: Intake, changes: Iterable[Change]) -> Intake:
    """The intake with every change made, in their order."""
    for change in changes:
        intake = with_value(intake, change.what, change.after)
    return intake


def value_at(intake: Intake, what: str) -> Value:
    """What stands at a path. Raises KeyError for a path that leads nowhere."""
    area, _, place = what.partition(".")
    if area == "emphasis":
        return dict(intake.emphasis).get(place, 1.0)
    dimension, _, name = place.partition(".")
    wish = getattr(intake, WISH_FIELDS[dimension])
    if name == "importance":
        return str(wish.importance)
    if isinstance(wish, AnyOf):
        return list({"any_of": wish.codes}[name])
    return cast("float | None", dict(zip(STYLE_AXES, wish.axes, strict=True))[name])


def with_value(intake: Intake, what: str, value: Value) -> Intake:
    """The intake with another value at a path. Raises KeyError for a path that leads nowhere."""
    area, _, place = what.partition(".")
    if area == "emphasis":
        factors = {**dict(intake.emphasis), place: cast("float", value)}
        kept = sorted((name, factor) for name, factor in factors.items() if factor != 1)
        return replace(intake, emphasis=tuple(kept))
    dimension, _, name = place.partition(".")
    field = WISH_FIELDS[dimension]
    wish = getattr(intake, field)
    changed: dict[str, Any]
    if name == "importance":
        changed = {"importance": Importance(cast("str", value))}
    elif isinstance(wish, AnyOf):
        changed = {{"any_of": "codes"}[name]: tuple(cast("list[str]", value))}
    else:
        axes = dict(zip(STYLE_AXES, wish.axes, strict=True))
        axes[STYLE_AXES[STYLE_AXES.index(name)]] = cast("float | None", value)
        changed = {"axes": cast("StyleAxes", tuple(axes.values()))}
    return replace(intake, **{field: replace(wish, **changed)})
