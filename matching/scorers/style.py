"""Communication style: how near a therapist stands to the client's wish, axis by axis.

With the wish p and the therapist's t, both in −1..1, an axis scores 1 − |p − t| / (1 + |p|): 1 at
the wish, 0 as far from it as the scale allows. The dimension is the mean over the axes asked for,
each counted as often as the client's emphasis has it.
An axis that a profile leaves open takes that axis's mean over the eligible whose profile says; so
a profile that says nothing on any of them scores the mean of those that do.
"""

import numpy as np

from matching.query import Query, axis_factors, style_steps
from matching.roster import STYLE_STEPS, Roster
from matching.rows import Column, Flags, Rows, Small
from matching.scorers.levels import Levels, Scorer, mean

# A `must` on style is met where every axis asked for is known and scores at least this.
LEAST_FOR_MUST = 0.5


def axis_score(wish: int, own: int) -> float:
    """One axis's score, 0..1; both in whole steps of 1 / STYLE_STEPS from the middle."""
    return 1 - abs(own - wish) / (STYLE_STEPS + abs(wish))


def _meets(query: Query, roster: Roster, rows: Rows) -> Flags:
    axes = style_steps(query.intake.style)
    asked = sum(1 << axis for axis, _ in axes)
    met: Flags = rows.of(roster.style_blank) & asked == 0
    for axis, wish in axes:
        farthest = (1 - LEAST_FOR_MUST) * (STYLE_STEPS + abs(wish))
        met &= _distance(roster, rows, axis, wish) <= farthest
    return met


def _score(query: Query, roster: Roster, rows: Rows) -> Levels:
    axes, factors = style_steps(query.intake.style), axis_factors(query.intake)
    blank, whole = rows.of(roster.style_blank), sum(factors)
    terms: list[tuple[float, Column]] = []
    for (axis, wish), factor in zip(axes, factors, strict=True):
        distance = _distance(roster, rows, axis, wish)
        terms.append((-factor / (STYLE_STEPS + abs(wish)) / whole, distance))
        unknown: Flags = (blank & (1 << axis)) != 0
        count = rows.count(unknown)
        if count:
            # An unknown axis is kept as the middle, so it has counted as |wish| away until here.
            known = rows.eligible - count
            apart = rows.total(distance) - count * abs(wish)
            average = mean(known - apart / (STYLE_STEPS + abs(wish)), known)
            terms.append((factor * (average - axis_score(wish, 0)) / whole, unknown))
    asked = sum(1 << axis for axis, _ in axes)
    return Levels(tuple(terms), 1.0, (blank & asked) == asked)


def _distance(roster: Roster, rows: Rows, axis: int, wish: int) -> Small:
    """In whole steps. Least from most: a difference in either direction keeps to one byte."""
    own = rows.of(roster.style[axis])
    asked = np.full(own.size, wish + STYLE_STEPS, np.uint8)
    apart: Small = np.maximum(own, asked)
    apart -= np.minimum(own, asked)
    return apart


SCORER = Scorer(_meets, _score)
