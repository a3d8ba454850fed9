"""An order that goes by exposure: who may stand higher, and nothing changed where it is off."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.arrange import ARRANGEMENTS, Closeness, Draw, arrange
from matching.availability import Availability
from matching.eligibility import eligible
from matching.engine import LIFTED
from matching.intake import AnyOf, Intake
from matching.learning.learned import Learned
from matching.query import Query
from matching.ranking import Ranking
from matching.roster import Roster
from matching.scoring import score
from tests.factories.exposures import Floats, drawn_shortfalls, world_lined_up
from tests.factories.fit_models import MADE, Made
from tests.factories.matching import (
    KEY,
    NOW,
    RULES,
    VOCABULARY,
    World,
    profile,
    random_world,
    ranked,
    weighting,
)
from tests.matching import naive

SEEDS = st.integers(0, 2**32)
WOMEN = AnyOf(("woman",))


def _ranked(world: World, shortfall: Floats | None) -> Ranking:
    roster = Roster.compile(world.profiles)
    return ranked(
        roster, Availability.compile(roster, world.free), world.intake, world.weighting,
        learned=Learned.on(world.model, roster) if world.model else None, shortfall=shortfall,
    )  # fmt: skip


def _with(world: World, exposure: float) -> World:
    return replace(world, weighting=replace(world.weighting, exposure=exposure))


@MADE
@settings(max_examples=30)
@given(seed=SEEDS, size=st.integers(0, 45))
def test_without_exposure_a_shortfall_changes_nothing(made: Made, seed: int, size: int) -> None:
    world = made(seed, size)
    short = drawn_shortfalls(seed, size)
    assert _ranked(world, short) == world.ranked()
    assert _ranked(_with(world, 0.3), None) == world.ranked()
    assert _ranked(_with(world, 0.3), np.zeros(size)) == world.ranked()
    staff = replace(world, intake=replace(world.intake, staff_review=True))
    assert _ranked(_with(staff, 0.3), short) == staff.ranked()


@MADE
@settings(max_examples=30)
@given(seed=SEEDS, size=st.integers(1, 45), exposure=st.sampled_from([0.05, 0.4, 1.0]))
def test_only_the_order_is_shifted(made: Made, seed: int, size: int, exposure: float) -> None:
    world = made(seed, size)
    plain = _with(world, 0.0)
    every = replace(plain, intake=replace(plain.intake, limit=50)).ranked()
    lifted = _ranked(_with(world, exposure), drawn_shortfalls(seed, size))

    said = {one.therapist_id: one for one in every.candidates}
    for one in lifted.candidates:
        same = said[one.therapist_id]
        assert replace(one, rank=same.rank, propensity=same.propensity) == same
    assert len(lifted.candidates) == min(world.intake.limit, every.eligible)
    unlifted = plain.ranked()
    assert (lifted.excluded, lifted.suggestions) == (unlifted.excluded, unlifted.suggestions)


@settings(max_examples=40)
@given(seed=SEEDS, size=st.integers(20, 120), exposure=st.sampled_from([0.05, 0.2, 0.6]))
def test_whoever_could_be_placed_without_pruning_can_be_placed(
    seed: int, size: int, exposure: float
) -> None:
    """The orders are those of a pool of all the eligible, whatever their score."""
    world = _with(random_world(seed, size, musts=False), exposure)
    roster = Roster.compile(world.profiles)
    free = Availability.compile(roster, world.free)
    query = Query.of(world.intake, roster, world.weighting, VOCABULARY)
    short = drawn_shortfalls(seed, size)
    closeness = Closeness.of(query, world.weighting, short)
    draw = Draw.of(query, roster, KEY, varied=closeness.near_tie > 0)
    rows = eligible(query, roster, free, RULES, NOW).rows

    def orders(reach: float) -> list[list[int]]:
        pool = score(
            query, roster, rows, None, keep=world.intake.limit, reach=reach, seed=draw.lots
        )
        arranged = arrange(pool, roster, free, closeness, draw, world.intake.limit, short)
        shown: list[list[int]] = pool.rows[arranged.orders].tolist()
        return shown

    assert orders(closeness.reach) == orders(2.0)


def test_the_one_who_just_reaches_is_placed_and_pruning_less_would_lose_them() -> None:
    """Two scores 0.4 apart: with all of 0.45 gained the second is first, with 0.35 it is not."""
    roster = Roster.compile(
        [
            profile(0, gender="woman", formats=("video",)),
            profile(1, gender="woman", formats=("phone",)),
        ]
    )
    asked = Intake(gender=WOMEN, format=AnyOf(("video",)), limit=1)
    first = []
    for exposure in (0.35, 0.45):
        weights = replace(weighting(gender=0.6, format=0.4), exposure=exposure)
        (shown,) = ranked(
            roster, intake=asked, weighting=weights, shortfall=np.array([0.0, 1.0])
        ).candidates
        first.append((shown.reference, round(shown.score, 9)))
    assert first == [("t-0", 1.0), ("t-1", 0.6)]


@settings(max_examples=30)
@given(seed=SEEDS, size=st.integers(1, 60), near=st.sampled_from([0.0, 0.05, 0.4]))
def test_orders_are_the_greedy_rule_on_score_and_what_is_gained(
    seed: int, size: int, near: float
) -> None:
    world = random_world(seed, size, musts=False)
    settings_ = replace(world.weighting, near_tie=near, diversity=0.0, exposure=0.3)
    world = replace(world, weighting=settings_)
    short = drawn_shortfalls(seed, size)
    found, roster, _ = world_lined_up(world, short)
    asked = bool(found.query.weights)
    worth = {
        row: one.total + asked * 0.3 * short[row]
        for id_, one in naive.scores(world).items()
        if (row := roster.row_of(id_)) is not None
    }
    for order in found.pool.rows[found.arrangement.orders].tolist():
        for rank, row in enumerate(order):
            best = max(value for one, value in worth.items() if one not in order[:rank])
            assert worth[row] >= best - asked * near - 1e-9


@settings(max_examples=25)
@given(seed=SEEDS, size=st.integers(1, 60))
def test_propensities_stay_shares_of_the_arrangements(seed: int, size: int) -> None:
    found, _, _ = world_lined_up(_with(random_world(seed, size), 0.3), drawn_shortfalls(seed, size))
    arrangement = found.arrangement
    chances = arrangement.chances(found.pool.rows.size)
    for mine in range(len(arrangement.orders)):
        own = replace(arrangement, mine=mine).shown
        for rank, (place, propensity) in enumerate(own):
            assert propensity == pytest.approx(chances[place, rank], abs=1e-12)
            assert propensity * ARRANGEMENTS == pytest.approx(round(propensity * ARRANGEMENTS))
    assert chances.sum(axis=0) == pytest.approx(np.ones(chances.shape[1]))


@settings(max_examples=20)
@given(seed=SEEDS, size=st.integers(1, 45))
def test_draws_are_those_of_the_same_question_without_exposure(seed: int, size: int) -> None:
    world = random_world(seed, size)
    (plain, roster, _), (lifted, _, _) = (
        world_lined_up(world),
        world_lined_up(_with(world, 0.3), drawn_shortfalls(seed, size)),
    )
    assert plain.query.canonical(roster) == lifted.query.canonical(roster)
    assert plain.arrangement.mine == lifted.arrangement.mine
    assert len(plain.arrangement.orders) == len(lifted.arrangement.orders)


@settings(max_examples=30)
@given(seed=SEEDS, size=st.integers(0, 200), limit=st.integers(1, 20))
def test_a_longer_list_begins_like_a_shorter_one(seed: int, size: int, limit: int) -> None:
    world, short = _with(random_world(seed, size), 0.2), drawn_shortfalls(seed, size)
    shorter, longer = (
        _ranked(replace(world, intake=replace(world.intake, limit=most)), short)
        for most in (limit, 50)
    )
    assert shorter.candidates == longer.candidates[:limit]


def test_it_is_said_where_somebody_gained() -> None:
    roster = Roster.compile([profile(number, gender="woman") for number in range(3)])
    weights = replace(weighting(gender=1.0), exposure=0.1)
    asked = Intake(gender=WOMEN)

    def said(short: list[float]) -> bool:
        answer = ranked(roster, intake=asked, weighting=weights, shortfall=np.array(short))
        return LIFTED in answer.notices

    assert said([0.0, 0.5, 0.0])
    assert not said([0.0, 0.0, 0.0])


def test_a_shortfall_of_another_roster_is_refused() -> None:
    roster = Roster.compile([profile(0), profile(1)])
    with pytest.raises(ValueError, match="shortfall is not aligned"):
        ranked(roster, shortfall=np.zeros(3))


def test_the_coarse_pass_over_a_large_roster_leaves_out_nobody_who_can_be_lifted() -> None:
    near = [
        profile(number, gender="woman", formats=("video" if number % 3 else "phone",))
        for number in range(40)
    ]
    far = [profile(number, gender="man", formats=("phone",)) for number in range(40, 2_600)]
    weights = replace(weighting(0.02, gender=0.6, format=0.4), exposure=0.5)
    asked = Intake(gender=WOMEN, format=AnyOf(("video",)), limit=5)
    shown = []
    for people in (near, [*near, *far]):
        short = np.zeros(len(people))
        short[:40:6] = 1.0  # all on the phone: 0.6 and 0.5 gained
        answer = ranked(Roster.compile(people), None, asked, weights, shortfall=short)
        shown.append([(one.therapist_id, one.score, one.propensity) for one in answer.candidates])
    assert shown[0] == shown[1]
    assert [score for _, score, _ in shown[0]] == pytest.approx([0.6] * 5)
