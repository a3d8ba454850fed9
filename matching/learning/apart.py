"""What may be told apart within a therapist: those with a need, a wish for a style, for culture.

Of a therapist enough clients may be told (`told.py`), and of these too few with a need. So a column
has a value only for rows of which five or more may be told at once, and waits with the others.
Those without it are nobody or five at least too, and change by as many, since asking with and
without the need would tell of fewer.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matching.learning.steps import STEP
from matching.learning.told import NEVER, by_training

Codes = NDArray[np.intp]


def told_apart(columns: csr_array, group: Codes, told: Codes) -> csr_array:
    """The columns as they may be told of each group, 0 where a row waits.

    `columns` (m, k) are rows of different clients of each group, in order of arrival; `group` (m,)
    are codes from 0, `told` (m,) is the training that first told of each row of its group.
    """
    width = max(columns.shape[1], 1)
    row = np.repeat(np.arange(len(group)), np.diff(columns.indptr))
    column = group[row] * width + columns.indices
    size = np.zeros(int(group[told < NEVER].max(initial=-1)) + 1, np.intp)
    inside = np.zeros(size.size * width, np.intp)
    kept = np.zeros(row.size, np.bool_)
    waiting = np.empty(0, np.intp)
    entries = dict(by_training(told[row]))
    for number, fresh in by_training(told):
        if number == NEVER:
            break
        came = np.bincount(group[fresh], minlength=size.size)
        size += came
        before = waiting.size
        waiting = np.append(waiting, entries.get(number, waiting[:0]))
        codes, place, count = np.unique(column[waiting], return_inverse=True, return_counts=True)
        older, of = np.bincount(place[:before], minlength=codes.size), codes // width
        taken = _taken(count, older, size[of] - inside[codes] - count, came[of])
        chosen = rank_within(place) < taken[place]
        kept[waiting[chosen]] = True
        inside[codes] += taken
        waiting = waiting[~chosen]
    values = np.where(kept, columns.data, 0.0)
    return csr_array((values, columns.indices, columns.indptr), shape=columns.shape)


def _taken(waiting: Codes, older: Codes, without: Codes, came: Codes) -> Codes:
    """How many of those who wait are told of, those who came first.

    `older` of them waited before, `without` are the group's others if all were told of, `came` the
    group's new rows.
    """
    taken = waiting - _lacking(without)
    # Who is left without: the new who are not told of come, the older who are told of go.
    taken = taken - _lacking(came - taken + 2 * older)
    told: Codes = np.where((taken >= STEP) & (taken >= older), taken, 0)
    return told


def _lacking(count: Codes) -> Codes:
    """How many more make five of some."""
    lacking: Codes = np.where((count > 0) & (count < STEP), STEP - count, 0)
    return lacking


def rank_within(group: Codes) -> Codes:
    """Each row's number among those of its own group, from 0, in the order given."""
    order = np.argsort(group, kind="stable")
    sorted_groups = group[order]
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order)) - np.searchsorted(sorted_groups, sorted_groups)
    return rank
