"""Which ratings a training may tell of: at least five clients at a time, and never taken back.

A model, and all that is answered with it, moves only with a training. Whoever compares what two
trainings told must find five clients or more in between; then it does not matter how many there
are. So a group's ratings wait until a training finds five clients among those who wait, and are
told of together from then on. What was told by earlier trainings is worked out again from how many
of them there had been when a rating arrived: ratings only ever arrive at the end.

Groups lie within each other: the clinic, a therapist, what was asked of the therapist. A rating is
there for the inner one once it is told of the outer one.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matching.learning.steps import STEP

Codes = NDArray[np.intp]

# The training that tells of a row that waits.
NEVER = int(np.iinfo(np.int32).max)


def first_told(
    group: NDArray[np.integer],
    client: NDArray[np.integer],
    since: NDArray[np.integer],
    again: NDArray[np.bool_] | None = None,
) -> Codes:
    """The first training that tells of each row, NEVER where it waits; rows in order of arrival.

    `group` (a therapist, or the clinic) and `client` are codes from 0, `since` is the first
    training for which a row was there, `again` flags rows that say nothing new, shape (n,) each:
    these hide nobody, so they make no five, and are told of with those who do.
    """
    told = np.full(len(group), NEVER, np.intp)
    waiting = np.empty(0, np.intp)
    for number, fresh in _by_training(since):
        waiting = np.append(waiting, fresh)
        new = waiting if again is None else waiting[~again[waiting]]
        enough = _clients(group[new], client[new], int(group.max()) + 1)[group[waiting]] >= STEP
        told[waiting[enough]] = number
        waiting = waiting[~enough]
    return told


def told_of_therapists(
    therapist: NDArray[np.integer],
    client: NDArray[np.integer],
    since: NDArray[np.integer],
    again: NDArray[np.bool_],
) -> Codes:
    """The first training that tells of each rating of its therapist, NEVER where it waits.

    Of the clinic first, within that of the therapist; shape (n,) each, rows in order of arrival.
    """
    told = first_told(np.zeros_like(client), client, since, again)
    inside = np.flatnonzero(told < NEVER)
    told[inside] = first_told(therapist[inside], client[inside], told[inside], again[inside])
    return told


def first_told_with_ends(
    group: NDArray[np.integer],
    client: NDArray[np.integer],
    left: NDArray[np.bool_],
    since: NDArray[np.integer],
    again: NDArray[np.bool_] | None = None,
) -> Codes:
    """The same of ratings and departures, `left` (n,) saying which rows are departures.

    A departure counts as no client. Who left is no secret to the therapist: with four departures
    among five the fifth client's rating would be told by what moves. It is told of with its group's
    next rating, whose five clients hide whether it was counted.
    """
    told = np.full(len(group), NEVER, np.intp)
    rated = np.flatnonzero(~left)
    said_before = None if again is None else again[rated]
    told[rated] = first_told(group[rated], client[rated], since[rated], said_before)
    order = np.argsort(group, kind="stable")
    said, ended = np.flatnonzero(~left[order]), np.flatnonzero(left[order])
    following = np.searchsorted(said, ended)
    ended, following = ended[following < said.size], following[following < said.size]
    ended, following = order[ended], order[said[following]]
    same = group[ended] == group[following]
    told[ended[same]] = told[following[same]]
    return told


def columns_told(columns: csr_array, group: Codes, told: Codes) -> csr_array:
    """Each column with only those of a group's rows that may be told of apart, the rest 0.

    `columns` (m, k) are rows of different clients of each group, in order of arrival; `group` (m,)
    are codes from 0, `told` (m,) is the training that first told of each row of its group. What a
    therapist is with a need so rests on five clients who had it and moves by five of them at least;
    and those without it are nobody or five at least too, and change by as many: asking with and
    without the need would tell of fewer.
    """
    width = columns.shape[1]
    row = np.repeat(np.arange(len(group)), np.diff(columns.indptr))
    column = group[row] * width + columns.indices
    known = group[told < NEVER]
    size = np.zeros(int(known.max(initial=-1)) + 1, np.intp)
    inside = np.zeros(size.size * width, np.intp)
    kept = np.zeros(row.size, np.bool_)
    waiting = np.empty(0, np.intp)
    entries = dict(_by_training(told[row]))
    for number, fresh in _by_training(told):
        if number == NEVER:
            break
        came = np.bincount(group[fresh], minlength=size.size)
        size += came
        before = waiting.size
        waiting = np.append(waiting, entries.get(number, waiting[:0]))
        codes, place, count = np.unique(column[waiting], return_inverse=True, return_counts=True)
        older = np.bincount(place[:before], minlength=codes.size)
        of = codes // max(width, 1)
        taken = _taken(count, older, size[of] - inside[codes] - count, came[of])
        chosen = _rank(place) < taken[place]
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


def _rank(place: Codes) -> Codes:
    """Each row's number among those of its own place, from 0, in the order given."""
    order = np.argsort(place, kind="stable")
    sorted_places = place[order]
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order)) - np.searchsorted(sorted_places, sorted_places)
    return rank


def _clients(group: NDArray[np.integer], client: NDArray[np.integer], groups: int) -> Codes:
    """How many different clients each group has, shape (groups,)."""
    joined = group.astype(np.int64) * (int(client.max(initial=0)) + 1) + client
    _, first = np.unique(joined, return_index=True)
    clients: Codes = np.bincount(group[first], minlength=groups)
    return clients


def _by_training(number: NDArray[np.integer]) -> list[tuple[int, Codes]]:
    """The places of each number, the numbers ascending."""
    order = np.argsort(number, kind="stable")
    numbers, starts = np.unique(number[order], return_index=True)
    parts = [order[begin:end] for begin, end in pairwise([*starts.tolist(), order.size])]
    return list(zip(numbers.tolist(), parts, strict=True))
