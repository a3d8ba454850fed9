"""Communication style as clients meet it: self-descriptions pulled towards what clients say.

A client who wished for p on an axis and would like more of it (+1), less (−1), or finds it right
(0), has met about p − DISTANCE · answer. Profiles are the prior: what they say plus what clients
meet beyond it on the whole, since therapists describe themselves askew.
"""

from dataclasses import dataclass

import numpy as np

from matching.learning.design import Codes
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


def style_met(rows: Rows, own: Rows, wishes: Floats, told: Floats) -> StyleMet:
    """What clients met.

    `rows` are all that may be learned from, `own` those that may be told of their therapists.
    `wishes` (cases, 4) and `told` (4, therapists) are on −1..1, NaN where not stated.
    """
    met = np.full(told.shape, np.nan)
    shift = np.zeros(len(told))
    for axis in range(len(told)):
        wish = wishes[:, axis]
        everybody = _Answers.of(rows, axis, wish, np.zeros(len(rows), np.intp))
        distance, shift[axis] = _usual(everybody, told[axis])
        answers = _Answers.of(own, axis, wish, own.therapist)
        met[axis] = _of_therapists(answers, told[axis], distance, shift[axis])
    return StyleMet(met, shift)


@dataclass(frozen=True, slots=True)
class _Answers:
    """What n pairs say of one axis: rated therapists, what was wished for, −1..1 would like more.

    All of shape (n,).
    """

    therapist: Codes
    wished: Floats
    answer: Floats

    @classmethod
    def of(cls, rows: Rows, axis: int, wish: Floats, group: Codes) -> "_Answers":
        """Of those who had a wish, `wish` (cases,), as far as `group`, codes (rows,), may tell."""
        wished = wish[rows.case]
        said = np.flatnonzero((rows.style_seen[:, axis] != NOT_SAID) & np.isfinite(wished))
        since = first_told(group[said], rows.client[said], rows.since[said], rows.again[said])
        said = said[since < NEVER]
        pair, first = pair_codes(rows.client[said], rows.therapist[said])
        answer = np.bincount(pair, rows.style_seen[said, axis]) / np.bincount(pair)
        return cls(rows.therapist[said][first], wished[said][first], answer)

    def met(self, distance: float) -> Floats:
        """What each has met, −1..1."""
        met: Floats = np.clip(self.wished - distance * self.answer, -1, 1)
        return met


def _usual(answers: _Answers, told: Floats) -> tuple[float, float]:
    """How far off a therapist is whom a client would like to be different; and met less told."""
    own = told[answers.therapist]
    known = np.isfinite(own)
    apart, answer = answers.wished[known] - own[known], answers.answer[known]
    away = float(answer @ apart) + _HELD * _DISTANCE
    distance = float(np.clip(away / (float(answer @ answer) + _HELD), 0.1, 1.0))
    beyond = (answers.met(distance)[known] - own[known]).sum()
    return distance, float(beyond / (known.sum() + _HELD))


def _of_therapists(answers: _Answers, told: Floats, distance: float, shift: float) -> Floats:
    """What clients of each met, held towards what they say; NaN where nobody may be told of."""
    clients = np.bincount(answers.therapist, minlength=told.size)
    total = np.bincount(answers.therapist, answers.met(distance), told.size)
    mean = total / np.maximum(clients, 1)
    trust = clients / (clients + (_ANSWER / _TOLD) ** 2)
    usual = float(np.nanmean(told)) if np.isfinite(told).any() else 0.0
    expected = np.clip(np.where(np.isnan(told), usual, told) + shift, -1, 1)
    met: Floats = np.where(clients > 0, trust * mean + (1 - trust) * expected, np.nan)
    return met
