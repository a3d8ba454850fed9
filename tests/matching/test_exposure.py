"""Exposure measured: who is owed how much of a list's attention, who got it, who fell short."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.attention import attention
from matching.exposure import LEAST_MATCHES, PRIOR, STEP, Exposure, places, scores
from matching.intake import AnyOf, Intake
from tests.factories.exposures import world_lined_up
from tests.factories.fit_models import MADE, Made
from tests.factories.matching import World, profile, weighting
from tests.matching import naive

SEEDS = st.integers(0, 2**32)
WOMEN = AnyOf(("woman",))


@MADE
@settings(max_examples=30)
@given(seed=SEEDS, size=st.integers(0, 45))
def test_scores_are_those_that_rank(made: Made, seed: int, size: int) -> None:
    world = made(seed, size)
    found, roster, learned = world_lined_up(world)
    rows = found.found.rows
    by_row = dict(
        zip(
            rows.roster_rows(rows.counted()).tolist(),
            scores(found.query, roster, rows, learned).tolist(),
            strict=True,
        )
    )
    expected = naive.scores(world)
    assert {roster.ids[row] for row in by_row} == set(expected)
    for row, value in by_row.items():
        assert value == pytest.approx(expected[roster.ids[row]].total, abs=1e-6)


@MADE
@settings(max_examples=30)
@given(seed=SEEDS, size=st.integers(0, 45))
def test_what_is_owed_and_got_is_the_attention_of_the_list(
    made: Made, seed: int, size: int
) -> None:
    found, roster, learned = world_lined_up(made(seed, size))
    one = Exposure.of(found, roster, learned)
    ranks = found.arrangement.orders.shape[1]
    fit = scores(found.query, roster, found.found.rows, learned)
    given_ = attention(ranks).sum() if fit.any() else 0.0
    assert one.warranted.sum() == pytest.approx(given_)
    assert one.received.sum() == pytest.approx(given_)
    assert one.matches.sum() == (found.found.rows.eligible if fit.any() else 0)
    assert not one.received[one.matches == 0].any()
    assert not one.warranted[one.matches == 0].any()


def test_the_share_owed_is_the_share_of_the_score() -> None:
    people = [
        profile(0, gender="woman", formats=("video",)),
        profile(1, gender="woman", formats=("phone",)),
        profile(2, gender="man", formats=("phone",)),
    ]
    weights = weighting(gender=0.6, format=0.4)
    asked = Intake(gender=WOMEN, format=AnyOf(("video",)), limit=2)
    found, roster, _ = world_lined_up(World(tuple(people), intake=asked, weighting=weights))
    one = Exposure.of(found, roster, None)
    looks = attention(2)
    assert one.warranted == pytest.approx(looks.sum() * np.array([1.0, 0.6, 0.0]) / 1.6)
    assert one.received == pytest.approx([looks[0], looks[1], 0.0])


def test_who_is_tied_gets_the_attention_they_may_expect() -> None:
    people = tuple(profile(number, gender="woman") for number in range(2))
    asked = Intake(gender=WOMEN, limit=1)
    found, roster, _ = world_lined_up(
        World(people, intake=asked, weighting=weighting(0.02, gender=1.0))
    )
    one = Exposure.of(found, roster, None)
    chances = found.arrangement.chances(2)[:, 0]
    assert one.received[found.pool.rows] == pytest.approx(chances)
    assert 0.3 < chances.min() < 1


def test_a_shortfall_is_the_part_of_what_is_owed_that_was_not_got() -> None:
    matches = np.array([40.0, 40, 40, LEAST_MATCHES, LEAST_MATCHES - 1])
    warranted = np.array([8.0, 8, 8, 8, 8])
    received = np.array([0.0, 6, 9, 0, 0])
    short = Exposure(matches, warranted, received).shortfall()
    # (8 − 0) / (8 + 2), then a fifth; who got more than they are owed falls short of nothing.
    assert PRIOR == 2
    assert short.tolist() == [0.8, 0.2, 0.0, 0.8, 0.0]


@given(
    figures=st.lists(
        st.tuples(st.integers(0, 500), st.floats(0, 500), st.floats(0, 500)), max_size=20
    )
)
def test_shortfalls_are_steps_between_0_and_1_and_shrink_with_what_is_got(
    figures: list[tuple[int, float, float]],
) -> None:
    columns = np.array(figures, np.float64).reshape(-1, 3).T
    short = Exposure(*columns).shortfall()
    assert ((short >= 0) & (short < 1)).all()
    assert short / STEP == pytest.approx(np.rint(short / STEP))
    assert (short[columns[0] < LEAST_MATCHES] == 0).all()
    more = Exposure(columns[0], columns[1], columns[2] + 1).shortfall()
    assert (more <= short).all()


def test_one_client_moves_a_shortfall_by_a_step_at_most() -> None:
    random = np.random.default_rng(5)
    warranted = random.uniform(5, 40, 200)
    received = random.uniform(0, 1, 200) * warranted
    matches = np.full(200, 100.0)
    before = Exposure(matches, warranted, received).shortfall()
    # One list of three: at most a few hundredths of its attention are owed to each of sixty.
    after = Exposure(matches + 1, warranted + attention(3).sum() / 60, received).shortfall()
    assert np.abs(after - before).max() <= STEP + 1e-9
    assert (before == after).mean() > 0.8


def test_figures_of_rosters_of_the_past_are_added_where_therapists_stand_now() -> None:
    total = Exposure.none(3)
    then = Exposure(*np.array([[1.0, 1, 0], [0.5, 0.25, 0], [1.0, 0, 0]]))
    total.add(then, places(["c", "gone", "a"], ["a", "b", "c"]))
    total.add(then, places(["c", "b", "a"], ["a", "b", "c"]))
    assert total.matches.tolist() == [0, 1, 2]
    assert total.warranted.tolist() == [0, 0.25, 1]
    assert total.received.tolist() == [0, 0, 2]
