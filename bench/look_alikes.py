"""Who could have written a profile: the therapists of a synthetic clinic who look like somebody."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from bench.dataset import Codes, Floats
from matching.profile import Profile
from seed.clinic import DEFAULT_TODAY
from seed.style_seen import NOTICED
from seed.tables import CODES, TherapistTable, indicators
from seed.therapists import Skew, Therapist, draw_therapists, seen

_POPULATION, _SEED = 3_000, 104_729  # a clinic that nothing is measured on
_ALIKE = 120  # who look most like somebody
_BLANK = ("gender", "cultures", "communities", "needs", "modalities")
_RIDGE = 3.0
_NOISE = 0.2  # of what one client says of a style, on −1..1
_GRID = np.linspace(-1.0, 1.0, 201)


@dataclass(frozen=True, slots=True)
class Heard:
    """What clients said of one therapist's style: axes, what they wished, −1, 0 or 1; (n,) each."""

    axis: Codes
    wish: Floats
    answer: Floats


def look_alikes(person: Therapist, skew: Skew, heard: Heard) -> TherapistTable:
    """Those who could be behind the profile of `person`, each as complete as the truth is.

    What the profile tells is theirs; what it leaves blank they have from the most similar of a
    large population. Their style is what those who tell such a style are like, if clients say of
    it what they said.
    """
    shown, everybody = seen(person), _population(skew)
    alike = _most_alike(shown, everybody)
    blank = [name for name in _BLANK if not getattr(shown, name)]
    profiles = []
    for one in alike:
        donor = everybody.therapists[one].profile
        gaps: dict[str, Any] = {name: getattr(donor, name) for name in blank}
        profiles.append(replace(shown, **gaps))
    return TherapistTable.of(profiles, _styles(shown, alike, everybody, heard))


@dataclass(frozen=True, slots=True)
class _Population:
    """Therapists, what their profiles tell, and how the style met follows from it.

    `told`, `met` (n, 4); `shown` (n, codes) methods and needs; `empty` (n, blanks) bool. `slopes`
    (1 + 1 + codes, 4) gives the style met on an axis from 1, the axis told and the codes, `plain`
    (2, 4) without the codes; `rest`, `plain_rest` (4,) are the sd of what is left.
    """

    therapists: Sequence[Therapist]
    told: Floats
    met: Floats
    shown: Floats
    empty: NDArray[np.bool_]
    slopes: Floats
    rest: Floats
    plain: Floats
    plain_rest: Floats


@lru_cache(maxsize=4)
def _population(skew: Skew) -> _Population:
    therapists = draw_therapists(_SEED, _POPULATION, DEFAULT_TODAY, skew)
    profiles = [seen(one) for one in therapists]
    told, met = _told(profiles), np.array([one.style_met for one in therapists])
    shown, empty = _shown(profiles), _empty(profiles)
    whole = np.isfinite(told).all(1) & ~empty[:, 3:].any(1)
    slopes, rest = _regression(told[whole], met[whole], shown[whole])
    plain, plain_rest = _regression(told[whole], met[whole], shown[whole][:, :0])
    return _Population(therapists, told, met, shown, empty, slopes, rest, plain, plain_rest)


def _regression(told: Floats, met: Floats, shown: Floats) -> tuple[Floats, Floats]:
    slopes, rest = np.empty((2 + shown.shape[1], 4)), np.empty(4)
    penalty = np.diag([0.0, 0.0, *[_RIDGE] * shown.shape[1]])
    for axis in range(4):
        columns = np.hstack([np.ones((len(told), 1)), told[:, [axis]], shown])
        slopes[:, axis] = np.linalg.solve(columns.T @ columns + penalty, columns.T @ met[:, axis])
        rest[axis] = np.std(met[:, axis] - columns @ slopes[:, axis])
    return slopes, rest


def _most_alike(profile: Profile, everybody: _Population) -> Codes:
    own, empty, told = _shown([profile])[0], _empty([profile])[0], _told([profile])[0]
    both = everybody.shown @ own
    either = everybody.shown.sum(1) + own.sum() - both
    gap = np.abs(everybody.told - told)
    near = 1.0 - np.where(np.isfinite(gap), gap, 0.5).mean(1)
    likeness = both / np.maximum(either, 1.0) + near + (everybody.empty == empty).sum(1)
    return np.argsort(-likeness, kind="stable")[:_ALIKE]


def _styles(profile: Profile, alike: Codes, everybody: _Population, heard: Heard) -> Floats:
    """(look-alikes, 4): drawn from what is believed of each axis."""
    rng, told = np.random.default_rng(0), _told([profile])[0]
    styles = np.empty((len(alike), 4))
    for axis in range(4):
        mean, sd = everybody.met[alike, axis].mean(), everybody.met[alike, axis].std()
        if np.isfinite(told[axis]):
            mean, sd = _expected(profile, axis, everybody)
        log = -0.5 * ((_GRID - mean) / sd) ** 2
        said = heard.axis == axis
        for wish, answer in zip(heard.wish[said], heard.answer[said], strict=True):
            log += np.log(np.maximum(_chance(answer, wish - _GRID), 1e-12))
        chance = np.exp(log - log.max()).cumsum()
        even = (rng.permutation(len(alike)) + 0.5) / len(alike)
        styles[:, axis] = _GRID[np.searchsorted(chance, even * chance[-1])]
    return styles


def _expected(profile: Profile, axis: int, everybody: _Population) -> tuple[float, float]:
    """Mean and sd of the style met on an axis, by what the profile tells."""
    known = bool(profile.needs and profile.modalities)
    columns = [1.0, float(_told([profile])[0, axis]), *(_shown([profile])[0] if known else ())]
    slopes, rest = (
        (everybody.slopes, everybody.rest) if known else (everybody.plain, everybody.plain_rest)
    )
    return float(np.array(columns) @ slopes[:, axis]), float(rest[axis])


def _chance(answer: float, gap: Floats) -> Floats:
    """The chance that a client says so of an axis that is `gap` less than wished."""
    more, less = ndtr((gap - NOTICED) / _NOISE), ndtr((-gap - NOTICED) / _NOISE)
    chance: Floats = {1.0: more, -1.0: less, 0.0: 1.0 - more - less}[float(answer)]
    return chance


def _told(profiles: Sequence[Profile]) -> Floats:
    return np.array([one.style for one in profiles], dtype=np.float64)


def _shown(profiles: Sequence[Profile]) -> Floats:
    methods = indicators([one.modalities for one in profiles], CODES["modality"])
    return np.hstack([methods, indicators([one.needs for one in profiles], CODES["needs"])])


def _empty(profiles: Sequence[Profile]) -> NDArray[np.bool_]:
    return np.array([[not getattr(one, name) for name in _BLANK] for one in profiles])
