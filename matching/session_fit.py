"""One pairing's ratings as a series of fits, before and after the clinic has taught anything.

What a session is worth is the fit index of what was answered, so that sessions with four items and
with thirteen compare. Its variance has two parts: few items say little, and every session has a
form of its own. The second is a clinic's, and each client is held to it: somebody whose answers
vary more than usual needs a larger change before it says anything.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.learning.fit_index import FitIndex, index_at
from matching.learning.observations import Scale
from matching.learning.ratings import ITEMS
from matching.learning.series import Growth

Floats = NDArray[np.float64]

# How items stand above or below the fit index, in points, until a clinic's own ratings tell:
# reliability and respect are rated higher than being able to object or progress. A choice.
USUAL_LEVELS: Mapping[str, float] = MappingProxyType(
    {
        "safe": 0.4, "can_speak_up": -0.4, "cultural_respect": 0.9, "non_judgement": 0.7,
        "consistency": 0.9, "progress": -0.9, "carry_over": -1.1, "overall": 0.5,
    }
)  # fmt: skip

# What is taken of growth and of a session's own variance in points² without a model: what a
# training expects before any data (`learning/series.py`).
USUAL = Scale(
    np.array([USUAL_LEVELS.get(item, 0.0) for item in ITEMS]),
    Growth(points=0.3, first=1.04, later=0.8),
)

# The clinic's noise weighs as many sessions when a client's own is told, and nobody is taken to be
# steadier than this share of it (a variance): who gives one answer for years has no noise to see.
_HELD = 4.0
_STEADIEST = 0.25

_LINE = [ITEMS.index(item) for item in ("connection_quality", "privacy")]


def session_fits(
    items: NDArray[np.float32],
    session: NDArray[np.integer],
    culture_asked: bool,
    fit_weights: Mapping[str, float],
    levels: Floats = USUAL.levels,
) -> FitIndex:
    """The fit of each session of one pairing, and its variance from its items, shape (n,).

    `items` (n, len(ITEMS)) 0..10, NaN where not answered; `levels` by item, points. A session
    without an item that counts is NaN.
    """
    asked = np.full(len(items), culture_asked)
    return index_at(items, session, asked, fit_weights, levels)


def scale_of(report: Mapping[str, Any] | None) -> Scale:
    """The items' levels, growth and session noise that a training found, the usual without one.

    `report` is the document of `learning.report.Report`.
    """
    if not report or not report.get("levels"):
        return USUAL
    levels, noise = report["levels"], report["session_noise"]
    growth = Growth(report["growth"], noise["first"], noise["later"])
    return Scale(np.array([levels.get(item, 0.0) for item in ITEMS], np.float64), growth)


def line_of(items: NDArray[np.float32]) -> Floats:
    """How well each session could be held from afar: the lower of line and privacy.

    Shape (n,), 0..10, NaN where neither was answered.
    """
    found: Floats = np.fmin.reduce(items[:, _LINE].astype(np.float64), axis=1)
    return found


def own_noise(squares: Floats, freedom: int) -> Floats:
    """How much more than usual a client's answers vary: a factor of the variance.

    `squares` are residuals² over their usual variance, summed; `freedom` how many are free.
    """
    own: Floats = np.maximum((_HELD + squares) / (_HELD + freedom), _STEADIEST)
    return own
