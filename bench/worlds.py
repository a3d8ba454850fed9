"""Simple clinics with a known truth, made independently of `seed`: what is true in them.

For client i, therapist j and session s, in points of 0..10::

    fit(i, j, s) = mean + growth(s) + leniency_i + therapist_j + need_j · n_i + style_j · w_i
                 + culture_j · c_i + Σ_d weight_d · importance_id · (met_ijd − ½) + pair_ij
                 + session_ijs

`n_i` are the client's needs, of length 1, `w_i` the style wished for, `c_i` 1 where culture was
asked. The weights are hidden and differ from the clinic's. Everything else about a world is in
`World`; all figures are choices, made so that content alone reaches what it does in other clinics.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from bench.dataset import Codes, Floats
from matching.weighting import DEFAULT_WEIGHTS

NEEDS = (
    "anxiety", "depression", "grief", "trauma", "ocd", "stress", "relationships", "identity",
    "adhd", "substance_use",
)  # fmt: skip
CULTURES = ("latine", "african_american", "east_asian", "south_asian", "lgbtq", "immigrants")
COMMUNITIES = frozenset({"lgbtq", "immigrants"})
MODALITIES = ("cbt", "act", "psychodynamic", "person_centred", "emdr", "ifs")
GENDERS = ("woman", "man", "non_binary")
DIMENSIONS = ("communication_style", "gender", "culture", "modality", "needs")
STYLE, GENDER, CULTURE, MODALITY, NEED = range(len(DIMENSIONS))

MEAN = 7.0
GROWTH, GROWTH_SESSIONS = 0.5, 4.0
TRUTH_SESSION = 6  # the session that expected fits are told for
STYLE_SD = 0.45  # of therapists and of wishes, an axis
NEAR = 0.45  # mean distance that is near enough, in a world of thresholds


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Standard deviations in points of fit, but for `content` and the flags.

    `content` is what a strong wish met in full is worth, on average over dimensions; each
    dimension's own hidden weight is drawn about it. `new` is the share of therapists who joined at
    the end of the history. `shift` is what therapists add to their style
    when they describe it, with sd `shift_sd` of their own.
    """

    name: str
    leniency: float = 0.8
    therapist: float = 0.45
    need: float = 0.4
    style: float = 0.25
    culture: float = 0.25
    content: float = 0.7
    pair: float = 0.5
    session: float = 0.6
    new: float = 0.2
    thresholds: bool = False
    shift: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    shift_sd: float = 0.0


WORLDS: Mapping[str, World] = MappingProxyType(
    {
        world.name: world
        for world in (
            World(name="simple_balanced"),
            World(name="simple_preference", therapist=0.35, need=0.2, style=0.15, content=1.1),
            World(name="simple_therapist", therapist=0.85, need=0.2, style=0.15, content=0.5),
            World(name="simple_need", therapist=0.3, need=0.75, style=0.15, content=0.5),
            World(name="simple_thresholds", thresholds=True, content=0.5),
            World(
                name="simple_shifted", content=1.0, shift=(0.3, -0.6, 0.6, 0.2), shift_sd=0.35
            ),
        )
    }
)  # fmt: skip

# How far a dimension's weight lies from what `World.content` says, as the sd of its logarithm, and
# what the dimensions count relative to each other before that.
WEIGHT_SPREAD = 0.6
RELATIVE: Mapping[str, float] = MappingProxyType(
    {
        "communication_style": 1.6,
        "gender": 0.5,
        "culture": 0.8,
        "modality": 0.6,
        "needs": 1.5,
    }
)


@dataclass(frozen=True, slots=True)
class Clients:
    """What n clients ask for.

    `style` (n, 4) wished for, NaN where not; `needs`, `cultures`, `genders` and `modalities`
    (n, codes) 0 or 1; `importance` (n, dimensions) 0 where not asked, ½ some, 1 strong.
    """

    style: Floats
    needs: Floats
    cultures: Floats
    genders: Floats
    modalities: Floats
    importance: Floats

    def part(self, index: Codes) -> "Clients":
        """Some of them."""
        return Clients(*(getattr(self, name)[index] for name in self.__slots__))

    @property
    def need_slopes(self) -> Floats:
        """(n, needs): of length 1."""
        slopes: Floats = self.needs / np.sqrt(self.needs.sum(1, keepdims=True))
        return slopes

    @property
    def style_slopes(self) -> Floats:
        """(n, 4): 0 where not asked."""
        return np.nan_to_num(self.style) / STYLE_SD / 2.0


@dataclass(frozen=True, slots=True)
class Therapists:
    """What is true of J therapists that a profile could say.

    `told` and `met` (J, 4), the style by themselves and as clients meet it; the others (J, codes)
    0 or 1.
    """

    told: Floats
    met: Floats
    needs: Floats
    cultures: Floats
    genders: Floats
    modalities: Floats


@dataclass(frozen=True, slots=True)
class Effects:
    """What is true beyond profiles, in points.

    `weights` (dimensions,), `therapist` and `culture` (J,), `need` (J, needs), `style` (J, 4).
    """

    weights: Floats
    therapist: Floats
    culture: Floats
    need: Floats
    style: Floats


def draw_clients(rng: np.random.Generator, count: int) -> Clients:
    """Clients who ask for culture by a third, for the rest by more or less than half."""
    style = np.clip(rng.normal(0.1, STYLE_SD, (count, 4)), -1, 1).round(1)
    style[rng.random((count, 4)) < 0.15] = np.nan
    asked = rng.random((count, len(DIMENSIONS))) < (0.8, 0.4, 0.33, 0.45, 1.0)
    strong = rng.random(asked.shape) < 0.5
    importance = np.where(asked, np.where(strong, 1.0, 0.5), 0.0)
    importance[:, NEED] = 1.0
    style[~asked[:, STYLE]] = np.nan
    importance[np.isnan(style).all(1), STYLE] = 0.0
    return Clients(
        style=style,
        needs=_some(rng, count, len(NEEDS), rng.integers(1, 4, count)),
        cultures=_some(rng, count, len(CULTURES), asked[:, CULTURE].astype(int)),
        genders=_some(rng, count, len(GENDERS), asked[:, GENDER].astype(int)),
        modalities=_some(rng, count, len(MODALITIES), 2 * asked[:, MODALITY]),
        importance=importance,
    )


def draw_therapists(rng: np.random.Generator, count: int, world: World) -> Therapists:
    """Therapists with whole profiles."""
    met = np.clip(rng.normal(0.0, STYLE_SD, (count, 4)), -1, 1)
    told = met + np.array(world.shift) + world.shift_sd * rng.standard_normal((count, 4))
    told = np.clip(told, -1, 1).round(2)
    return Therapists(
        told=told,
        met=met if world.shift_sd else told,
        needs=_some(rng, count, len(NEEDS), rng.integers(3, 8, count)),
        cultures=_some(rng, count, len(CULTURES), rng.integers(0, 4, count)),
        genders=_some(rng, count, len(GENDERS), np.ones(count, int)),
        modalities=_some(rng, count, len(MODALITIES), rng.integers(1, 4, count)),
    )


def draw_effects(rng: np.random.Generator, therapists: int, world: World) -> Effects:
    """Independent effects; in a world of thresholds a therapist suits a need or does not."""
    relative = np.array([RELATIVE[name] for name in DIMENSIONS])
    weights = world.content * relative * np.exp(rng.normal(0, WEIGHT_SPREAD, len(DIMENSIONS)))
    need = rng.standard_normal((therapists, len(NEEDS)))
    return Effects(
        weights=weights,
        therapist=world.therapist * rng.standard_normal(therapists),
        culture=world.culture * rng.standard_normal(therapists),
        need=world.need * (np.sign(need) if world.thresholds else need),
        style=world.style * rng.standard_normal((therapists, 4)),
    )


def met(clients: Clients, therapists: Therapists, style: Floats, thresholds: bool) -> Floats:
    """(dimensions, n, J): how far each wish is met, 0..1; ½ where it was not asked."""
    needs = clients.needs @ therapists.needs.T / clients.needs.sum(1, keepdims=True)
    scores = np.stack(
        [
            style_met(clients.style, style, thresholds),
            clients.genders @ therapists.genders.T > 0,
            clients.cultures @ therapists.cultures.T > 0,
            clients.modalities @ therapists.modalities.T > 0,
            needs > 0.999 if thresholds else needs,
        ]
    ).astype(np.float64)
    asked = clients.importance.T[:, :, None] > 0
    return np.where(asked, scores, 0.5).astype(np.float64)


def style_met(wished: Floats, style: Floats, thresholds: bool) -> Floats:
    """(n, J): 1 − the mean distance over the axes asked; near enough or not with thresholds."""
    asked = np.isfinite(wished)
    gap = np.abs(np.nan_to_num(wished)[:, None, :] - style[None]) * asked[:, None, :]
    distance = gap.sum(2) / np.maximum(asked.sum(1), 1)[:, None]
    if thresholds:
        return np.asarray(distance <= NEAR, np.float64)
    return np.asarray(np.maximum(0.0, 1.0 - distance))


def expected_fit(
    clients: Clients, therapists: Therapists, effects: Effects, world: World
) -> Floats:
    """(n, J): the fit of every pair at `TRUTH_SESSION`, leniency and chance left out."""
    scores = met(clients, therapists, therapists.met, world.thresholds)
    content = np.einsum("d,nd,dnj->nj", effects.weights, clients.importance, scores - 0.5)
    fit: Floats = (
        MEAN
        + growth(np.array([TRUTH_SESSION]))
        + effects.therapist
        + clients.need_slopes @ effects.need.T
        + clients.style_slopes @ effects.style.T
        + (clients.importance[:, [CULTURE]] > 0) * effects.culture
        + content
    )
    return fit


def on_paper(clients: Clients, therapists: Therapists) -> Floats:
    """(n, J), 0..1: the clinic's default weights applied to what profiles say."""
    weights = np.array([DEFAULT_WEIGHTS[name] for name in DIMENSIONS]) * clients.importance
    scores = met(clients, therapists, therapists.told, False)
    looks: Floats = np.einsum("nd,dnj->nj", weights / weights.sum(1, keepdims=True), scores)
    return looks


def growth(session: Codes) -> Floats:
    """Points by which fit has grown at a session (1, 2, …): 0 at the first."""
    grown: Floats = GROWTH * (1.0 - np.exp(-(session - 1.0) / GROWTH_SESSIONS))
    return grown


def _some(rng: np.random.Generator, rows: int, codes: int, count: Codes) -> Floats:
    """(rows, codes): `count` of each row's codes are 1."""
    order = rng.random((rows, codes)).argsort(1).argsort(1)
    return (order < np.asarray(count)[:, None]).astype(np.float64)
