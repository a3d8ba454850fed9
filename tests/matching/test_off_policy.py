"""Off-policy estimates, against policies whose outcomes are known."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t

from matching.choosing import Choosing
from matching.estimators import Outcomes, direct, doubly_robust, snips
from matching.intake import AnyOf, Importance, Intake
from matching.off_policy import (
    LEAST_EFFECTIVE,
    MOST_WEIGHT,
    NO_OUTCOMES,
    NO_SUPPORT,
    TOO_FEW,
    Sample,
    estimates,
    features,
    shares,
    weights,
)
from tests.factories.line_ups import ids_of, line_up, two_weightings
from tests.factories.matching import World, profile, weighting

SEEDS = st.integers(0, 400)
CHOOSING = Choosing.usual()

# Two therapists meet one of two wishes each, so that a near tie shows either first.
TWO = World(
    (
        profile(0, gender="woman", modalities=("act",)),
        profile(1, gender="man", modalities=("cbt",)),
    ),
    intake=Intake(
        gender=AnyOf(("woman",), Importance.STRONG),
        modality=AnyOf(("cbt",), Importance.STRONG),
        limit=1,
    ),
)


def toy(
    rng: np.random.Generator, count: int, *, told: bool = True, spread: float = 1.0
) -> tuple[Outcomes, float]:
    """Outcomes of a policy over four actions in two contexts, and the truth of another.

    `told` says whether the direct model may know what makes the fit.
    """
    fit = np.array([[4.0, 6.0, 8.0, 7.0], [8.0, 5.0, 6.0, 3.0]])
    log = np.array([[0.4, 0.3, 0.2, 0.1], [0.1, 0.4, 0.4, 0.1]])
    other = np.array([[0.1, 0.2, 0.4, 0.3], [0.3, 0.3, 0.2, 0.2]])
    known = (fit if told else np.tile([1.0, 0.0, 1.0, 0.0], (2, 1)))[:, :, None]
    context = rng.integers(2, size=count)
    action = (rng.random((count, 1)) > log[context].cumsum(1)[:, :-1]).sum(1)
    weight, unsupported = weights(log, other)
    return Outcomes(
        client=np.arange(count),
        fit=fit[context, action] + spread * rng.standard_normal(count),
        weight=weight[context, action],
        unsupported=unsupported[context],
        chosen=known[context, action],
        before=(log[:, :, None] * known).sum(1)[context],
        after=(other[:, :, None] * known).sum(1)[context],
    ), float((other * fit).sum(1).mean())


def test_weights_carry_one_policy_into_the_other() -> None:
    log, other = np.array([0.5, 0.3, 0.2, 0.0]), np.array([0.1, 0.2, 0.3, 0.4])
    weight, unsupported = weights(log, other)
    fit = np.array([4.0, 6.0, 8.0, 9.0])
    assert (log * weight * fit).sum() == pytest.approx((other * fit)[:3].sum())
    assert unsupported == pytest.approx(0.4)


def test_a_choice_that_the_log_hardly_ever_makes_has_no_support() -> None:
    log = np.array([0.99, 0.01])
    within, beyond = MOST_WEIGHT * 0.0099, MOST_WEIGHT * 0.0101
    other = np.array([[1 - within, within], [1 - beyond, beyond]])
    weight, unsupported = weights(np.tile(log, (2, 1)), other)
    assert weight[:, 1] == pytest.approx([MOST_WEIGHT * 0.99, 0])
    assert unsupported == pytest.approx([0, beyond])


@pytest.mark.parametrize("told", [True, False])
def test_a_known_policy_is_told_without_bias(told: bool) -> None:
    rng, found = np.random.default_rng(1), []
    for _ in range(200):
        outcomes, truth = toy(rng, 150, told=told)
        both = doubly_robust(outcomes), snips(outcomes)
        found.append(
            [[one.after.value - truth, one.after.low <= truth <= one.after.high] for one in both]
        )
    errors, covered = np.moveaxis(np.array(found), 2, 0)
    # Four standard errors; what remains of SNIPS's bias falls with the number of outcomes.
    assert np.abs(errors.mean(0)).max() < 4 * errors.std(0).max() / 200**0.5
    assert (np.abs(covered.mean(0) - 0.95) < 0.05).all()
    # A direct model that knows makes the estimate better, one that does not no worse.
    ratio = errors[:, 0].std() / errors[:, 1].std()
    assert ratio < (0.9 if told else 1.1)


def test_a_direct_model_that_knows_all_leaves_no_doubt() -> None:
    outcomes, _ = toy(np.random.default_rng(2), 400, spread=0.0)
    told, plain = doubly_robust(outcomes).difference, snips(outcomes).difference
    assert told.high - told.low < 0.5 * (plain.high - plain.low)
    before, after = direct(outcomes)
    assert after - before == pytest.approx(told.value, abs=0.1)


def test_the_value_of_the_policy_itself_is_the_mean_with_students_interval() -> None:
    outcomes, _ = toy(np.random.default_rng(3), 60)
    found = snips(outcomes).before
    low, high = t.interval(
        0.95, 59, outcomes.fit.mean(), outcomes.fit.std(ddof=1) / outcomes.fit.size**0.5
    )
    assert (found.value, found.low, found.high) == pytest.approx((outcomes.fit.mean(), low, high))


def test_the_difference_is_that_of_the_values_and_tighter_than_they_are() -> None:
    outcomes, _ = toy(np.random.default_rng(4), 300)
    for one in (snips(outcomes), doubly_robust(outcomes)):
        assert one.difference.value == pytest.approx(one.after.value - one.before.value)


def test_what_a_client_says_twice_is_not_said_by_two() -> None:
    once, _ = toy(np.random.default_rng(5), 100)
    twice = Outcomes(**{
        name: np.repeat(getattr(once, name), 2, axis=0) for name in Outcomes.__slots__
    })  # fmt: skip
    apart = replace(twice, client=np.arange(200))
    widths = [one.high - one.low for one in (snips(each).after for each in (once, twice, apart))]
    # Of Student's t more is free, as the effective size is not told by client.
    assert widths[1] == pytest.approx(widths[0], rel=0.02)
    assert widths[2] < 0.75 * widths[0]


def test_what_has_no_support_widens_the_interval() -> None:
    outcomes, _ = toy(np.random.default_rng(6), 300)
    silent = replace(outcomes, unsupported=np.full(300, 0.08))
    for estimate in (snips, doubly_robust):
        assert estimate(silent).before == estimate(outcomes).before
        for name in ("after", "difference"):
            wide, tight = (getattr(estimate(one), name) for one in (silent, outcomes))
            assert wide.value == tight.value
            assert wide.high - wide.low > tight.high - tight.low


def test_weights_that_fall_short_of_one_make_no_mean_surer() -> None:
    outcomes, _ = toy(np.random.default_rng(8), 300)
    short = replace(outcomes, weight=0.5 * outcomes.weight)
    widths = [one.high - one.low for one in (doubly_robust(x).after for x in (outcomes, short))]
    assert widths[1] == pytest.approx(widths[0])


def test_too_little_to_go_by_is_refused() -> None:
    rng = np.random.default_rng(7)
    outcomes, _ = toy(rng, 400)
    assert estimates(outcomes).why is None
    few, _ = toy(rng, int(LEAST_EFFECTIVE))
    assert estimates(few).why is TOO_FEW
    one_client = replace(outcomes, client=np.arange(400) // 10)
    assert estimates(one_client).why is TOO_FEW
    silent = replace(outcomes, unsupported=np.full(400, 0.5))
    for refused in (estimates(silent), estimates(replace(silent, weight=np.zeros(400)))):
        assert refused.why is NO_SUPPORT
        assert refused.best is None
        assert (refused.outcomes, refused.clients) == (400, 400)
    nothing = Sample(CHOOSING).estimates()
    assert (nothing.why, nothing.outcomes, nothing.effective_sample_size) == (NO_OUTCOMES, 0, 0)


@settings(max_examples=30)
@given(SEEDS)
def test_the_same_weighting_changes_exactly_nothing(seed: int) -> None:
    world, _ = two_weightings(seed)
    line, again = line_up(world), line_up(world)
    rng = np.random.default_rng(seed)
    sample, count = Sample(CHOOSING), 60
    taken = [
        sample.add(f"c-{number}", row, float(rng.uniform(0, 10)), line, again)
        for number in range(count)
        for row in shares(line, line, CHOOSING)[0][:1].tolist()
    ]
    assert all(taken)
    found = sample.estimates()
    if not taken:
        assert found.why is NO_OUTCOMES
        return
    assert found.why is None
    assert found.effective_sample_size == found.outcomes == found.clients == count
    assert found.unsupported == 0
    assert found.best is not None
    for one in (found.best, snips(sample.outcomes(np.ones(len(taken), np.bool_)))):
        assert one.difference.value == one.difference.low == one.difference.high == 0
        assert one.before.value == one.after.value


@given(SEEDS)
def test_choices_have_chances_and_what_answers_say_is_known(seed: int) -> None:
    world, other = two_weightings(seed)
    before, after = line_up(world), line_up(world, other)
    rows, now, then = shares(before, after, CHOOSING)
    if not rows.size:
        assert before.pool.rows.size == 0
        return
    assert (now.sum(), then.sum()) == pytest.approx((1, 1))
    assert ((now > 0) | (then > 0)).all()
    known = features(rows, before, after)
    assert np.isfinite(known).all()
    assert set(known[:, 2]) == {float(before.pool.expected is not None)}
    ids = ids_of(world)
    shown = {one.therapist_id: one for one in world.ranked().candidates}
    for row, (met, expected, _) in zip(rows.tolist(), known.tolist(), strict=True):
        one = shown.get(ids[row])
        if one and any(
            part.weight
            for part in one.contributions
            if part.dimension not in {"expected_fit", "referral"}
        ):
            assert met == pytest.approx(one.preference_fit)
        if one and one.expected_fit and 0 < expected < 10:
            assert expected == pytest.approx(one.expected_fit.mean, abs=0.051)


def test_a_sample_weighs_by_who_chose_and_whom() -> None:
    # Asked for both nearly alike the two tie, and each is first in half of the lists.
    tie = line_up(TWO, weighting(near_tie=0.1, gender=1.1, modality=1.0))
    first = line_up(TWO, weighting(gender=2.0, modality=1.0))
    chance = tie.arrangement.chances(2)[list(tie.pool.rows).index(0), 0]
    assert 0.3 < chance < 0.7
    sample = Sample(CHOOSING)
    rng = np.random.default_rng(8)
    chosen = np.where(rng.random(400) < chance, 0, 1)
    for number, row in enumerate(chosen.tolist()):
        assert sample.add(number, row, 8.0 - 2.0 * row, tie, first)
    found = sample.estimates()
    plain = snips(sample.outcomes(np.ones(chosen.size, np.bool_)))
    assert found.best is not None
    # All who chose therapist 0 got on as 8, and they alone tell of the other weighting.
    assert plain.after.value == pytest.approx(8)
    assert found.effective_sample_size == pytest.approx((chosen == 0).sum())
    assert plain.difference.value == pytest.approx(2 * (chosen == 1).mean())
    # A direct model tells more: how often either would have been shown, not how often they were.
    assert found.best.difference.value == pytest.approx(2 * (1 - chance), abs=0.02)


def test_a_choice_that_no_list_explains_is_left_out() -> None:
    first = line_up(TWO, weighting(gender=2.0, modality=1.0))
    sample = Sample(CHOOSING)
    assert not sample.add("c-1", 1, 5.0, first, first)
    assert not sample.add("c-1", 7, 5.0, first, first)
    assert sample.estimates().why is NO_OUTCOMES


def test_who_comes_in_is_judged_by_the_weights_of_before() -> None:
    before = line_up(TWO, weighting(gender=3.0, modality=1.0))
    after = line_up(TWO, weighting(gender=1.0, modality=3.0))
    assert (before.pool.rows.tolist(), after.pool.rows.tolist()) == ([0], [1])
    rows, now, then = shares(before, after, CHOOSING)
    assert (rows.tolist(), now.tolist(), then.tolist()) == ([0, 1], [1, 0], [0, 1])
    assert features(rows, before, after)[:, 0] == pytest.approx([0.75, 0.25])


def test_with_nothing_asked_everybody_meets_it_alike() -> None:
    plain = line_up(TWO, gender=AnyOf(), modality=AnyOf())
    rows, _, _ = shares(plain, plain, CHOOSING)
    assert features(rows, plain, plain)[:, 0].tolist() == [0.5] * rows.size
