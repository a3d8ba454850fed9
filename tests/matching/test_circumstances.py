"""Whom a client is with and whom they left, and what counts more for them than for others."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.intake import AnyOf, Importance, Intake, StyleWish
from matching.query import Query, effective_weights
from matching.roster import Roster
from matching.vocabulary import DIMENSIONS, STYLE_AXES
from matching.weighting import Weighting
from tests.factories.fit_models import MADE, Made
from tests.factories.matching import (
    VOCABULARY,
    World,
    changed,
    dice,
    profile,
    random_intake,
    random_weighting,
    ranked,
    weighting,
)
from tests.matching import naive

SEEDS = st.integers(0, 2**32)
SIZES = st.integers(0, 45)
FACTORS = st.floats(0.01, 100.0)
PARTS = (*DIMENSIONS, *(f"communication_style.{axis}" for axis in STYLE_AXES))


def later(world: World, seed: int) -> World:
    """The same question of a client who is with somebody, left others and stresses some things."""
    random = dice(seed)
    ids = [person.id for person in world.profiles] + ["nobody"]
    names = random.sample(PARTS, random.randint(0, 4))
    intake = changed(
        world.intake,
        with_now=tuple(random.sample(ids, min(2, len(ids)))),
        left_before=tuple(random.sample(ids, min(3, len(ids)))),
        emphasis=tuple((name, random.choice((0.25, 1.5, 20.0))) for name in names),
    )
    return replace(world, intake=intake)


@MADE
@given(seed=SEEDS, size=SIZES)
def test_every_figure_is_what_the_plain_rules_say(made: Made, seed: int, size: int) -> None:
    world = later(made(seed, size), seed)
    ranking, expected = world.ranked(limit=50), naive.scores(world)

    assert ranking.excluded == Counter(
        filter(None, (naive.first_failing(world, person) for person in world.profiles))
    )
    assert {one.therapist_id for one in ranking.candidates} == set(expected)
    for one in ranking.candidates:
        assert one.score == pytest.approx(expected[one.therapist_id].total, abs=1e-9)
        asked = [row.weight for row in one.contributions if row.state != "not_asked"]
        assert not asked or sum(asked) == pytest.approx(1, abs=1e-9)


@pytest.mark.slow
@settings(max_examples=8)
@MADE
@given(seed=SEEDS)
def test_a_large_roster_is_scored_alike(made: Made, seed: int) -> None:
    world = later(made(seed, 2_500, varied=False, musts=False), seed)
    totals = sorted((one.total for one in naive.scores(world).values()), reverse=True)
    shown = [one.score for one in world.ranked(limit=20).candidates]
    assert shown == pytest.approx(totals[:20], abs=1e-9)


@MADE
@given(seed=SEEDS, size=SIZES, dimension=st.sampled_from(DIMENSIONS), factor=FACTORS)
def test_emphasis_is_a_weighting_with_that_weight_multiplied(
    made: Made, seed: int, size: int, dimension: str, factor: float
) -> None:
    world = made(seed, size, varied=False)
    weights = world.weighting.weights
    heavier = replace(world.weighting, weights={**weights, dimension: weights[dimension] * factor})
    # The same lots for both, so that equal scores stand in the same order.
    mine = world.ranked(limit=50, emphasis=((dimension, factor),)).candidates
    theirs = replace(world, weighting=heavier).ranked(limit=50).candidates
    assert [(one.therapist_id, one.score, one.contributions) for one in mine] == [
        (one.therapist_id, one.score, one.contributions) for one in theirs
    ]


@given(seed=SEEDS, axis=st.sampled_from(STYLE_AXES), factor=FACTORS)
def test_emphasis_on_an_axis_leaves_the_parts_of_all_others_as_they_are(
    seed: int, axis: str, factor: float
) -> None:
    random = dice(seed)
    intake = replace(random_intake(random, ()), style=StyleWish((0.5, -0.5, 0.0, 1.0)))
    weighing = random_weighting(random)
    plain, stressed = (
        _parts(one, weighing)
        for one in (intake, replace(intake, emphasis=((f"communication_style.{axis}", factor),)))
    )
    if axis in plain:
        plain[axis] *= factor
    whole = sum(plain.values())
    assert stressed == pytest.approx({name: part / whole for name, part in plain.items()})


def _parts(intake: Intake, weighing: Weighting) -> dict[str, float]:
    """Shares of the score by dimension and axis, from the scores of therapists on one pole each."""
    weights = dict(effective_weights(intake, weighing, referred=False))
    style = weights.pop("communication_style", 0.0)
    if not style:
        return weights
    # A therapist who stands at the wish on one axis and as far off as can be on the others.
    wishes, parts = (0.5, -0.5, 0.0, 1.0), {}
    far = [-1.0 if wish > 0 else 1.0 for wish in wishes]
    for place, axis in enumerate(STYLE_AXES):
        own = (*far[:place], wishes[place], *far[place + 1 :])
        roster = Roster.compile([profile(0, style=own)])
        answer = ranked(
            roster, None, Intake(style=StyleWish(wishes), emphasis=intake.emphasis), weighting()
        )
        parts[axis] = style * answer.candidates[0].score
    return {**weights, **parts}


def test_what_is_not_asked_stays_out_whatever_its_emphasis() -> None:
    roster = Roster.compile([profile(0)])
    asked = Intake(needs=("grief",), emphasis=(("gender", 9.0), ("expected_fit", 9.0)))
    (candidate,) = ranked(roster, intake=asked).candidates
    assert [row.dimension for row in candidate.contributions if row.weight] == ["needs"]


@pytest.mark.parametrize("factor", [0.0, -1.0, float("inf"), float("nan")])
def test_a_factor_that_is_no_factor_is_refused(factor: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        Intake(emphasis=(("needs", factor),))


ROSTER = Roster.compile([profile(number) for number in range(3)])
ASKED = Intake(
    needs=("grief",),
    gender=AnyOf(("woman",)),
    style=StyleWish((0.5, None, None, None), Importance.STRONG),
)
# The bytes of this question from before anything could be said of the client's circumstances.
FIRST = (
    b"([('communication_style', 'strong', [(0, 50)]), ('gender', 'some', ['woman'])], ['grief'], "
    b"['individual', None, ''], '', [], False, [[], []])"
)


def _canonical(**fields: object) -> bytes:
    query = Query.of(changed(ASKED, **fields), ROSTER, Weighting(), VOCABULARY)
    return query.canonical(ROSTER)


def test_a_question_without_circumstances_has_the_bytes_it_always_had() -> None:
    assert _canonical() == FIRST


@pytest.mark.parametrize(
    "fields",
    [
        {"with_now": ("nobody",)},
        {"left_before": ("nobody",)},
        {"emphasis": (("culture", 4.0), ("expected_fit", 4.0))},
        {"emphasis": (("needs", 1.0), ("communication_style.past_orientation", 2.0))},
    ],
    ids=str,
)
def test_what_changes_nothing_leaves_them(fields: dict[str, object]) -> None:
    assert _canonical(**fields) == FIRST


def test_what_changes_something_is_in_them_in_any_order() -> None:
    several: tuple[dict[str, object], ...] = (
        {"with_now": ("id-0000",)},
        {"with_now": ("id-0001",)},
        {"left_before": ("id-0000",)},
        {"emphasis": (("needs", 2.0),)},
        {"emphasis": (("needs", 3.0),)},
        {"emphasis": (("communication_style.warm_support", 2.0),)},
        {"emphasis": (("needs", 2.0), ("gender", 3.0))},
    )
    assert len({FIRST, *(_canonical(**fields) for fields in several)}) == len(several) + 1
    assert _canonical(emphasis=(("gender", 3.0), ("needs", 2.0))) == _canonical(
        emphasis=(("needs", 2.0), ("gender", 3.0))
    )
    assert _canonical(left_before=("id-0002", "id-0000")) == _canonical(
        left_before=("id-0000", "id-0002", "nobody")
    )
