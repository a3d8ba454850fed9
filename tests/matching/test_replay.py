"""What a replay counts, against line-ups whose answer is known and against plain loops."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.attention import attention
from matching.availability import MOST_ROOM, Availability
from matching.engine import LineUp
from matching.intake import AnyOf, Importance, Intake
from matching.lists import overlap, rank_correlation
from matching.overflow import Overflow
from matching.profile import AvailabilityRow
from matching.replay import Change, Comparison, Tally, places_of
from matching.roster import Roster
from tests.factories.line_ups import boundless, ids_of, line_up, two_weightings
from tests.factories.matching import World, profile, weighting

SEEDS = st.integers(0, 400)

# Two of each gender and of each modality, asked for one of both.
FOUR = World(
    tuple(
        profile(number, gender=gender, modalities=(modality,))
        for number, (gender, modality) in enumerate(
            [("woman", "cbt"), ("woman", "act"), ("man", "cbt"), ("man", "act")]
        )
    ),
    intake=Intake(
        gender=AnyOf(("woman",), Importance.STRONG),
        modality=AnyOf(("act",), Importance.STRONG),
        limit=2,
    ),
)
IDS = ids_of(FOUR)
BY_GENDER = weighting(gender=3.0, modality=1.0)
BY_MODALITY = weighting(gender=1.0, modality=3.0)


def near(change: Change | None) -> Any:
    """Compares with (before, after), but for rounding."""
    assert change is not None
    return pytest.approx((change.before, change.after))


def replayed(world: World, *pairs: tuple[LineUp, LineUp], examples: int = 10) -> Comparison:
    tally = Tally(examples=examples)
    for number, (before, after) in enumerate(pairs):
        tally.add(f"m-{number}", ids_of(world), before, after, boundless(world))
    return tally.comparison()


def test_a_known_change_is_counted_in_every_figure() -> None:
    # 1 meets both wishes; 0 is a woman of another modality, 3 a man of the one asked for.
    before, after = line_up(FOUR, BY_GENDER), line_up(FOUR, BY_MODALITY)
    found = replayed(FOUR, (before, after), (before, before))
    assert (found.matches, found.empty) == (2, 0)
    assert found.top1_changed == 0
    assert found.top3_changed == 0.5
    # Of the three on either list 1 is ahead of both, and 0 and 3 change sides.
    assert found.rank_correlation == pytest.approx((1 / 3 + 1) / 2)
    first, second = attention(2) / attention(2).sum()
    assert found.overlap == pytest.approx((first + second / 2 + 1) / 2)
    assert list(found.exposure) == [IDS[0], IDS[1], IDS[3]]
    assert (second, second / 2) == near(found.exposure[IDS[0]])
    assert (first, first) == near(found.exposure[IDS[1]])
    assert (0, second / 2) == near(found.exposure[IDS[3]])
    # By the weights of before 0 meets ¾ and 3 a quarter.
    same = first + second * 0.75
    assert (same, first + second * (0.25 + 0.75) / 2) == near(found.preference_fit)
    assert found.expected_fit is None


def test_the_examples_are_those_that_change_most_and_first() -> None:
    before, after = line_up(FOUR, BY_GENDER), line_up(FOUR, BY_MODALITY)
    longer = {"limit": 4}
    # The same change on a list of four is a smaller one.
    small = line_up(FOUR, BY_GENDER, **longer), line_up(FOUR, BY_MODALITY, **longer)
    pairs = [small, (before, after), (before, before), small, (before, after), small]
    kept = replayed(FOUR, *pairs, examples=3).examples
    assert [one.key for one in kept] == ["m-1", "m-4", "m-0"]
    assert kept[0].overlap == kept[1].overlap < kept[2].overlap < 1
    assert replayed(FOUR, *pairs, examples=0).examples == ()


def test_where_nobody_may_be_shown_nothing_is_compared() -> None:
    nobody = line_up(FOUR, service="couple")
    found = replayed(FOUR, (nobody, nobody))
    assert (found.matches, found.empty) == (1, 1)
    assert (found.top1_changed, found.rank_correlation, found.overlap) == (None, None, None)
    assert found.preference_fit is None
    assert found.exposure == {}
    assert found.overflow == Change(0, 0)
    assert replayed(FOUR).matches == 0


def test_where_nothing_is_asked_there_is_no_fit_to_compare() -> None:
    plain = line_up(FOUR, gender=AnyOf(), modality=AnyOf())
    found = replayed(FOUR, (plain, plain))
    assert found.top1_changed == 0
    assert found.preference_fit is None


def test_a_list_outside_the_old_pool_is_judged_by_what_both_count() -> None:
    gender, both = weighting(gender=1.0), weighting(gender=1.0, modality=9.0)
    found = replayed(FOUR, (line_up(FOUR, gender, limit=1), line_up(FOUR, both, limit=1)))
    assert near(found.preference_fit) == (1, 1)
    neither = weighting(gender=0.0, modality=1.0)
    apart = replayed(FOUR, (line_up(FOUR, gender, limit=4), line_up(FOUR, neither, limit=4)))
    # Everybody is in the old pool, so the new order is judged although it asks for other things.
    assert apart.preference_fit is not None
    assert apart.preference_fit.after < apart.preference_fit.before


@given(SEEDS)
def test_the_same_weighting_changes_nothing(seed: int) -> None:
    world, _ = two_weightings(seed)
    found = replayed(world, (line_up(world), line_up(world)))
    if found.empty:
        return
    assert (found.top1_changed, found.top3_changed) == (0, 0)
    assert found.rank_correlation == found.overlap == 1
    assert found.examples == ()
    for figure in (found.preference_fit, found.expected_fit):
        assert figure is None or figure.before == figure.after
    assert all(change.before == change.after for change in found.exposure.values())


@given(SEEDS)
def test_figures_are_those_of_the_answers(seed: int) -> None:
    world, other = two_weightings(seed)
    found = replayed(world, (line_up(world), line_up(world, other)))
    if found.empty:
        return
    for way in ("before", "after"):
        assert sum(getattr(one, way) for one in found.exposure.values()) == pytest.approx(1)
    roster = Roster.compile(world.profiles)
    free = Availability.compile(roster, world.free)
    before = world.ranked_on(roster, free).candidates
    after = replace(world, weighting=other).ranked_on(roster, free).candidates
    named = [[one.therapist_id for one in answer] for answer in (before, after)]
    assert found.top1_changed == (named[0][0] != named[1][0])
    assert found.top3_changed == (named[0][:3] != named[1][:3])
    if found.expected_fit and world.weighting.near_tie == other.near_tie == 0:
        # Nothing is drawn, so what is shown is all that can be.
        by_rank = attention(len(before)) / attention(len(before)).sum()
        means = [one.expected_fit.mean for one in before if one.expected_fit]
        # Answers give it in tenths.
        assert found.expected_fit.before == pytest.approx(by_rank @ means, abs=0.051)


def test_places_run_out_where_more_choose_than_there_are() -> None:
    one = line_up(FOUR, BY_GENDER, limit=1)
    other = line_up(FOUR, BY_MODALITY, limit=1, gender=AnyOf(("man",), Importance.STRONG))
    tally = Tally()
    # One place for therapist 1, then none, then one anew; 3 has no limit.
    for free in (1.0, 0.0, 1.0, 1.0, 1.0, 1.0):
        tally.add("m", IDS, one, other, np.array([0.0, free, 0.0, np.inf]))
    # Six lists of one alone and every second leads to a choice: three, for two places.
    assert near(tally.comparison(uptake=0.5).overflow) == (1, 0)


def test_places_follow_therapists_when_the_roster_changes() -> None:
    overflow = Overflow()
    overflow.see(("a", "b"), np.array([1.0, 2.0]))
    overflow.see(("b", "c"), np.array([2.0, 1.0]))
    overflow.see(("b", "c"), np.array([3.0, 0.0]))
    for way, wanted in enumerate((4.0, 0.5)):
        overflow.want(way, np.array([0, 1]), np.array([wanted, wanted]))
    # Of b three places, of c one.
    assert overflow.clients() == (1.0 + 3.0, 0.0)


def test_places_are_counted_as_far_as_a_ranking_knows_them() -> None:
    roster = Roster.compile([profile(number) for number in range(4)])
    rows = [
        AvailabilityRow(id=roster.ids[0], caseload=7, caseload_limit=9),
        AvailabilityRow(id=roster.ids[1], caseload=9, caseload_limit=9),
        AvailabilityRow(id=roster.ids[2], caseload=0, caseload_limit=MOST_ROOM),
    ]
    assert places_of(Availability.compile(roster, rows)).tolist() == [2, 0, np.inf, np.inf]


LISTS = st.integers(1, 6).flatmap(
    lambda size: st.tuples(*[st.permutations(range(9)).map(lambda all_: all_[:size])] * 2)
)


@given(LISTS)
def test_lists_correlate_as_pair_by_pair(lists: tuple[Sequence[int], Sequence[int]]) -> None:
    first, second = lists
    apart = pairs = 0.0
    either = sorted({*first, *second})
    for at, one in enumerate(either):
        for other in either[at + 1 :]:
            ways = [_ahead(ranked, one, other) for ranked in (first, second)]
            pairs += 1
            apart += abs(ways[0] - ways[1])
    found = rank_correlation(first, second)
    assert found == pytest.approx(1 - apart / pairs if pairs else 1)
    assert found == rank_correlation(second, first)
    assert -1 <= found <= 1
    assert (found == 1) == (first == second)


def test_lists_of_nobody_in_common_correlate_below_nothing() -> None:
    assert rank_correlation([1, 2, 3], [3, 2, 1]) == -1
    assert rank_correlation([1, 2], [3, 4]) == pytest.approx(-2 / 3)
    assert rank_correlation([1], [2]) == -1


@given(LISTS)
def test_lists_overlap_wholly_with_themselves(lists: tuple[Sequence[int], Sequence[int]]) -> None:
    first, second = lists
    assert overlap(first, first) == 1
    assert overlap(first, [one + 10 for one in first]) == 0
    assert 0 <= overlap(first, second) == overlap(second, first)
    assert (overlap(first, second) == 1) == (list(first) == list(second))


def _ahead(ranked: Sequence[int], one: int, other: int) -> int:
    place = [ranked.index(each) if each in ranked else len(ranked) for each in (one, other)]
    return (place[0] > place[1]) - (place[0] < place[1])
