"""Worlds: what is true of fit in a synthetic clinic, in numbers. docs/seed.md says where from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from seed.therapists import Skew

# Points of fit (0..10) between a strong wish met in full and not met at all.
BALANCED_ACCOMMODATION: Mapping[str, float] = MappingProxyType(
    {
        "communication_style": 1.7,
        "gender": 0.35,
        "culture": 1.4,
        "language": 0.6,
        "modality": 0.4,
        "needs": 0.75,
        "format": 0.25,
        "schedule": 0.15,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The parameters of one world.

    `mean` is the mean fit of a first session and `variance` the nominal variance of one session's
    fit between and within clients, both on 0..10 (points, points²). The shares are of `variance`:
    `leniency` between clients, `therapist`, `therapist_need` and `therapist_style` for effects of
    a therapist, `pair` for what nobody can know beforehand, `session` for the day's form.
    `accommodation` is in points, times `accommodation_scale`. With `thresholds` a wish is met or
    not, nothing between, and a therapist suits a need or does not.
    """

    name: str
    mean: float = 6.9
    variance: float = 2.4
    leniency: float = 0.35
    therapist: float = 0.065
    therapist_need: float = 0.05
    therapist_style: float = 0.02
    pair: float = 0.14
    session: float = 0.30
    accommodation: Mapping[str, float] = field(default_factory=lambda: BALANCED_ACCOMMODATION)
    accommodation_scale: float = 1.0
    thresholds: bool = False
    skew: Skew = field(default_factory=Skew)

    def sd(self, part: str) -> float:
        """The standard deviation of one part, in points of fit."""
        share: float = getattr(self, part)
        return float((share * self.variance) ** 0.5)


WORLDS: Mapping[str, World] = MappingProxyType(
    {
        world.name: world
        for world in (
            World(name="balanced"),
            World(
                name="preference",
                therapist=0.02, therapist_need=0.01, therapist_style=0.005,
                accommodation_scale=1.8,
            ),
            World(
                name="therapist",
                therapist=0.14, therapist_need=0.02, therapist_style=0.01,
                accommodation_scale=0.6,
            ),
            World(
                name="therapist_need",
                therapist=0.03, therapist_need=0.12, therapist_style=0.01,
                accommodation_scale=0.6,
            ),
            World(name="thresholds", thresholds=True, accommodation_scale=0.75),
            World(
                name="skewed", accommodation_scale=1.3,
                skew=Skew(shift=(0.2, -0.5, 0.5, 0.1), sd=0.3),
            ),
        )
    }
)  # fmt: skip
