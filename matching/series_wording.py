"""What a client is told of their own series: an offer to talk, never a verdict."""

from collections.abc import Mapping
from types import MappingProxyType

from matching.rupture import Rupture
from matching.trend import Direction, Trend

_LOWER = "Your last answers were lower than usual. Would you like to talk about it?"
_LINE = (
    "Your last answers were lower than usual, and so was how well you could connect or talk in "
    "private. Would another way to meet help?"
)

_TRENDS: Mapping[Direction, str] = MappingProxyType(
    {
        "rising": "Your answers have gone up over time.",
        "steady": "Your answers have stayed about the same.",
        "falling": "Your answers have gone down over time.",
        "not_enough": "A few more answers will show how things change over time.",
    }
)


def rupture_words(rupture: Rupture) -> str | None:
    """What is said where a fall stands out, None where nothing does."""
    if rupture.suspected:
        return _LOWER
    return _LINE if rupture.cause == "connection" else None


def trend_words(trend: Trend) -> str:
    """One sentence on where the answers are going, without a figure."""
    return _TRENDS[trend.direction]
