"""How far a weight can move: held against ranking again with the weight moved."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.availability import Availability
from matching.engine import lined_up
from matching.intake import AnyOf, Importance
from matching.learning.learned import Learned
from matching.roster import Roster
from matching.sensitivity import BOUND, Tipping, reaches, tipping
from matching.vocabulary import DIMENSIONS
from tests.factories.fit_models import taught_world
from tests.factories.matching import (
    KEY,
    NOW,
    VOCABULARY,
    World,
    changed,
    profile,
    random_world,
    weighting,
)

_ABOUT = 1e-6


def _arguments(world: World) -> dict[str, Any]:
    roster = Roster.compile(world.profiles)
    return {
        "intake": world.intake,
        "roster": roster,
        "availability": Availability.compile(roster, world.free),
        "weighting": replace(world.weighting, near_tie=0.0),
        "vocabulary": VOCABULARY,
        "rules": world.rules,
        "clinic_key": KEY,
        "now": NOW,
        "learned": Learned.on(world.model, roster) if world.model else None,
    }


def _moved(arguments: Mapping[str, Any], dimension: str, factor: float) -> dict[str, Any]:
    """The same with one weight so many times as large."""
    now = arguments["weighting"]
    weights = {**now.weights, dimension: now.weights[dimension] * factor}
    return {**arguments, "weighting": replace(now, weights=weights)}


def _first(arguments: Mapping[str, Any]) -> int | None:
    pool = lined_up(**arguments).pool
    return int(pool.rows[0]) if pool.rows.size else None


def _clearly(arguments: Mapping[str, Any]) -> bool:
    """Whether the best two scores differ by more than sums in another order could."""
    total = lined_up(**arguments).pool.total
    return total.size < 2 or bool(total[0] - total[1] > 1e-9)


@pytest.mark.parametrize("made", [random_world, taught_world], ids=("content", "learned"))
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), size=st.integers(2, 40), part=st.floats(0.01, 0.999))
def test_the_first_changes_just_beyond_the_factor_and_never_before(
    made: Any, seed: int, size: int, part: float
) -> None:
    arguments = _arguments(made(seed, size, varied=False))
    found, now = tipping(**arguments), _first(arguments)
    for at in np.flatnonzero(found.asked).tolist():
        for factor, last, way in ((found.down[at], 0.0, -1), (found.up[at], BOUND, 1)):
            assert (factor - 1) * way >= 0
            edge = factor if np.isfinite(factor) else last
            for short_of in (part, 1 - _ABOUT):
                before = _moved(arguments, DIMENSIONS[at], 1 + (edge - 1) * short_of)
                assert _first(before) == now or not _clearly(before)
            # Where the edge is 0 there is nothing beyond it.
            if np.isfinite(factor) and factor > _ABOUT:
                beyond = _moved(arguments, DIMENSIONS[at], factor * (1 + way * _ABOUT))
                assert _first(beyond) != now or not _clearly(beyond)


def _two(**weights: float) -> dict[str, Any]:
    """A woman who offers nothing else, and a man who offers what was asked for."""
    people = (profile(1, gender="woman", modalities=("act",)),
              profile(2, gender="man", modalities=("cbt",)))  # fmt: skip
    asked = changed(
        World(()).intake, gender=AnyOf(("woman",), Importance.SOME),
        modality=AnyOf(("cbt",), Importance.SOME),
    )  # fmt: skip
    return _arguments(World(people, intake=asked, weighting=weighting(**weights)))


def _factors(found: Tipping) -> dict[str, Any]:
    return {
        name: (found.down[at], found.up[at])
        for at, name in enumerate(DIMENSIONS)
        if found.asked[at]
    }


def test_two_wishes_that_two_therapists_meet_tip_where_their_weights_are_equal() -> None:
    found = _factors(tipping(**_two(gender=0.2, modality=0.1)))
    assert found["gender"] == (pytest.approx(0.5), np.inf)
    assert found["modality"] == (-np.inf, pytest.approx(2.0))


def test_beyond_the_bound_is_as_good_as_never() -> None:
    assert _factors(tipping(**_two(gender=1, modality=1 / 99)))["modality"][1] == pytest.approx(99)
    assert np.isinf(_factors(tipping(**_two(gender=1, modality=1 / 101)))["modality"][1])


def test_a_tie_has_no_way_to_go() -> None:
    found = _factors(tipping(**_two(gender=0.1, modality=0.1)))
    assert sorted([found["gender"], found["modality"]], key=str) == sorted(
        [(-np.inf, 1.0), (1.0, np.inf)], key=str
    )


def test_a_therapist_far_behind_is_looked_at_too() -> None:
    """With more at the front than are ever arranged, who would rise is behind all of them."""
    arguments = _two(gender=0.2, modality=0.1)
    women = tuple(profile(number, gender="woman", modalities=("act",)) for number in range(300))
    man = profile(999, gender="man", modalities=("cbt",))
    roster = Roster.compile((*women, man))
    arguments |= {"roster": roster, "availability": Availability.compile(roster, ())}
    assert _factors(tipping(**arguments))["gender"] == (pytest.approx(0.5), np.inf)


def test_who_is_trusted_counts_as_much_as_ever_while_weights_move() -> None:
    arguments = _two(gender=0.2, modality=0.1)
    arguments["intake"] = changed(arguments["intake"], referred_to=("t-2",))
    found = _factors(tipping(**arguments))
    factor = found["gender"][0]
    # 0.9 · g / (g + 0.1) = 0.9 · 0.1 / (g + 0.1) + 0.1
    assert 0.2 * factor == pytest.approx(0.125)


def test_nobody_to_choose_between_or_nothing_asked_never_tips() -> None:
    nobody = _arguments(World(()))
    alone = _arguments(World((profile(1),), intake=_two(gender=1)["intake"]))
    nothing = _arguments(World((profile(1), profile(2))))
    for arguments in (nobody, alone, nothing):
        found = tipping(**arguments)
        assert np.isneginf(found.down).all()
        assert np.isposinf(found.up).all()
    assert not tipping(**nothing).asked.any()


def test_a_share_of_matches_is_reached_where_so_many_have_tipped() -> None:
    def one(down: float, up: float) -> Tipping:
        every = np.ones(len(DIMENSIONS))
        return Tipping(down * every, up * every, every > 0)

    tipped = [
        one(1 - 0.1 * n if n < 8 else -np.inf, 1.0 + n if n < 5 else np.inf) for n in range(10)
    ]
    hardly, some, many = reaches(tipped)
    assert (hardly.share, some.share, many.share) == (0.01, 0.05, 0.2)
    assert hardly.up[0] == some.up[0] == 1.0
    assert many.down[0] == pytest.approx(0.9)
    assert many.up[0] == 2.0
    never = reaches([one(-np.inf, np.inf)] * 9 + [one(0.0, 3.0)])
    assert never[2].down[0] is never[2].up[0] is None
    assert never[1].down[0] == 0.0
    assert never[1].up[0] == 3.0
