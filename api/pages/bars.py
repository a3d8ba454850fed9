"""Bars as SVG: one or two values a line, each with its text, on a scale from 0.

Coordinates are worked out here; `templates/_bars.html` draws them, with a title, a description and
the same values as a table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

WIDTH = 640
# Beside the longest bar its text still has room.
_LEFT, _RIGHT = 216, 490
_TOP, _THICK, _GAP, _LINE = 8, 15, 13, 15
# What fits beside the bars at the size in which they are drawn.
_LABEL_CHARACTERS = 27


@dataclass(frozen=True, slots=True)
class Bar:
    """One line: what it is of, a value for each series, and how the values are said.

    A value that is None has no bar; its text says why.
    """

    label: str
    values: tuple[float | None, ...]
    texts: tuple[str, ...]

    @property
    def lines(self) -> list[str]:
        """The label as it stands beside the bars: on two lines at most, cut where it is longer."""
        return wrap(self.label, _LABEL_CHARACTERS, max_lines=2, placeholder="…")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Lines of bars below one another; `series` names the values of a line, in their order.

    `most` is where the scale ends; left out, it ends at the largest value.
    """

    key: str
    title: str
    description: str
    series: tuple[str, ...]
    bars: Sequence[Bar]
    most: float | None = None

    width = WIDTH
    left = _LEFT
    thick = _THICK

    @property
    def row(self) -> int:
        """The height of a line, in the units of the drawing, as are all that follow."""
        tall = max((len(bar.lines) for bar in self.bars), default=1)
        return max(_THICK * len(self.series), _LINE * tall) + _GAP

    @property
    def height(self) -> int:
        """Of the whole drawing."""
        return _TOP + self.row * len(self.bars)

    def top(self, place: int, series: int = 0) -> float:
        """Where a bar of the line at a place, from 0, begins."""
        free = self.row - _GAP - _THICK * len(self.series)
        return _TOP + self.row * place + free / 2 + _THICK * series

    def label_at(self, place: int, line: int) -> float:
        """Where a line of a label stands; the whole label is beside the middle of its bars."""
        before = line - (len(self.bars[place].lines) - 1) / 2
        return self.top(place) + _THICK * len(self.series) / 2 + 4.5 + _LINE * before

    def length(self, value: float) -> float:
        """How long the bar of a value is."""
        whole = self.most if self.most is not None else self._largest
        share = value / whole if whole > 0 else 0.0
        return round((_RIGHT - _LEFT) * min(max(share, 0.0), 1.0), 1)

    @property
    def _largest(self) -> float:
        known = [value for bar in self.bars for value in bar.values if value is not None]
        return max(known, default=0.0)
