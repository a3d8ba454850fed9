"""The form of a draft: numbers as they are typed, and what is sent of them.

Each number has a slider and a field. Without a script the two are not kept in step, so the form
also holds what stood there before: whichever differs from it is meant, the field before the slider.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from api.web.console.weighting.words import ARRANGING, COUNTS, IMPORTANCE
from api.web.forms import Form
from matching.vocabulary import DIMENSIONS

_CHARACTERS = 40
# In a wish, in the place of a factor.
AS_NOW = "now"


@dataclass(frozen=True, slots=True)
class Scale:
    """How far a slider goes, and in which steps."""

    least: float
    most: float
    step: float

    def nearest(self, text: str) -> float:
        """Where the slider stands for what is typed: at its least where that is no number."""
        value = _float(text)
        if value is None:
            return self.least
        steps = round((min(max(value, self.least), self.most) - self.least) / self.step)
        return round(self.least + steps * self.step, 6)


_SCALES: Mapping[str, Scale] = {
    **{name: Scale(0, 1, 0.01) for name in DIMENSIONS},
    "expected_fit": Scale(0, 30, 0.5),
    **{name: Scale(0, 0.2, 0.005) for name in ARRANGING},
    **{name: Scale(0.1, 5, 0.1) for name in IMPORTANCE},
}
FIELDS = tuple(_SCALES)


@dataclass(frozen=True, slots=True)
class Field:
    """One number of the form, as it is shown."""

    name: str
    label: str
    hint: str
    text: str
    scale: Scale
    wrong: str = ""

    @property
    def slider(self) -> float:
        """Where the slider stands."""
        return self.scale.nearest(self.text)


@dataclass(frozen=True, slots=True)
class Draft:
    """What the form holds: `start` names what it began with, `texts` each number as typed."""

    start: str
    texts: Mapping[str, str]
    note: str = ""

    def tried(self, wish: str, now: Mapping[str, float]) -> "Draft":
        """The same with one weight changed as `name:factor` says, or as it is `now`.

        Without sense, unchanged.
        """
        name, _, by = wish.partition(":")
        value, factor = _float(self.texts.get(name, "")), _float(by)
        if name not in DIMENSIONS:
            return self
        if by == AS_NOW:
            return replace(self, texts={**self.texts, name: written(now[name])})
        if value is None or factor is None:
            return self
        return replace(self, texts={**self.texts, name: written(value * factor)})

    def fields(self, names: Mapping[str, tuple[str, str]], wrong: Mapping[str, str]) -> list[Field]:
        """The fields of one part of the form."""
        return [
            Field(name, *names[name], text, _widened(name, text), wrong.get(name, ""))
            for name, text in self.texts.items()
            if name in names
        ]

    def body(self, fit_weights: Mapping[str, float]) -> dict[str, Any]:
        """What is sent to the service; what is no number is left for it to refuse."""
        numbers = {name: _sendable(text) for name, text in self.texts.items()}
        return {
            "weights": {name: numbers[name] for name in DIMENSIONS},
            "importance": {name: numbers[name] for name in IMPORTANCE},
            **{name: numbers[name] for name in ARRANGING},
            "fit_weights": dict(fit_weights),
            "note": self.note,
        }


def begun(start: str, values: Mapping[str, float]) -> Draft:
    """A form that holds these values."""
    return Draft(start, {name: written(values[name]) for name in FIELDS})


def typed(form: Form) -> Draft:
    """What a form sends."""
    texts = {name: _meant(form, name) for name in FIELDS}
    return Draft(form.one("start")[:_CHARACTERS], texts, form.one("note"))


def written(value: float) -> str:
    """A number as a field takes it: as short as it can be without becoming another."""
    return f"{value:.12g}"


def _meant(form: Form, name: str) -> str:
    was, field = form.one(f"was-{name}")[:_CHARACTERS], form.one(name)[:_CHARACTERS]
    slider = form.one(f"slider-{name}")[:_CHARACTERS]
    moved = _float(slider)
    if field != was or moved is None:
        return field
    return field if abs(moved - _widened(name, was).nearest(was)) < 1e-9 else written(moved)


def _widened(name: str, text: str) -> Scale:
    """The scale of a number; further where it stands beyond the usual end."""
    scale, value = _SCALES[name], _float(text)
    if value is None or value <= scale.most:
        return scale
    end = 1.0 if name in ARRANGING else 1000.0
    return replace(scale, most=min(max(2 * value, scale.most), end))


def _sendable(text: str) -> float | str:
    value = _float(text)
    return text if value is None else value


def _float(text: str) -> float | None:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    # What is too large, or no number, must not reach arithmetic.
    return value if abs(value) < 1e9 else None


LABELLED = (
    ("What counts", {name: COUNTS[name] for name in DIMENSIONS}),
    ("How lists are arranged", ARRANGING),
    ("What a client’s words do", IMPORTANCE),
)
