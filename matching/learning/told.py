"""Which ratings a training may tell of: at least five clients at a time, and never taken back.

A model, and all that is answered with it, moves only with a training. Whoever compares what two
trainings told must find five clients or more in between; then it does not matter how many there
are. So a group's ratings wait until a training finds five clients among those who wait, and are
told of together from then on. What was told by earlier trainings is worked out again from how many
of them there had been when a rating arrived: ratings only ever arrive at the end.

Groups lie within each other: the clinic, a therapist, what was asked of the therapist (`apart.py`).
A rating is there for the inner one once it is told of the outer one.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from matching.learning.series import pair_codes
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
    groups, waiting = int(group.max(initial=-1)) + 1, np.empty(0, np.intp)
    for number, fresh in by_training(since):
        waiting = np.append(waiting, fresh)
        new = waiting if again is None else waiting[~again[waiting]]
        _, first = pair_codes(group[new], client[new])
        clients = np.bincount(group[new[first]], minlength=groups)
        enough = clients[group[waiting]] >= STEP
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


def by_training(number: NDArray[np.integer]) -> list[tuple[int, Codes]]:
    """The places of each number, the numbers ascending."""
    order = np.argsort(number, kind="stable")
    numbers, starts = np.unique(number[order], return_index=True)
    parts = [order[begin:end] for begin, end in pairwise([*starts.tolist(), order.size])]
    return list(zip(numbers.tolist(), parts, strict=True))
