"""What mean fit would have followed under another weighting, told from what followed under this.

A client chooses from a list by place (`choosing.py`), and how the two get on depends on who they
are, not on the place. So under a weighting the client of request x chooses therapist a with chance

    π(a | x) = Σ_k p_k P(a at rank k | x),

with p_k how clients choose by rank and P the chance that the arrangement's randomness gives. What
followed from a choice then counts as much more often as the other weighting would have led to it,

    w = π_after(a | x) / π_before(a | x),

whatever the place it was chosen from; so whomever the two weightings show at different places is
told of by all who chose them. Where w exceeds MOST_WEIGHT, or nothing leads there now, the log is
silent: that part of the other weighting's choices has no support.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from matching.choosing import Choosing
from matching.engine import LineUp
from matching.estimators import Outcomes, Trio, doubly_robust
from matching.scoring import Pool
from matching.standing import Standing, judged, preference_fits

_Floats = NDArray[np.float64]
_Rows = NDArray[np.intp]

# One outcome may stand for so many of the other weighting's choices, and no more.
MOST_WEIGHT = 20.0

# An estimate is refused below so many effective outcomes, and where a larger share than this of the
# other weighting's choices has no support.
LEAST_EFFECTIVE = 50.0
MOST_UNSUPPORTED = 0.1


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no estimate: a stable code, and a sentence for an administrator."""

    code: str
    text: str


NO_OUTCOMES = Refusal(
    "no_outcomes",
    "Too few clients who chose from one of these lists have said how it went and agreed to"
    " learning: they are counted in whole steps of five.",
)
TOO_FEW = Refusal(
    "too_few_outcomes",
    "Too few rated choices bear on this weighting. Look at more matches, or wait for more ratings.",
)
NO_SUPPORT = Refusal(
    "no_support",
    "This weighting would often lead to therapists whom the present one hardly ever shows, and"
    " nothing tells how that would go. Try a smaller step.",
)


@dataclass(frozen=True, slots=True)
class Estimates:
    """Mean fit, 0..10, of the choices made under the present weighting and under another.

    Attributes:
        best: by the doubly robust estimator, None where refused.
        why: why it was refused, None where it was not.
        outcomes: how many rated choices there were, of how many `clients`.
        effective_sample_size: how many equally weighed outcomes tell as much (Kish 1965).
        unsupported: the share of the other weighting's choices without support, 0..1.
    """

    best: Trio | None
    why: Refusal | None
    outcomes: int
    clients: int
    effective_sample_size: float
    unsupported: float


@dataclass
class Sample:
    """Takes rated choices one at a time, and keeps a few numbers of each.

    `choosing` says how clients choose by place.
    """

    choosing: Choosing
    _clients: dict[Hashable, int] = field(default_factory=dict)
    _who: list[int] = field(default_factory=list)
    _rows: list[tuple[float, float, float]] = field(default_factory=list)
    _features: list[tuple[_Floats, _Floats, _Floats]] = field(default_factory=list)

    def add(self, client: Hashable, row: int, fit: float, before: LineUp, after: LineUp) -> bool:
        """Take one choice that was rated; both line-ups are of the same request and roster.

        `client` is whoever chose, since what one client says twice is not said by two; `row` is the
        roster row of the therapist chosen, `fit` how the two got on, 0..10. A choice of somebody
        whom `before` could not have shown is left out, and False answered.
        """
        rows, now, then = shares(before, after, self.choosing)
        chosen = np.flatnonzero((rows == row) & (now > 0))
        if not chosen.size:
            return False
        weight, unsupported = weights(now, then)
        known = features(rows, before, after)
        self._who.append(self._clients.setdefault(client, len(self._clients)))
        self._rows.append((fit, float(weight[chosen[0]]), float(unsupported)))
        self._features.append((known[chosen[0]], now @ known, then @ known))
        return True

    def estimates(self, which: NDArray[np.bool_] | None = None) -> Estimates:
        """What would have followed, or why that cannot be told.

        From those of the choices taken that `which` flags, shape (taken,); from all by default.
        """
        which = np.ones(len(self._rows), np.bool_) if which is None else which
        if not which.any():
            return Estimates(None, NO_OUTCOMES, 0, 0, 0.0, 0.0)
        return estimates(self.outcomes(which))

    def outcomes(self, which: NDArray[np.bool_]) -> Outcomes:
        """The choices that `which` flags, shape (taken,), one at least."""
        fit, weight, unsupported = np.array(self._rows)[which].T
        chosen, before, after = (
            np.array(part)[which] for part in zip(*self._features, strict=True)
        )
        who = np.unique(np.array(self._who, np.intp)[which], return_inverse=True)[1]
        return Outcomes(who, fit, weight, unsupported, chosen, before, after)


def estimates(outcomes: Outcomes) -> Estimates:
    """What would have followed from as many outcomes, at least one, or why that is not told."""
    effective = outcomes.effective_size
    unsupported = float(outcomes.unsupported.mean())
    clients = int(outcomes.client.max()) + 1
    why = None
    if unsupported > MOST_UNSUPPORTED:
        why = NO_SUPPORT
    elif min(effective, clients) < LEAST_EFFECTIVE:
        why = TOO_FEW
    best = None if why else doubly_robust(outcomes)
    return Estimates(best, why, outcomes.fit.size, clients, effective, unsupported)


def shares(before: LineUp, after: LineUp, choosing: Choosing) -> tuple[_Rows, _Floats, _Floats]:
    """Who may be chosen under either, by roster row, and π of each under both; shape (n,) each."""
    standing = Standing.of(before), Standing.of(after)
    rows = np.union1d(standing[0].rows, standing[1].rows)
    chances = np.zeros((2, rows.size))
    for way, one in enumerate(standing):
        chances[way, np.searchsorted(rows, one.rows)] = one.chances @ choosing.given(one.ranks)
    return rows, chances[0], chances[1]


def weights(now: _Floats, then: _Floats) -> tuple[_Floats, _Floats]:
    """What an outcome of each choice counts, and how much of `then` has no support.

    `now` and `then` are the chances of each choice, shape (…, n); the weights have the same shape,
    0 where unsupported, and what has no support is summed over the last axis.
    """
    silent = then > MOST_WEIGHT * now
    weight = np.divide(then, now, out=np.zeros_like(then), where=~silent & (now > 0))
    return weight, np.where(silent, then, 0.0).sum(-1)


def features(rows: _Rows, before: LineUp, after: LineUp) -> _Floats:
    """What a direct model may know of a client with each of these therapists: shape (n, 3).

    How well the therapist meets what was asked, by the present weights; what the clinic's model of
    then expected, which had not seen what followed; and whether there was one.
    """
    known = np.full((rows.size, 3), np.nan)
    for pool, fits in (
        (after.pool, judged(after.pool, by=before.pool)),
        (before.pool, preference_fits(before.pool)),
    ):
        _, at, places = np.intersect1d(rows, pool.rows, return_indices=True)
        known[at] = _columns(pool, fits)[places]
    return known


def _columns(pool: Pool, fits: _Floats) -> _Floats:
    # Nothing is asked: everybody meets it alike.
    met = np.nan_to_num(fits, nan=0.5)
    if pool.expected is None:
        return np.column_stack([met, np.zeros((met.size, 2))])
    return np.column_stack([met, pool.expected.mean, np.ones(met.size)])
