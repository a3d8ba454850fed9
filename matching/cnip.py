"""From answers to the Cooper–Norcross Inventory of Preferences to the four style axes.

Cooper and Norcross (2016), A brief, multidimensional measure of clients' therapy preferences,
International Journal of Clinical and Health Psychology 16(1); free to use. The cut-offs stand in
docs/evidence.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from matching.profile import StyleAxes

ITEMS = 18
LARGEST = 3


@dataclass(frozen=True, slots=True)
class _Scale:
    """Items `first` to `last`, counted from 1, and the middle of its indifferent band."""

    first: int
    last: int
    middle: float

    def axis(self, items: Sequence[int]) -> float:
        total = sum(items[self.first - 1 : self.last])
        most = LARGEST * (self.last - self.first + 1)
        room = most - self.middle if total > self.middle else most + self.middle
        return (total - self.middle) / room


# In the order of vocabulary.STYLE_AXES.
_SCALES = (
    _Scale(14, 18, 0.0),
    _Scale(1, 5, 2.5),
    _Scale(6, 10, 3.0),
    _Scale(11, 13, 0.0),
)


def axes_from_items(items: Sequence[int]) -> StyleAxes:
    """The style axes, −1..1 each, that 18 answers of −3..3 stand for.

    +3 is the positive pole of an item's scale. People in general lean to one side of a scale, so
    0 on an axis is the middle of the scale's band without a strong preference, not the sum 0;
    from there it rises evenly to 1 and −1 at the greatest and least sums.

    Raises:
        ValueError: for any other number of answers, or an answer out of range.
    """
    if len(items) != ITEMS:
        raise ValueError(f"the inventory has {ITEMS} items")
    if any(not -LARGEST <= item <= LARGEST for item in items):
        raise ValueError(f"each answer lies between −{LARGEST} and {LARGEST}")
    warm, lead, intensity, past = (scale.axis(items) for scale in _SCALES)
    return (warm, lead, intensity, past)
