"""Communication style as clients meet it: self-descriptions pulled towards what clients say.

A client who wished for p on an axis and would like more of it (+1), less (−1), or finds it right
(0), has met about p − DISTANCE · answer. Profiles are the prior: what they say plus what clients
meet beyond it on the whole, since therapists describe themselves askew.
"""

from dataclasses import dataclass

import numpy as np

from matching.learning.features import Floats
from matching.learning.observations import Rows
from matching.learning.ratings import NOT_SAID
from matching.learning.series import pair_codes
from matching.learning.told import NEVER, first_told

# How far off a therapist is whom a client would like to be different: before any data, and with
# the weight of so many answers.
_DISTANCE, _HELD = 0.5, 20.0

# Standard deviations on −1..1: of one client's answer, and of a therapist about what they say.
_ANSWER, _TOLD = 0.35, 0.3


@dataclass(frozen=True, slots=True)
class StyleMet:
    """`met` (4, therapists), NaN where no client said anything; `shift` (4,), met less told."""

    met: Floats
    shift: Floats


def style_met(rows: Rows, wishes: Floats, told: Floats) -> StyleMet:
    """What clients met.

    `wishes` (cases, 4) and `told` (4, therapists) are on −1..1, NaN where not stated.
    """
    met = np.full(told.shape, np.nan)
    shift = np.zeros(len(told))
    for axis in range(len(told)):
        met[axis], shift[axis] = _axis(rows, axis, wishes[:, axis], told[axis])
    return StyleMet(met, shift)


def _axis(rows: Rows, axis: int, wishes: Floats, told: Floats) -> tuple[Floats, float]:
    wish = wishes[rows.case]
    said = np.flatnonzero((rows.style_seen[:, axis] != NOT_SAID) & np.isfinite(wish))
    # Of a therapist only what five clients at least have answered.
    first = first_told(rows.therapist[said], rows.client[said], rows.since[said])
    said = said[first < NEVER]
    if not said.size:
        return np.full(told.shape, np.nan), 0.0
    pair, first = pair_codes(rows.client[said], rows.therapist[said])
    answer = np.bincount(pair, rows.style_seen[said, axis]) / np.bincount(pair)
    own, wished = rows.therapist[said][first], wish[said][first]

    apart = wished - told[own]
    known = np.isfinite(apart)
    away = float((answer * apart)[known].sum()) + _HELD * _DISTANCE
    distance = float(np.clip(away / ((answer[known] ** 2).sum() + _HELD), 0.1, 1.0))
    seen = np.clip(wished - distance * answer, -1, 1)
    shift = float((seen - told[own])[known].sum() / (known.sum() + _HELD))

    clients = np.bincount(own, minlength=told.size)
    mean = np.bincount(own, seen, told.size) / np.maximum(clients, 1)
    trust = clients / (clients + (_ANSWER / _TOLD) ** 2)
    expected = np.where(np.isnan(told), float(np.nanmean(told)) if known.any() else 0.0, told)
    met = trust * mean + (1 - trust) * np.clip(expected + shift, -1, 1)
    return np.where(clients > 0, met, np.nan), shift
