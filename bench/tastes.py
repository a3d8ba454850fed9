"""Clients of a synthetic clinic whose truth is more than what they say, part by part.

A wish as told may be off from the style that suits, and how much each thing matters to a client is
coarser in words than in truth. With `Tastes()` both are as told, which is the world of `seed`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from bench.dataset import Codes, Dataset, Floats
from matching.intake import Intake
from matching.learning.ratings import Ratings
from matching.profile import StyleAxes
from matching.shared_codes import SHARED
from matching.vocabulary import STYLE_AXES
from seed.clinic import DEFAULT_TODAY
from seed.sight import true_table
from seed.style_seen import NOTICED
from seed.tables import ClientTable, TherapistTable
from seed.therapists import draw_therapists
from seed.truth import draw_effects, fit_parts
from seed.world import WORLDS

STYLE = "communication_style"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tastes:
    """How far truth lies from words, both choices.

    `told` is the standard deviation, on −1..1, of a style wish as told about the true one;
    `matters` that of the logarithm of how much a wish, or one axis of style, matters to a client
    beyond its stated importance, the mean being 1.
    """

    name: str = "as told"
    told: float = 0.0
    matters: float = 0.0


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of n clients with J therapists, in the order of the roster.

    Attributes:
        parts: by part of the fit (n, J), in points; `pair` is what only meeting shows.
        axes: style by its axes, (n, J, 4), points.
        fit: (n, J), what can be known of a pair; without the pair's own part.
        gap: the style met less the style that suits, (n, J, 4), NaN where no wish is stated.
    """

    parts: Mapping[str, Floats]
    axes: Floats
    fit: Floats
    gap: Floats

    def seen(self, client: int, therapist: int) -> StyleAxes:
        """What a client says of the style met: less (−1), right (0), more (1) of each axis."""
        gap = self.gap[client, therapist].tolist()
        told = [None if g != g else float((g < -NOTICED) - (g > NOTICED)) for g in gap]  # noqa: PLR0124
        return (told[0], told[1], told[2], told[3])


def truth_of(dataset: Dataset, tastes: Tastes, rng: np.random.Generator) -> Truth:
    """The truth of a dataset's unseen clients, whose intakes are what suits them."""
    world, (table, place) = WORLDS[dataset.world], _therapists_of(dataset)
    effects = draw_effects(dataset.seed, len(place), len(SHARED["needs"]), world)
    clients = ClientTable.of(dataset.unseen)
    parts = {
        name: part[:, place] for name, part in fit_parts(clients, table, effects, world).items()
    }
    level = dataset.true_fit - sum(parts.values(), np.zeros(()))

    def matters(*shape: int) -> Floats:
        drawn: Floats = np.exp(tastes.matters * rng.standard_normal(shape) - tastes.matters**2 / 2)
        return drawn

    count = len(dataset.unseen)
    gap = table.style[place][None] - clients.style[:, None]
    stated = np.maximum(np.isfinite(clients.style).sum(1), 1)
    points = world.accommodation_scale * world.accommodation[STYLE] * clients.importance[STYLE]
    plain = (points / stated)[:, None, None] * np.where(np.isfinite(gap), 0.5 - np.abs(gap), 0.0)
    axes = plain * matters(count, 1, len(STYLE_AXES))
    for name in world.accommodation:
        if name == STYLE:
            # Very far off a style is no worse for being farther: what `plain` leaves out.
            parts[name] += (axes - plain).sum(2)
        else:
            parts[name] *= matters(count, 1)
    fit = level + sum(parts.values(), np.zeros(()))
    parts["pair"] = dataset.pair_sd * rng.standard_normal(fit.shape)
    return Truth(parts, axes, fit, gap)


def style_of(dataset: Dataset) -> Floats:
    """The style that clients of each therapist meet, (4, J) in the order of the roster."""
    table, place = _therapists_of(dataset)
    style: Floats = table.style[place].T
    return style


def _therapists_of(dataset: Dataset) -> tuple[TherapistTable, Codes]:
    """Therapists as they are, and by row of the roster the place of each in the table."""
    skew = WORLDS[dataset.world].skew
    therapists = draw_therapists(dataset.seed, len(dataset.roster), DEFAULT_TODAY, skew)
    order = [dataset.roster.rows_of_reference(one.profile.reference)[0] for one in therapists]
    return true_table(therapists), np.argsort(order)


def told(intake: Intake, tastes: Tastes, rng: np.random.Generator) -> Intake:
    """What a client says who wants what an intake has."""
    off = tastes.told * rng.standard_normal(len(STYLE_AXES))
    said = [
        wish if wish is None or not tastes.told else float(np.clip(round(wish + by, 1), -1, 1))
        for wish, by in zip(intake.style.axes, off.tolist(), strict=True)
    ]
    axes = (said[0], said[1], said[2], said[3])
    return replace(intake, style=replace(intake.style, axes=axes))


def told_ratings(ratings: Ratings, tastes: Tastes, rng: np.random.Generator) -> Ratings:
    """Past ratings with what their clients said they wanted."""
    return replace(ratings, intakes=tuple(told(one, tastes, rng) for one in ratings.intakes))
