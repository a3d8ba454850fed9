"""Whole steps of five clients: which matches a published figure may rest on.

Matches are counted off in the order in which they were answered; a step is over once five clients
stand in it. Where the counting begins does not depend on what is asked for, so two windows differ
by whole steps: comparing what was published of one with what was published of the other tells of
five clients or more, never of one.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matching.learning.steps import STEP


def step_numbers(clients: Sequence[object], step: int = STEP) -> NDArray[np.int64]:
    """The number of each match's step, from 0, shape (n,); −1 after the last step that is whole.

    `clients` says whose each match is, in the order of answering.
    """
    numbers = np.full(len(clients), -1)
    begin = number = 0
    seen: set[object] = set()
    for place, client in enumerate(clients):
        seen.add(client)
        if len(seen) == step:
            numbers[begin : place + 1] = number
            begin, number = place + 1, number + 1
            seen.clear()
    return numbers


def steps_within(numbers: NDArray[np.int64], asked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Flags the matches of those whole steps of which every match is asked for, shape (n,)."""
    whole = numbers >= 0
    cut = np.unique(numbers[whole & ~asked])
    flags: NDArray[np.bool_] = whole & asked & ~np.isin(numbers, cut)
    return flags


def in_fives(count: float, step: int = STEP) -> int | None:
    """A number of clients as it may be published: in steps of five, None below the first."""
    return int(count) // step * step or None
