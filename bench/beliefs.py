"""What a Bayes-optimal observer sees of a simple clinic, and believes after its ratings.

Unknown are the mean, the weights of content, and every therapist's effects; all variances are
known. Before any rating a strong wish met is taken to be worth `World.content` points, give or
take as much, in every dimension alike: the observer knows how much content counts in such worlds
but nothing of this clinic's weights. In a world of thresholds the observer knows the thresholds;
in one where therapists describe themselves askew, by how much on average, and each therapist's own
error is one more unknown, taken as the Gaussian process of the same mean and covariance.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.stats import norm

from bench.answers import fits_behind
from bench.dataset import Beliefs, Codes, Floats
from bench.histories import ITEM_LEVELS, ITEM_NOISE, History
from bench.reference import Observations, Prior, pair_design, pooled, posterior
from bench.worlds import (
    CULTURE,
    DIMENSIONS,
    MEAN,
    NEEDS,
    STYLE,
    STYLE_SD,
    TRUTH_SESSION,
    Clients,
    Therapists,
    World,
    draw_clients,
    growth,
    met,
    style_met,
)

_MEAN_VARIANCE = 1.0
_GROWN = float(growth(np.array([TRUTH_SESSION]))[0])
_FIT_SD = 1.5  # of the fits behind ratings, about

_CANDIDATES, _DRAWS = 5_000, 400  # of the style that a therapist may have
_WISHES = 200  # over which a style is compared
_PARTS = 8  # in which what is not known of a style is kept


def beliefs(
    world: World,
    therapists: Therapists,
    past: Clients,
    history: History,
    answers: Floats,
    unseen: Clients,
    kept: Codes | None,
) -> Beliefs:
    """The posterior of every new client with every therapist.

    `answers` (rows, items) go with the rows of `history`; `kept` are the places of those that are
    looked at, None for all.
    """
    if kept is not None:
        history, answers = history.part(kept), answers[kept]
    size, count = len(therapists.told), len(unseen.style)
    value, noise = _fits(answers, world)
    value = value - growth(history.session) + _GROWN
    group = history.client * size + history.therapist
    first, value, noise = pooled(group, value, noise, world.pair**2)
    client, therapist = history.client[first], history.therapist[first]
    sight = _Sight.of(world, therapists)
    seen = sight.pairs(past.part(client), therapist)
    every = np.repeat(np.arange(count), size)
    asked = sight.pairs(unseen.part(every), np.tile(np.arange(size), count))
    prior = _prior(world, size)
    weight = float(prior.mean[1 + STYLE])
    # What a hidden style does is its weight times how far it is met: the weight is taken as what
    # is believed of it, at first before and then after the ratings.
    for _ in range(2 if world.shift_sd else 1):
        known = Observations(seen.design(weight), value, noise, client)
        after = posterior(prior, known, world.leniency**2)
        used, weight = weight, float(after.mean[1 + STYLE])
    return after.beliefs(asked.design(used), (count, size))


def _fits(answers: Floats, world: World) -> tuple[Floats, Floats]:
    """The fit behind each rating, and the noise of it as a sign of its pair's."""
    levels = np.array(list(ITEM_LEVELS.values()))
    ones = np.ones_like(levels)
    value, noise = fits_behind(answers, ones, levels, ITEM_NOISE * ones, (MEAN, _FIT_SD))
    return value, noise + world.session**2


def _prior(world: World, therapists: int) -> Prior:
    """The mean, a weight a dimension, then each therapist's own effects in the order of `_own`."""
    own = [world.therapist, world.culture, *[world.need] * len(NEEDS), *[world.style] * 4]
    hidden = [1.0] * (_PARTS if world.shift_sd else 0)
    sd = np.array([world.content] * len(DIMENSIONS) + [*own, *hidden] * therapists)
    mean = np.zeros(1 + sd.size)
    mean[0] = MEAN + _GROWN
    mean[1 : 1 + len(DIMENSIONS)] = world.content
    return Prior(mean, np.concatenate([[_MEAN_VARIANCE], sd**2]))


@dataclass(frozen=True, slots=True)
class _Sight:
    """The world, its therapists' profiles, and what may be behind them where styles are askew."""

    world: World
    therapists: Therapists
    styles: Sequence["_Style"]

    @classmethod
    def of(cls, world: World, therapists: Therapists) -> "_Sight":
        """What can be seen of a clinic before its ratings."""
        told = therapists.told if world.shift_sd else ()
        return cls(world, therapists, [_Style.of(world, style) for style in told])

    def pairs(self, clients: Clients, therapist: Codes) -> "_Pairs":
        """Pairs of m clients with m therapists."""
        scores = np.empty((len(therapist), len(DIMENSIONS)))
        hidden = np.zeros((len(therapist), _PARTS if self.styles else 0))
        for one in range(len(self.therapists.told)):
            rows = np.flatnonzero(therapist == one)
            who, profile = clients.part(rows), _only(self.therapists, one)
            scores[rows] = met(who, profile, profile.told, self.world.thresholds)[:, :, 0].T
            if self.styles:
                mean, parts = self.styles[one].met(who.style)
                asked = who.importance[:, STYLE] > 0
                scores[rows, STYLE] = np.where(asked, mean, 0.5)
                hidden[rows] = parts * who.importance[:, [STYLE]]
        content = clients.importance * (scores - 0.5)
        ones = np.ones((len(therapist), 1))
        culture = (clients.importance[:, [CULTURE]] > 0).astype(np.float64)
        own = np.hstack([ones, culture, clients.need_slopes, clients.style_slopes])
        size = len(self.therapists.told)
        return _Pairs(np.hstack([ones, content]), own, hidden, therapist, size)


@dataclass(frozen=True, slots=True)
class _Pairs:
    """m pairs of a client and a therapist out of `size`.

    `content` (m, 1 + dimensions), `own` (m, effects that a therapist has), `hidden` (m, parts)
    before the weight of style, `therapist` (m,).
    """

    content: Floats
    own: Floats
    hidden: Floats
    therapist: Codes
    size: int

    def design(self, weight: float) -> csr_array:
        """A row a pair, a column an unknown."""
        own = np.hstack([self.own, weight * self.hidden])
        return pair_design(self.content, own, self.therapist, self.size)


@dataclass(frozen=True, slots=True)
class _Style:
    """What one therapist's style may be.

    `draws` (draws, 4), and the directions `parts` (draws, parts) in which how well it meets wishes
    differs between them.
    """

    draws: Floats
    parts: Floats

    @classmethod
    def of(cls, world: World, told: Floats) -> "_Style":
        rng = np.random.default_rng(0)
        draws = np.empty((_DRAWS, 4))
        for axis, value in enumerate(told):
            met = np.clip(rng.normal(0, STYLE_SD, _CANDIDATES), -1, 1)
            at = met + world.shift[axis]
            apart = (at - value) / world.shift_sd
            # At an end of the scale all that was told beyond it was cut off.
            chance = norm.cdf(apart * value) if abs(value) == 1 else norm.pdf(apart)
            draws[:, axis] = rng.choice(met, _DRAWS, p=chance / chance.sum())
        apart = _apart(draws, draw_clients(rng, _WISHES).style)[1]
        return cls(draws, np.linalg.svd(apart, full_matrices=False)[0][:, :_PARTS])

    def met(self, wished: Floats) -> tuple[Floats, Floats]:
        """(n,) the mean of how well wishes are met, and (n, parts) what differs."""
        mean, apart = _apart(self.draws, wished)
        return mean, apart.T @ self.parts / np.sqrt(len(self.draws))


def _apart(draws: Floats, wished: Floats) -> tuple[Floats, Floats]:
    """The mean (n,), and (draws, n) how far each draw meets each wish more or less than that."""
    by_draw = style_met(wished, draws, False).T
    mean = by_draw.mean(0)
    return mean, by_draw - mean


def _only(therapists: Therapists, one: int) -> Therapists:
    return Therapists(*(getattr(therapists, name)[[one]] for name in Therapists.__slots__))
