"""The least emphasis of an axis of style by which those shown differ as the client asked.

What an axis is given is taken from the rest of the score, and mostly from expected fit. So it is
given as little as will do: more only while the new list is no different from the first.
"""

from collections.abc import Callable, Sequence

from matching.alternatives import AXES, Alternative
from matching.intake import Intake
from matching.leaving import mean_style
from matching.profile import StyleAxes
from matching.roster import Roster
from matching.vocabulary import STYLE_AXES

# Tried in this order. In the simulated clinic, by those who name a reason of style, to begin with
# nothing gains 0.02 to 0.2 points over a share that is always large (docs/alternatives.md).
AXIS_SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.6)

_STYLE = "preferences.communication_style."


def following(
    ask: Callable[[float], Alternative],
    shown: Callable[[Intake], Sequence[str]],
    roster: Roster,
    unchanged: Intake,
    others: StyleAxes,
) -> Alternative:
    """The alternative under the least of AXIS_SHARES with which the new list follows.

    `ask` gives the alternative with a share of the score for each axis that was moved; `shown` the
    ids of those whom a query would show. The list follows where those shown have, by their own
    profiles, less on average of an axis of which less is wanted, or more of it, than `others`, the
    mean of those shown before, and than whom the query would show that is `unchanged` but for the
    therapist who is left. Where nobody says, it does. Where no share makes it follow, the last is
    taken.
    """
    found = ask(AXIS_SHARES[0])
    ways = _ways(found)
    if not ways:
        return found
    before = (others, mean_style(roster, shown(unchanged)))
    for share in AXIS_SHARES[1:]:
        new = mean_style(roster, shown(found.intake))
        if all(_differs(ways, new, one) for one in before):
            return found
        found = ask(share)
    return found


def _ways(found: Alternative) -> list[tuple[int, int]]:
    """The axes that reasons moved, each with its way: 1 for more, −1 for less."""
    return [
        (STYLE_AXES.index(AXES[change.because][0]), AXES[change.because][1])
        for change in found.changes
        if change.because in AXES and change.what == _STYLE + AXES[change.because][0]
    ]


def _differs(ways: Sequence[tuple[int, int]], new: StyleAxes, before: StyleAxes) -> bool:
    pairs = [(new[axis], before[axis], way) for axis, way in ways]
    return all(
        after is None or first is None or way * (after - first) > 0 for after, first, way in pairs
    )
