"""The fit index: one number, 0..10, for what a client said of a session, item by item.

A weighted mean of the items answered. Items differ in how high they are rated, so a session that
asked four of them is compared with one that asked thirteen only after each item's own level has
been taken out: with x the answers of row r, a its index and b the items' levels,

    x_rk = a_r + b_k + noise,

fitted by alternating means, the levels b centred at a weighted mean of 0 over the items seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.learning.ratings import ITEMS

OVERALL = ITEMS.index("overall")
_CULTURAL_RESPECT = ITEMS.index("cultural_respect")

# Where culture was asked for, respect for it counts this many times as much.
RESPECT_WHERE_ASKED = 2.0

# Progress and its carrying over can be judged only after some sessions.
FROM_SESSION: Mapping[str, int] = {"progress": 3, "carry_over": 6}

# An item's level is held towards that of the others by as much as so many answers.
_HELD = 10.0
_ROUNDS = 12

# Levels are told from so many rows as exactly as anybody needs.
_MOST_ROWS = 20_000

# The noise of one answer, in points²: expected before any data, with the weight of `_HELD` answers.
_NOISE = 0.8**2

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FitIndex:
    """The index of n rows.

    Attributes:
        value: shape (n,), about 0..10; NaN where a row holds no item that counts.
        noise: shape (n,), the variance in points² that comes from asking few items.
        levels: by item in the order of ITEMS, points above the index; 0 where never answered.
    """

    value: _Floats
    noise: _Floats
    levels: _Floats


def fit_index(
    items: NDArray[np.float32],
    session: NDArray[np.integer],
    culture_asked: NDArray[np.bool_],
    fit_weights: Mapping[str, float],
) -> FitIndex:
    """The index of each row of `items`, shape (n, len(ITEMS)), NaN where not answered.

    `fit_weights` names items; those it leaves out count 0. `overall` counts only in rows where
    nothing else that counts was answered.
    """
    answers = np.asarray(items, np.float64)
    weights = _weights(answers, session, culture_asked, fit_weights)
    answers = np.nan_to_num(answers)
    some = slice(0, _MOST_ROWS)
    levels = _levels(answers[some], weights[some], np.isfinite(items[some, OVERALL]))
    levels -= _mean_level(levels, weights[some], fit_weights)
    return _index(answers, weights, levels, _noise(answers[some], weights[some], levels))


def index_at(
    items: NDArray[np.float32],
    session: NDArray[np.integer],
    culture_asked: NDArray[np.bool_],
    fit_weights: Mapping[str, float],
    levels: _Floats,
) -> FitIndex:
    """The same where the items' levels are known, (len(ITEMS),) in points: few rows tell none."""
    answers = np.asarray(items, np.float64)
    weights = _weights(answers, session, culture_asked, fit_weights)
    return _index(np.nan_to_num(answers), weights, levels, _NOISE)


def counting(
    items: NDArray[np.float32], session: NDArray[np.integer], fit_weights: Mapping[str, float]
) -> NDArray[np.bool_]:
    """Flags the rows that hold an item that counts."""
    answers = np.asarray(items, np.float64)
    nowhere = np.zeros(len(answers), np.bool_)
    counts: NDArray[np.bool_] = np.any(_weights(answers, session, nowhere, fit_weights), axis=1)
    return counts


def _index(answers: _Floats, weights: _Floats, levels: _Floats, noise: float) -> FitIndex:
    """The index with the items' levels taken out; `noise` is the variance of one answer."""
    total = weights.sum(1)
    with np.errstate(invalid="ignore"):
        value = (weights * (answers - levels)).sum(1) / total
        parts = (weights**2).sum(1) / total**2
    return FitIndex(value, parts * noise, levels)


def _weights(
    answers: _Floats,
    session: NDArray[np.integer],
    culture_asked: NDArray[np.bool_],
    fit_weights: Mapping[str, float],
) -> _Floats:
    """What each answer counts in its row's index, shape (n, items)."""
    answered = np.isfinite(answers)
    weights: _Floats = answered * np.array([fit_weights.get(item, 0.0) for item in ITEMS])
    weights[:, OVERALL] = 0.0
    weights[:, _CULTURAL_RESPECT] *= np.where(culture_asked, RESPECT_WHERE_ASKED, 1.0)
    for item, first in FROM_SESSION.items():
        weights[session < first, ITEMS.index(item)] = 0.0
    only_overall = ~weights.any(1) & answered[:, OVERALL]
    weights[only_overall, OVERALL] = 1.0
    return weights


def _levels(answers: _Floats, weights: _Floats, overall: NDArray[np.bool_]) -> _Floats:
    """b, by alternating means; `overall` from the rows that answered it beside others."""
    counted = weights > 0
    counted[:, OVERALL] = False
    rows = counted.any(1)
    answers, weights, counted, overall = answers[rows], weights[rows], counted[rows], overall[rows]
    levels = np.zeros(len(ITEMS))
    number = counted.sum(0)
    own = np.zeros(len(answers))
    for _ in range(_ROUNDS):
        own = (weights * (answers - levels)).sum(1) / weights.sum(1)
        levels = (counted * (answers - own[:, None])).sum(0) / (number + _HELD)
    gap = answers[overall, OVERALL] - own[overall]
    levels[OVERALL] = gap.sum() / (gap.size + _HELD)
    return levels


def _mean_level(levels: _Floats, weights: _Floats, fit_weights: Mapping[str, float]) -> float:
    """The level of a whole questionnaire of the items that were ever counted."""
    seen: NDArray[np.bool_] = np.any(weights > 0, axis=0)
    seen[OVERALL] = False
    whole = seen * np.array([fit_weights.get(item, 0.0) for item in ITEMS])
    return float(whole @ levels / whole.sum()) if whole.any() else 0.0


def _noise(answers: _Floats, weights: _Floats, levels: _Floats) -> float:
    """The variance of one answer about its row's index and its item's level, in points²."""
    counted = weights > 0
    several = counted.sum(1) > 1
    counted, weights = counted[several], weights[several]
    apart = answers[several] - levels
    own = (weights * apart).sum(1, keepdims=True) / np.maximum(weights.sum(1, keepdims=True), 1e-9)
    squares = float((counted * (apart - own) ** 2).sum())
    freedom = float(counted.sum() - several.sum())
    return (squares + _HELD * _NOISE) / (max(freedom, 0.0) + _HELD)
