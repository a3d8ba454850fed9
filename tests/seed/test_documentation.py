"""docs/seed.md says what the code does."""

import re
from pathlib import Path

from seed.clinic import DEFAULT_TODAY, ClinicSpec
from seed.world import WORLDS

PAGE = (Path(__file__).parents[2] / "docs" / "seed.md").read_text(encoding="utf-8")
WORDS = {"communication_style": "style"}


def test_every_world_is_documented() -> None:
    assert re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE) == list(WORLDS)


def test_the_shares_of_the_balanced_world_are_documented() -> None:
    world = WORLDS["balanced"]
    for part, row in (
        ("leniency", "leniency of the client"), ("therapist", "therapist"),
        ("therapist_need", "therapist × need"), ("therapist_style", "therapist × style"),
        ("pair", "pair, knowable only by meeting"), ("session", "session"),
    ):  # fmt: skip
        assert f"| {row} | {100 * getattr(world, part):g} % |" in PAGE
    points = [f"{WORDS.get(name, name)} {points:g}" for name, points in world.accommodation.items()]
    assert all(one in PAGE for one in points)


def test_the_defaults_are_documented() -> None:
    spec = ClinicSpec()
    assert f"[--seed {spec.seed}] [--therapists {spec.therapists}]" in PAGE
    assert f"[--clients {spec.past_clients}] [--unseen {spec.unseen_clients}]" in PAGE
    assert DEFAULT_TODAY.isoformat() in PAGE
