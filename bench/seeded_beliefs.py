"""What a Bayes-optimal observer sees of a clinic of `seed`, and believes after its ratings.

As in `bench.beliefs`: the structure and all variances are known, the mean, the weights of content
and every therapist's effects are not. Before any rating a strong wish met is taken to be worth
`_WORTH` points times the world's scale, give or take as much, in every dimension alike. How
questions are answered, how much trust grows and how therapists describe themselves is known.

What a profile hides (blank fields, the style that clients meet, cultural respect) is one more
unknown. A therapist may be like any of those who could have written the profile: how well such a
one meets wishes has a mean and a covariance over wishes, and is taken as the Gaussian process that
has the same. Its weight is what is believed of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from scipy.sparse import csr_array, vstack

from bench.answers import fits_behind
from bench.dataset import Beliefs, Codes, Floats
from bench.look_alikes import Heard, look_alikes
from bench.reference import Observations, Prior, pair_design, pooled, posterior
from matching.intake import Intake
from matching.learning.ratings import ITEMS as ORDER
from matching.learning.ratings import NOT_SAID, Ratings
from seed.ratings import ITEMS
from seed.tables import ClientTable, TherapistTable, met, style_distance
from seed.therapists import Therapist
from seed.truth import (
    RESPECT_MEAN,
    RESPECT_SD,
    SHARED_BACKGROUND,
    STYLE_REACH,
    TRUTH_SESSION,
    growth,
)
from seed.world import World

_WORTH = 0.7
_MEAN_VARIANCE = 1.0
_PARTS = 8  # in which what profiles hide is kept

# How items are answered, as docs/seed.md says: what moves them besides fit.
_LEFT_OUT = ("consistency", "cultural_respect", "connection_quality", "privacy")
_TRUST_GROWTH, _RESPECT = 0.5, 2.5
_RESPECTED = 1.0 - SHARED_BACKGROUND  # share of culture that is respect


def beliefs(
    world: World,
    therapists: Sequence[Therapist],
    order: Sequence[int],
    past: Ratings,
    unseen: Sequence[Intake],
    kept: Codes | None,
) -> Beliefs:
    """The posterior of every new client with every therapist, in the roster's order.

    `order` is the roster row of each therapist; `kept` are the places of the ratings that are
    looked at, None for all.
    """
    if kept is not None:
        past = past.part(kept)
    size, count = len(therapists), len(unseen)
    group = past.client.astype(np.intp) * size + past.therapist
    value, noise = _fits(past, world)
    first, value, noise = pooled(group, value, noise, world.sd("pair") ** 2)
    cases, therapist = past.case[first], past.therapist[first].astype(np.intp)
    in_order = [therapists[place] for place in np.argsort(order)]
    sight = _Sight(world, in_order, [*past.intakes, *unseen], _heard(past, size))
    new = np.repeat(np.arange(count), size) + len(past.intakes), np.tile(np.arange(size), count)
    respect = _respect(past, world)
    prior = sight.prior()
    believed = prior.mean
    for _ in range(2):
        pairs = sight.design(believed, np.append(cases, new[0]), np.append(therapist, new[1]))
        known = Observations(pairs[: len(cases)], value, noise, past.client[first].astype(np.intp))
        seen_too = sight.with_respect(known, *respect)
        after = posterior(prior, seen_too, world.sd("leniency") ** 2)
        believed = after.mean
    return after.beliefs(pairs[len(cases) :], (count, size))


def _fits(past: Ratings, world: World) -> tuple[Floats, Floats]:
    """The fit behind each rating as at the session that fits are told for, and its noise."""
    fit, noise = _fit_of_session(past, world)
    grown = growth(past.session.astype(np.float64))
    later = growth(np.array(float(TRUTH_SESSION)))
    return fit - grown + later, noise + world.sd("session") ** 2


def _fit_of_session(past: Ratings, world: World) -> tuple[Floats, Floats]:
    """The fit of each session by its items, those left out that other things move as well."""
    items = past.items.astype(np.float64)
    items[:, [ORDER.index(name) for name in _LEFT_OUT]] = np.nan
    loading = np.array([ITEMS[name].loading for name in ORDER])
    level = np.array([ITEMS[name].offset for name in ORDER]) + world.mean * (1 - loading)
    levels = np.tile(level, (len(items), 1))
    grown = growth(past.session.astype(np.float64))
    levels[:, ORDER.index("trust")] += _TRUST_GROWTH * grown
    noise = np.array([ITEMS[name].noise for name in ORDER])
    return fits_behind(items, loading, levels, noise, (world.mean, world.variance**0.5))


def _respect(past: Ratings, world: World) -> tuple[Codes, Floats, Floats]:
    """What is said of cultural respect beyond fit: therapists, values in sd of respect, noises."""
    fit, noise = _fit_of_session(past, world)
    item, own = ITEMS["cultural_respect"], past.items[:, ORDER.index("cultural_respect")]
    rows = np.flatnonzero(np.isfinite(own))
    apart = own[rows] - world.mean - item.offset - item.loading * (fit[rows] - world.mean)
    spread = item.noise**2 + item.loading**2 * noise[rows]
    points = _RESPECT * RESPECT_SD
    therapist = past.therapist[rows].astype(np.intp)
    first, value, noise = pooled(therapist, apart / points, spread / points**2, 0.0)
    return therapist[first], value, noise


def _heard(past: Ratings, therapists: int) -> list[Heard]:
    """What clients said of the style of each therapist, on axes they had wished something on."""
    wishes = np.array([one.style.axes for one in past.intakes], np.float64).reshape(-1, 4)
    wish = wishes[past.case]
    row, axis = np.nonzero((past.style_seen != NOT_SAID) & np.isfinite(wish))
    found = []
    for therapist in range(therapists):
        at = np.flatnonzero(past.therapist[row] == therapist)
        answer = past.style_seen[row[at], axis[at]].astype(np.float64)
        found.append(Heard(axis[at], wish[row[at], axis[at]], answer))
    return found


@dataclass(frozen=True, slots=True)
class _Sight:
    """The world, its therapists in the roster's order, every intake that is looked at.

    `heard` is what clients said of each therapist's style.
    """

    world: World
    therapists: Sequence[Therapist]
    intakes: Sequence[Intake]
    heard: Sequence[Heard]

    @property
    def dimensions(self) -> tuple[str, ...]:
        return tuple(self.world.accommodation)

    @property
    def _needs(self) -> Codes:
        """The needs' columns that any intake names."""
        named = ClientTable.of(self.intakes).needs
        return np.flatnonzero(named.any(0))

    def _own(self) -> list[float]:
        """The sd of each therapist's own effects: in general, respect, needs, style, hidden."""
        sd = self.world.sd
        needs = [sd("therapist_need")] * len(self._needs)
        style = [sd("therapist_style")] * 4
        return [sd("therapist"), 1.0, *needs, *style, *[1.0] * _PARTS]

    def prior(self) -> Prior:
        worth = _WORTH * self.world.accommodation_scale
        sd = np.array([worth] * len(self.dimensions) + self._own() * len(self.therapists))
        mean = np.zeros(1 + sd.size)
        mean[0] = self.world.mean + growth(np.array(float(TRUTH_SESSION)))
        mean[1 : 1 + len(self.dimensions)] = worth
        return Prior(mean, np.concatenate([[_MEAN_VARIANCE], sd**2]))

    def with_respect(
        self, known: Observations, therapist: Codes, value: Floats, noise: Floats
    ) -> Observations:
        """The observations, and what was said of respect besides."""
        size, width = len(self.therapists), len(self._own())
        own = np.zeros((len(therapist), width))
        own[:, 1] = 1.0
        nothing = np.zeros((len(therapist), 1 + len(self.dimensions)))
        rows = pair_design(nothing, own, therapist, size)
        return Observations(
            csr_array(vstack([known.design, rows])),
            np.append(known.value, value),
            np.append(known.noise, noise),
            np.append(known.client, np.full(len(therapist), -1)),
        )

    def design(self, believed: Floats, case: Codes, therapist: Codes) -> csr_array:
        """A row a pair of intake and therapist; the weights of what is hidden as `believed`."""
        weights = believed[1 : 1 + len(self.dimensions)]
        clients = ClientTable.of(self.intakes)
        rows, culture = len(case), self.dimensions.index("culture")
        importance = np.stack([clients.importance[name] for name in self.dimensions], 1)[case]
        shared, hidden = np.empty((rows, len(self.dimensions))), np.zeros((rows, _PARTS))
        for one, person in enumerate(self.therapists):
            at = np.flatnonzero(therapist == one)
            table = look_alikes(person, self.world.skew, self.heard[one])
            scores = self._met(table, _part(clients, case[at]))
            mean = scores.mean(2)
            shared[at] = importance[at] * (mean.T - 0.5)
            apart = np.einsum("d,nd,dns->ns", weights, importance[at], scores - mean[:, :, None])
            parts = np.linalg.svd(apart, full_matrices=False)
            most = min(_PARTS, parts[1].size)
            hidden[at, :most] = parts[0][:, :most] * parts[1][:most] / scores.shape[2] ** 0.5
        respect = weights[culture] * importance[:, [culture]] * _RESPECTED * RESPECT_SD
        needs = clients.needs[case][:, self._needs]
        own = np.hstack([np.ones((rows, 1)), respect, needs, _direction(clients.style)[case]])
        level = np.hstack([np.ones((rows, 1)), shared])
        return pair_design(level, np.hstack([own, hidden]), therapist, len(self.therapists))

    def _met(self, table: TherapistTable, clients: ClientTable) -> Floats:
        """(dimensions, n, look-alikes): how far wishes are met by those who could be this one."""
        scores = met(clients, table)
        scores["culture"] = SHARED_BACKGROUND * scores["culture"] + _RESPECTED * RESPECT_MEAN
        if self.world.thresholds:
            near = style_distance(clients, table) <= STYLE_REACH
            scores["communication_style"] = near.astype(np.float64)
            scores["needs"] = (scores["needs"] > 0.999).astype(np.float64)
        stack = np.stack([scores[name] for name in self.dimensions])
        return np.nan_to_num(stack, nan=0.5)


def _part(clients: ClientTable, rows: Codes) -> ClientTable:
    def of(column: Any) -> Any:
        return {name: of(one) for name, one in column.items()} if isinstance(
            column, Mapping) else column[rows]  # fmt: skip

    return ClientTable(*(of(getattr(clients, field.name)) for field in fields(clients)))


def _direction(style: Floats) -> Floats:
    """Style wishes as vectors of length 1; zeros where nothing is stated."""
    stated: Floats = np.nan_to_num(style)
    length: Floats = np.sqrt((stated**2).sum(1, keepdims=True))
    return stated / np.where(length > 0, length, 1.0)
