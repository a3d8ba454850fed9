"""The compiled engine says, to 1e-9, what the plain rules say of every therapist of every world."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.eligibility import REASONS
from matching.ranking import Candidate
from tests.factories.matching import changed, random_world
from tests.matching import naive

SEEDS = st.integers(0, 2**32)
SIZES = st.integers(0, 45)


@given(seed=SEEDS, size=SIZES)
def test_the_same_are_excluded_for_the_same_first_reason(seed: int, size: int) -> None:
    world = random_world(seed, size)
    ranking = world.ranked()

    expected = Counter(filter(None, (naive.first_failing(world, p) for p in world.profiles)))

    assert ranking.excluded == expected
    assert list(ranking.excluded) == [reason for reason in REASONS if reason in expected]
    assert ranking.considered == size == ranking.eligible + sum(ranking.excluded.values())


@given(seed=SEEDS, size=SIZES)
def test_every_figure_of_every_candidate_is_the_same(seed: int, size: int) -> None:
    world = random_world(seed, size)
    ranking = world.ranked(limit=50)
    expected = naive.scores(world)

    assert len(ranking.candidates) == len(expected) == ranking.eligible
    for candidate in ranking.candidates:
        _same(candidate, expected[candidate.therapist_id])


@given(seed=SEEDS, size=SIZES)
def test_without_ties_or_diversity_the_best_come_first(seed: int, size: int) -> None:
    world = random_world(seed, size, varied=False)
    ranking = world.ranked()
    expected = sorted((scored.total for scored in naive.scores(world).values()), reverse=True)

    shown = [candidate.score for candidate in ranking.candidates]
    assert shown == pytest.approx(expected[: world.intake.limit], abs=1e-9)
    assert shown == sorted(shown, reverse=True)


@settings(max_examples=12)
@given(seed=SEEDS)
def test_the_coarse_pass_over_a_large_roster_changes_nothing(seed: int) -> None:
    world = random_world(seed, 2_500, varied=False, musts=False)
    asked = changed(world.intake, service="individual", age_group=None, jurisdiction=None)
    world = replace(world, intake=asked)
    expected = naive.scores(world)

    ranking = world.ranked(limit=50)

    best = sorted((scored.total for scored in expected.values()), reverse=True)[:50]
    assert [candidate.score for candidate in ranking.candidates] == pytest.approx(best, abs=1e-9)
    for candidate in ranking.candidates:
        _same(candidate, expected[candidate.therapist_id])


def _same(candidate: Candidate, expected: naive.Scored) -> None:
    rows = {row.dimension: row for row in candidate.contributions}
    asked = {name for name, row in rows.items() if row.state != "not_asked"}
    assert asked == set(expected.weights)
    for name, weight in expected.weights.items():
        row = rows[name]
        assert row.state == expected.state[name]
        assert row.score == pytest.approx(expected.scores[name], abs=1e-9)
        assert row.weight == pytest.approx(weight, abs=1e-9)
        assert row.points == pytest.approx(weight * expected.scores[name], abs=1e-9)
    assert candidate.score == pytest.approx(expected.total, abs=1e-9)
