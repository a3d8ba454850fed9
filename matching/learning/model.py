"""A fitted model: arrays and a few figures, with nothing in it about any client."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """What is expected of a therapist nobody has rated: variances in points², means 0."""

    level: float
    need: float
    style: float
    culture: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What ratings say of each of T therapists, sorted by id. Effects in points.

    Attributes:
        ids: as in the roster.
        clients: distinct clients behind it, in whole steps of five.
        level: how much better or worse clients get on with them than their profile says.
        style: (T, 4), points for a wish of 1 on an axis; `culture` for culture strongly asked.
        respect: cultural respect as their clients met it, about 0.
        need_start: (T + 1,), where each therapist's needs begin in the arrays below.
        need: the columns of `FitModel.needs`; need_effect, need_clients (in steps) of each.
        variance, with_level: (T, 6) posterior variances of level, style and culture, and their
            covariances with the level; need_variance, need_with_level the same of the needs.
        style_met: (T, 4), style on −1..1 as clients met it, NaN where nothing is known.
    """

    ids: Sequence[str]
    clients: Codes
    level: Floats
    style: Floats
    culture: Floats
    respect: Floats
    variance: Floats
    with_level: Floats
    need_start: Codes
    need: Codes
    need_effect: Floats
    need_clients: Codes
    need_variance: Floats
    need_with_level: Floats
    style_met: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Affinity:
    """What LightFM found in what the rest leaves unexplained.

    Vectors of k components: `client` (codes, k) for what a client asks, named in `client_codes`;
    `profile` (codes, k) for what a profile says, named in `profile_codes`; `therapist` (T, k) for
    the therapists with evidence themselves. The biases are added to their products, and `weight`
    makes points of the sum.
    """

    client_codes: Sequence[str]
    client: Floats
    profile_codes: Sequence[str]
    profile: Floats
    profile_bias: Floats
    therapist: Floats
    therapist_bias: Floats
    weight: float

    def of_rows(self, rows: NDArray[np.intp]) -> "Affinity":
        """The same for some of the therapists."""
        return replace(
            self, therapist=self.therapist[rows], therapist_bias=self.therapist_bias[rows]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FitModel:
    """Everything that serving needs.

    Attributes:
        level: expected fit of a pair of which nothing is known, 0..10.
        content: (p,) points for each column of `features.CONTENT`; covariance (p, p).
        respect: points for a unit of cultural respect where culture matters.
        needs: the codes that `evidence.need` counts in.
        style_shift: (4,), what clients meet less what profiles say, −1..1.
        pair_variance: of what only meeting can show, points².
        centre, spread: where the middle of the 0..1 scale lies, and a standard deviation, points.
        interval: factor by which standard deviations are widened to cover what they should.
        reliability: 0..1, the share of what can be known of pairs that the model knows.
    """

    level: float
    content: Floats
    covariance: Floats
    respect: float
    needs: Sequence[str]
    evidence: Evidence
    prior: Prior
    style_shift: Floats
    pair_variance: float
    centre: float
    spread: float
    interval: float
    reliability: float
    affinity: Affinity | None = None
