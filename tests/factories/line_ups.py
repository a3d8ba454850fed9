"""One request under two weightings: line-ups, and therapists who differ in few things."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.availability import Availability
from matching.engine import LineUp, lined_up
from matching.learning.learned import Learned
from matching.roster import Roster
from matching.weighting import Weighting
from tests.factories.fit_models import random_model
from tests.factories.matching import (
    KEY,
    NOW,
    RULES,
    VOCABULARY,
    World,
    dice,
    random_weighting,
    random_world,
)


def line_up(world: World, weighting: Weighting | None = None, **asked: Any) -> LineUp:
    """A world's request, or that with some fields changed, as a weighting has it."""
    roster = Roster.compile(world.profiles)
    return lined_up(
        replace(world.intake, **asked),
        roster,
        Availability.compile(roster, world.free),
        weighting or world.weighting,
        vocabulary=VOCABULARY,
        rules=RULES,
        clinic_key=KEY,
        now=NOW,
        learned=Learned.on(world.model, roster) if world.model else None,
    )


def ids_of(world: World) -> tuple[str, ...]:
    return tuple(Roster.compile(world.profiles).ids)


def boundless(world: World) -> NDArray[np.float64]:
    """Everybody has room for anybody."""
    return np.full(len(world.profiles), np.inf)


def two_weightings(seed: int, size: int = 12) -> tuple[World, Weighting]:
    """A random world, now and then with a model, and a weighting that is not its own."""
    world = random_world(seed, size)
    if seed % 2:
        world = replace(world, model=random_model(seed, world.profiles))
    return world, random_weighting(dice(seed + 1))
