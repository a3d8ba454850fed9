"""The mixed-effects model: from observations to what holds for everybody and for each therapist."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matching.learning.apart import rank_within
from matching.learning.design import Codes, Own, Slopes
from matching.learning.features import KINDS, Floats
from matching.learning.observations import Observations
from matching.learning.posterior import EXACT, posterior
from matching.learning.terms import (
    BASE_DOUBT,
    BASE_SHARE,
    OF_CLIENT,
    Term,
    base_of,
    base_weights,
    one_hot,
    terms_of,
)
from matching.learning.variance import MOST_PAIRS, estimate

# Of one therapist or client, so many pairs are enough to tell variances from.
_OF_A_GROUP = 40


@dataclass(frozen=True, slots=True)
class Design:
    """Observations with what the model sees of each.

    `content` (m, len(CONTENT)), `respect` (m, 1): cultural respect as clients of the therapist met
    it, where culture was asked for; `weights` the clinic's.
    """

    seen: Observations
    content: Floats
    respect: Floats
    slopes: Slopes
    own: Own
    weights: Mapping[str, float]

    def where(self, flags: NDArray[np.bool_]) -> "Design":
        """Some of the observations."""
        return replace(
            self,
            seen=self.seen.where(flags), content=self.content[flags], respect=self.respect[flags],
            slopes=self.slopes.where(flags), own=self.own.where(flags),
        )  # fmt: skip

    def terms(self) -> list[Term]:
        """The terms of the mixed model; clients and therapists numbered without gaps."""
        client = np.unique(self.seen.client, return_inverse=True)[1]
        base = base_of(self.content, self.weights)
        return terms_of(
            client, self.seen.therapist, self.content, base, self.respect, self.slopes, self.own
        )


@dataclass(frozen=True, slots=True)
class Variances:
    """Variance components in points²; `of` by term, and how much the clinic's weights are worth.

    `prior_slope`: points of fit for one point of content score, before any rating; `shares`: what
    each term adds to the variance between observations.
    """

    of: Mapping[str, float]
    prior_slope: float
    shares: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Backbone:
    """Posterior means. `content` (len(CONTENT),), `respect`; per therapist (T, …) the others."""

    level: float
    content: Floats
    respect: float
    therapist: Floats
    need: Floats
    style: Floats
    culture: Floats
    codes: tuple[str, ...]


def estimate_variances(design: Design, seed: int, like: Variances | None = None) -> Variances:
    """The variance components, from all pairs or from MOST_PAIRS of them.

    They tell of no therapist, so every pair counts with its therapist, told of or not: else what
    differs between therapists would be taken for what differs between pairs. `like` are those of a
    design much like this one, from where they are found sooner.
    """
    seen = design.seen
    terms = [
        replace(term, matrix=one_hot(seen.rated)) if term.name == "therapist" else term
        for term in design.terms()
    ]
    total = max(float(np.var(seen.value)), 1e-3)
    base = next(term for term in terms if term.name == "base")
    slope = float(np.sqrt(BASE_SHARE * total / base.scale)) if base.scale > 0 else 0.0
    fixed = {"base": (BASE_DOUBT * slope) ** 2}
    value = seen.value - slope * np.asarray(base.matrix)[:, 0]
    chosen = _sample(seen, seed)
    found = estimate(
        [term.rows(chosen) for term in terms], value[chosen], seen.noise[chosen], fixed,
        like.of if like else {},
    )  # fmt: skip
    scales = {term.name: term.scale for term in terms} | {"pair": 1.0}
    shares = {name: variance * scales[name] for name, variance in found.items()}
    shares["measurement"] = float(seen.noise.mean())
    return Variances(found, slope, shares)


def fit_backbone(design: Design, variances: Variances, tolerance: float = EXACT) -> Backbone:
    """The posterior means of all effects under the variances given."""
    terms, seen = design.terms(), design.seen
    start = variances.prior_slope * base_of(design.content, design.weights)[:, 0]
    noise = seen.noise + variances.of["pair"]
    found = posterior(terms, seen.value - start, noise, variances.of, tolerance)
    effects, codes = found.effects, design.slopes.codes
    content = np.concatenate([effects[kind] for kind, _ in KINDS])
    slope = variances.prior_slope + float(effects["base"][0])
    content = content + slope * base_weights(design.weights)

    def by_therapist(name: str, width: int) -> Floats:
        table = np.zeros((seen.therapists, width))
        if width:
            known = effects[name].reshape(-1, width)[: seen.therapists]
            table[: len(known)] = known
        return table

    usual = [
        float(np.asarray(term.matrix @ effects[term.name]).mean())
        for term in terms
        if term.name in OF_CLIENT
    ]
    return Backbone(
        level=found.level + sum(usual),
        content=content,
        respect=float(effects["respect"][0]),
        therapist=by_therapist("therapist", 1)[:, 0],
        need=by_therapist("therapist_need", len(codes)),
        style=by_therapist("therapist_style", 4),
        culture=by_therapist("therapist_culture", 1)[:, 0],
        codes=codes,
    )


def predict(backbone: Backbone, design: Design) -> Floats:
    """What is expected of each observation, points, its client's leniency apart, shape (m,)."""
    seen, slopes = design.seen, design.slopes
    own = seen.rated
    total: Floats = backbone.level + design.content @ backbone.content
    total = total + backbone.respect * design.respect[:, 0] + backbone.therapist[own]
    total = total + slopes.needs.multiply(backbone.need[own]).sum(1)
    total = total + slopes.style.multiply(backbone.style[own]).sum(1)
    return np.asarray(total + slopes.culture.multiply(backbone.culture[own, None]).sum(1)).ravel()


def _sample(seen: Observations, seed: int) -> Codes:
    """Pairs to tell variances from: half of them by therapists, half by clients.

    A component shows only where its kind repeats, so pairs are not drawn one by one.
    """
    if len(seen) <= MOST_PAIRS:
        return np.arange(len(seen))
    rng = np.random.default_rng(seed)
    chosen = np.zeros(len(seen), np.bool_)
    for codes in (seen.therapist, seen.client):
        order = _by_group(codes, rng)
        chosen[order[~chosen[order]][: MOST_PAIRS // 2]] = True
    return np.flatnonzero(chosen)


def _by_group(codes: Codes, rng: np.random.Generator) -> Codes:
    """Places sorted by group, the groups in random order, at most _OF_A_GROUP of each."""
    group = rng.permutation(int(codes.max()) + 1)[codes]
    order = np.lexsort((rng.random(len(codes)), group))
    return order[rank_within(group[order]) < _OF_A_GROUP]
