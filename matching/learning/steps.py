"""Steps of five: which ratings a figure about a therapist may rest on.

What is published about a therapist rests on five clients at least and moves only when five clients
have said something new; else a figure before and one after a single client's rating would reveal
it. So a therapist's ratings are read in the order in which they arrived, up to the last one that
completed a step: five clients with something new since the step before. Ratings only ever arrive at
the end, so what was published is never taken back by what comes later.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

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


def completed_with_ends(
    group: NDArray[np.integer], client: NDArray[np.integer], left: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """The same of ratings and departures, `left` (n,) saying which rows are departures.

    A departure completes no step. Who left is no secret to the therapist: with four departures in a
    step the fifth client's rating would be told by what moves. It is read with the step of ratings
    within which it arrived, whose five clients hide whether it was counted.
    """
    rated = np.flatnonzero(~left)
    included = np.zeros(len(group), np.bool_)
    included[rated] = completed(group[rated], client[rated])
    if left.any():
        last = np.full(int(group.max()) + 1, -1)
        np.maximum.at(last, group[included], np.flatnonzero(included))
        included |= left & (np.arange(len(group)) < last[group])
    return included


def columns_in_steps(columns: csr_array, group: NDArray[np.intp]) -> csr_array:
    """Each column with only whole steps of a group's rows that have something in it, the rest 0.

    `columns` (m, k) are rows of different clients of each group, in order of arrival; `group` (m,)
    are codes from 0. What a therapist is with a need so rests on five clients who had it and moves
    in fives of them: asking with and without the need would tell of fewer.
    """
    entries = np.diff(columns.indptr)
    own = np.repeat(group, entries) * columns.shape[1] + columns.indices
    within = completed(own, np.repeat(np.arange(len(group)), entries))
    values = np.where(within, columns.data, 0.0)
    return csr_array((values, columns.indices, columns.indptr), shape=columns.shape)


def publishable(client: NDArray[np.integer], left: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Flags the rows in completed steps of the clinic as a whole, rows in order of arrival.

    Nothing else may be looked at: whatever is learned moves in steps of five clients because all of
    it is a function of these. The steps of therapists lie within.
    """
    return completed_with_ends(np.zeros_like(client), client, left)


def whole_steps(count: int) -> int | None:
    """A number of clients as it may be published: in steps, None below the first."""
    return count // STEP * STEP or None


def _each_once(group: NDArray[np.integer], client: NDArray[np.integer]) -> bool:
    """Whether no client stands twice in a group."""
    joined = group.astype(np.int64) * (int(client.max()) + 1) + client
    return np.unique(joined).size == joined.size


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
