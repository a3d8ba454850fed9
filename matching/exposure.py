"""Exposure against merit: who was seen less than their fit warrants, over many matches.

A list's attention is owed to the eligible in proportion to their fit, and what somebody is owed and
gets is added up over many lists: equity of attention (Biega, Gummadi and Weikum 2018). Who fell
behind is lifted in proportion (Morik, Singh, Hong and Joachims 2020); `arrange.py` does that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from matching.attention import attention
from matching.engine import LineUp
from matching.learning.learned import Learned
from matching.query import Query
from matching.roster import Roster
from matching.rows import Rows
from matching.scoring import levels_of

# Eligible for fewer than this, nothing is known of a therapist's share: two of the steps of five in
# which anything about few clients is published.
LEAST_MATCHES = 10

# So much attention a therapist is taken to have had, and to have been owed, beforehand: as much as
# standing first in so many lists. Holds shortfalls towards 0 while little is known.
PRIOR = 2.0

# Shortfalls are kept in steps, rounded down: what one client more or less changes does not show.
STEP = 0.05

_Floats = NDArray[np.float64]
_Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Exposure:
    """What therapists were owed and got, over some matches; every column of shape (therapists,).

    Attributes:
        matches: for how many they were eligible.
        warranted: the attention that their fit warrants, in lists stood first in.
        received: the attention that they may expect under the arrangement's randomness.
    """

    matches: _Floats
    warranted: _Floats
    received: _Floats

    @classmethod
    def none(cls, size: int) -> Self:
        """Of so many therapists, before any match."""
        return cls(*np.zeros((3, size)))

    @classmethod
    def of(cls, line_up: LineUp, roster: Roster, learned: Learned | None) -> Self:
        """Of one match, by row of the roster.

        A list of k ranks has the attention of its ranks to give, and each of the eligible is owed
        the share of it that their score has in the sum of all scores; nobody is owed anything where
        every score is 0. `learned` is what the match was ranked with.
        """
        found = cls.none(len(roster))
        rows, pool, arrangement = line_up.found.rows, line_up.pool, line_up.arrangement
        eligible = rows.roster_rows(rows.counted())
        fit = scores(line_up.query, roster, rows, learned)
        looks = attention(arrangement.orders.shape[1])
        if fit.any():
            found.matches[eligible] = 1
            found.warranted[eligible] = looks.sum() * fit / fit.sum()
            found.received[pool.rows] = arrangement.chances(pool.rows.size) @ looks
        return found

    def add(self, other: "Exposure", places: _Places) -> None:
        """Add another's figures, whose therapist i stands here at `places[i]`, −1 for nowhere."""
        here = places >= 0
        at = places[here]
        self.matches[at] += other.matches[here]
        self.warranted[at] += other.warranted[here]
        self.received[at] += other.received[here]

    def shortfall(self) -> _Floats:
        """How far each one's exposure falls short of what is warranted, in steps of STEP, 0..1.

        The positive part of 1 − (received + PRIOR) / (warranted + PRIOR); 0 for who was eligible
        for fewer than LEAST_MATCHES.
        """
        short = (self.warranted - self.received) / (self.warranted + PRIOR)
        short[self.matches < LEAST_MATCHES] = 0
        steps = np.floor(np.maximum(short, 0) / STEP)
        in_steps: _Floats = np.round(steps * STEP, 2)
        return in_steps


def places(ids: Sequence[str], among: Sequence[str]) -> _Places:
    """Where each of these therapists stands among others, −1 for who does not; (len(ids),)."""
    at = {id_: place for place, id_ in enumerate(among)}
    return np.array([at.get(id_, -1) for id_ in ids], np.intp)


def scores(query: Query, roster: Roster, rows: Rows, learned: Learned | None) -> _Floats:
    """The score of everybody who counts, shape (rows.eligible,), 0..1; `Pool.total` has a few's.

    Without a model it is how well the wishes are met, with one mostly the fit that is expected.
    """
    levels, _ = levels_of(query, roster, rows, learned)
    total, one = np.zeros(rows.size), np.empty(rows.size)
    for name, level in levels.items():
        level.into(one, None)
        total += query.weights[name] * one
    return np.clip(total, 0, 1).take(rows.counted())
