"""Which place of a list clients choose, and how often any, told from a clinic's own choices.

A client chooses by place: with a weight w_k for each rank k, the chance to choose rank k of a list
of n is w_k / (w_1 + … + w_n), whoever stands there (the position model of click logs, Craswell
et al. 2008, given that somebody is chosen). The likelihood falls apart rank by rank: among those
who chose rank k or a better one from a list that reaches k, the share that chose k itself is
w_k / (w_1 + … + w_k).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.attention import attention

# As many ranks as a request can ask for.
MOST_RANKS = 50

# At each rank, and in whether anybody is chosen at all, what is usual weighs as much as so many
# choices. A guess: few enough that a clinic's own habits show after a month, enough that one choice
# does not make a rank unthinkable.
_HELD = 10.0

_Floats = NDArray[np.float64]
_Counts = Sequence[int] | NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Choosing:
    """How the clients of a clinic choose from a list.

    Attributes:
        weights: by rank from the first on, shape (MOST_RANKS,), above 0, the first being 1.
        choices: how many choices it rests on.
    """

    weights: _Floats
    choices: int = 0

    @classmethod
    def usual(cls) -> "Choosing":
        """Before anybody has chosen: as attention falls with the rank."""
        return cls(attention(MOST_RANKS))

    @classmethod
    def of(cls, ranks: _Counts, lengths: _Counts) -> "Choosing":
        """What choices tell, held towards what is usual while they are few.

        `ranks` chosen from 1 on, each of a list of as many as `lengths` says.
        """
        rank, length = np.asarray(ranks, np.intp), np.asarray(lengths, np.intp)
        every = np.arange(1, MOST_RANKS + 1)
        reaching = (rank[:, None] <= every) & (length[:, None] >= every)
        usual = attention(MOST_RANKS)
        share = usual / usual.cumsum()
        here = (rank[:, None] == every).sum(0)
        share = (here + _HELD * share) / (reaching.sum(0) + _HELD)
        weights = np.ones(MOST_RANKS)
        for place in range(1, MOST_RANKS):
            weights[place] = weights[:place].sum() * share[place] / (1 - share[place])
        return cls(weights, rank.size)

    def given(self, ranks: int) -> _Floats:
        """The chance of each rank of a list of `ranks` to be the one chosen: sums to 1."""
        weights = self.weights[:ranks]
        chances: _Floats = weights / weights.sum()
        return chances


def uptake(choices: int, lists: int) -> float:
    """The share of lists from which somebody is chosen, above 0 and up to 1.

    Of `lists` that clients were to choose from, `choices` led to a choice. Held towards 1, which is
    usual, while they are few: that nobody has chosen yet does not mean that nobody will.
    """
    return (choices + _HELD) / (lists + _HELD)
