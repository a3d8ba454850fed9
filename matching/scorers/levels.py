"""What a scorer answers: scores that are linear in a few small columns, so cost a few passes."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.facet import Facet
from matching.query import Query
from matching.roster import Roster
from matching.rows import Column, Flags, Rows

# What stands in for a mean over nobody: neither for nor against.
NEUTRAL = 0.5


@dataclass(frozen=True, slots=True)
class Levels:
    """Scores of one dimension: `base + Σ factor × column`, in 0..1, for each row of a view.

    `unknown` flags the rows whose profile does not say; their score is the mean over the eligible
    whose profile does. None where there are none.
    """

    terms: tuple[tuple[float, Column], ...]
    base: float = 0.0
    unknown: Flags | None = None

    def into(self, out: NDArray[np.float64], positions: NDArray[np.intp] | None) -> None:
        """Write the scores at some positions of the view, or at all of them, into `out`."""
        for place, (factor, column) in enumerate(self.terms):
            values = column if positions is None else column.take(positions)
            if place:
                out += factor * values
            else:
                np.multiply(values, factor, out=out)
        if self.base:
            out += self.base


@dataclass(frozen=True, slots=True)
class Scorer:
    """One dimension's two answers, each over a view of the roster.

    `meets` flags who meets the wish in full, for a `must`; a blank profile never does. `score`
    gives the levels.
    """

    meets: Callable[[Query, Roster, Rows], Flags]
    score: Callable[[Query, Roster, Rows], Levels]


def met_or_mean(met: Flags, blank: Flags, rows: Rows) -> Levels:
    """1 where met, 0 where not, and the mean of those where the profile is blank."""
    unknown = rows.count(blank)
    if not unknown:
        return Levels(((1.0, met),))
    return Levels(((1.0, met), (mean(rows.count(met), rows.eligible - unknown), blank)), 0.0, blank)


def mean(total: float, count: int) -> float:
    """The mean over those known; NEUTRAL where nobody is."""
    return total / count if count else NEUTRAL


def any_of(
    facet: Callable[[Roster], Facet], codes: Callable[[Query, Roster], tuple[str, ...]]
) -> Scorer:
    """A scorer for a wish that any one of some codes of one facet meets in full."""

    def meets(query: Query, roster: Roster, rows: Rows) -> Flags:
        return facet(roster).any_of(codes(query, roster), rows)

    def score(query: Query, roster: Roster, rows: Rows) -> Levels:
        return met_or_mean(meets(query, roster, rows), facet(roster).blank(rows), rows)

    return Scorer(meets, score)
