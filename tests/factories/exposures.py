"""Line-ups of random worlds, with whose exposure fell short."""

import numpy as np
from numpy.typing import NDArray

from matching.availability import Availability
from matching.engine import LineUp, lined_up
from matching.exposure import STEP
from matching.learning.learned import Learned
from matching.roster import Roster
from tests.factories.matching import KEY, NOW, RULES, VOCABULARY, World

Floats = NDArray[np.float64]


def world_lined_up(
    world: World, shortfall: Floats | None = None
) -> tuple[LineUp, Roster, Learned | None]:
    """The line-up of a world, the roster that it is of, and the model on that."""
    roster = Roster.compile(world.profiles)
    learned = Learned.on(world.model, roster) if world.model else None
    found = lined_up(
        world.intake, roster, Availability.compile(roster, world.free), world.weighting,
        vocabulary=VOCABULARY, rules=RULES, clinic_key=KEY, now=NOW, learned=learned,
        shortfall=shortfall,
    )  # fmt: skip
    return found, roster, learned


def drawn_shortfalls(seed: int, size: int) -> Floats:
    """Shortfalls in steps, of whom a half has none."""
    random = np.random.default_rng(seed)
    drawn = random.integers(0, 21, size) * (random.random(size) < 0.5)
    return np.asarray(drawn * STEP, np.float64)
