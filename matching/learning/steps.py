"""Steps of five: what a figure may rest on that anybody can look at whenever they like.

What is published about a therapist rests on five clients at least and moves only when five clients
have said something new; else a figure before and one after a single client's answer would reveal
it. A live figure, which every answer could move, is read in the order in which answers arrived, up
to the last one that completed a step: five clients with something new since the step before. What
only moves when a model is trained is looked after in `told.py`.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matching.learning.series import pair_codes

# Comparing what was published at five clients with what is published at six reveals the sixth.
STEP = 5


def completed(
    group: NDArray[np.integer], client: NDArray[np.integer], step: int = STEP
) -> NDArray[np.bool_]:
    """Flags the rows that lie in completed steps of their group, rows in order of arrival.

    `group` (a therapist, or the clinic) and `client` are codes from 0, shape (n,).
    """
    rows = len(group)
    included = np.zeros(rows, np.bool_)
    if not rows:
        return included
    order = np.argsort(group, kind="stable")
    groups, clients = group[order], client[order]
    if _each_once(groups, clients):
        begins = np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]])
        sizes = np.diff(begins, append=rows)
        last = np.arange(rows) < np.repeat(begins + sizes // step * step, sizes)
    else:
        last = _last_of_steps(groups.tolist(), clients.tolist(), step)
    included[order[last]] = True
    return included


def whole_steps(count: int) -> int | None:
    """A number of clients as it may be published: in steps, None below the first."""
    return count // STEP * STEP or None


def _each_once(group: NDArray[np.integer], client: NDArray[np.integer]) -> bool:
    """Whether no client stands twice in a group."""
    return len(pair_codes(group, client)[1]) == len(group)


def _last_of_steps(groups: Sequence[int], clients: Sequence[int], step: int) -> NDArray[np.bool_]:
    """Flags, for rows sorted by group, those up to the end of each group's last whole step."""
    flags = np.zeros(len(groups), np.bool_)
    begin, fresh, current = 0, set[int](), groups[0]
    for place, (group, client) in enumerate(zip(groups, clients, strict=True)):
        if group != current:
            begin, fresh, current = place, set(), group
        fresh.add(client)
        if len(fresh) == step:
            flags[begin : place + 1] = True
            begin, fresh = place + 1, set()
    return flags
