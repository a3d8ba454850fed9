"""Figures as SVG: values on one scale each, beside what they are measured against.

Coordinates are worked out here; `templates/_figure.html` draws them, with a title, a description
and, for whoever does not see it, the same values as a table.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from api.pages.numbers import fixed

WIDTH = 640
_LEFT, _RIGHT = 210, 610
_TOP, _ROW = 34, 34


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One value of a figure, with its interval where it has one, in the figure's own unit."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Marks below one another on a scale from `least` to `most`, beside a `reference`.

    `percent` says that values are shares, shown as percentages. What lies beyond the scale is drawn
    at its end; its text says what it is.
    """

    key: str
    title: str
    description: str
    least: float
    most: float
    reference: float
    reference_label: str
    marks: Sequence[Mark]
    percent: bool = False

    width = WIDTH
    left, right = _LEFT, _RIGHT
    top = _TOP

    @property
    def height(self) -> int:
        """In the units of the drawing, as are all that follow."""
        return self.bottom + 34

    @property
    def bottom(self) -> int:
        """Where the scale lies."""
        return _TOP + _ROW * len(self.marks)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Places along the scale, and what they are called."""
        values = [self.least + (self.most - self.least) * part / 4 for part in range(5)]
        return [(self.x(value), self.text(value)) for value in values]

    def x(self, value: float) -> float:
        """Where a value lies from left to right."""
        share = (value - self.least) / (self.most - self.least)
        return round(_LEFT + (_RIGHT - _LEFT) * min(max(share, 0.0), 1.0), 1)

    def y(self, place: int) -> float:
        """Where the mark of a place, from 0, lies from top to bottom."""
        return _TOP + _ROW * (place + 0.5)

    def text(self, value: float) -> str:
        """A value in words."""
        if self.percent:
            return f"{100 * value:.0f} %"
        return fixed(value)

    def words(self, mark: Mark) -> str:
        """A mark's value, with its interval."""
        if mark.low is None or mark.high is None:
            return self.text(mark.value)
        return f"{self.text(mark.value)} ({self.text(mark.low)} to {self.text(mark.high)})"
