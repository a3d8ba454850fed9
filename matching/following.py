"""The least emphasis of an axis of style by which those shown differ as the client asked.

What an axis is given is taken from the rest of the score, and mostly from expected fit. So it is
given as little as will do: more only while the new list is no different from the first.
"""

from collections.abc import Callable, Sequence
from math import inf

from matching.alternatives import Alternative
from matching.intake import Intake
from matching.leaving import mean_style
from matching.profile import StyleAxes
from matching.roster import Roster
from matching.vocabulary import STYLE_AXES

# Tried in this order. In the simulated clinic, by those who name a reason of style, to begin with
# nothing gains 0.02 to 0.2 points over a share that is always large (docs/alternatives.md).
AXIS_SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.6)

# Means of the same therapists in another order may differ by so much.
_NOTHING = 1e-9


def following(
    ask: Callable[[float], Alternative],
    shown: Callable[[Intake], Sequence[str]],
    roster: Roster,
    unchanged: Intake,
    others: StyleAxes,
) -> Alternative:
    """The alternative under the least of AXIS_SHARES with which the new list follows.

    `ask` gives the alternative with a share of the score for each axis that reasons speak of;
    `shown` the ids of those whom a query would show. The list follows where those shown have, by
    their own profiles, less on average of an axis of which less is wanted, or more of it, than
    `others`, the mean of those shown before, and than whom the query shows that is `unchanged` by
    any reason and leaves out the therapist who is left. Where nobody says, it does. Where no share
    makes it follow, that is taken which comes nearest, and of equals the least.
    """
    found = ask(AXIS_SHARES[0])
    if not found.ways:
        return found
    before = (others, mean_style(roster, shown(unchanged)))
    best, nearest = found, -inf
    for share in AXIS_SHARES:
        tried = found if share == AXIS_SHARES[0] else ask(share)
        new = mean_style(roster, shown(tried.intake))
        apart = min(_apart(found.ways, new, one) for one in before)
        if apart > _NOTHING:
            return tried
        if apart > nearest + _NOTHING:
            best, nearest = tried, apart
    return best


def _apart(ways: Sequence[tuple[str, int]], new: StyleAxes, before: StyleAxes) -> float:
    """How far a list has moved on the axis on which it moved least, the right way being above 0."""
    axes = [(STYLE_AXES.index(name), way) for name, way in ways]
    known = [
        way * (after - first)
        for axis, way in axes
        if (after := new[axis]) is not None and (first := before[axis]) is not None
    ]
    return min(known, default=inf)
