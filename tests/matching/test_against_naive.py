"""The compiled engine says, to 1e-9, what the plain rules say of every therapist of every world."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.eligibility import REASONS
from matching.ranking import Candidate, ExpectedFit
from tests.factories.fit_models import MADE, Made
from tests.factories.matching import changed
from tests.matching import naive
from tests.matching.naive_learned import Expected

pytestmark = MADE

SEEDS = st.integers(0, 2**32)
SIZES = st.integers(0, 45)


@given(seed=SEEDS, size=SIZES)
def test_the_same_are_excluded_for_the_same_first_reason(made: Made, seed: int, size: int) -> None:
    world = made(seed, size)
    ranking = world.ranked()

    expected = Counter(filter(None, (naive.first_failing(world, p) for p in world.profiles)))

    assert ranking.excluded == expected
    assert list(ranking.excluded) == [reason for reason in REASONS if reason in expected]
    assert ranking.considered == size == ranking.eligible + sum(ranking.excluded.values())


@given(seed=SEEDS, size=SIZES)
def test_every_figure_of_every_candidate_is_the_same(made: Made, seed: int, size: int) -> None:
    world = made(seed, size)
    ranking = world.ranked(limit=50)
    expected = naive.scores(world)

    assert len(ranking.candidates) == len(expected) == ranking.eligible
    for candidate in ranking.candidates:
        _same(candidate, expected[candidate.therapist_id])


@given(seed=SEEDS, size=SIZES)
def test_without_ties_or_diversity_the_best_come_first(made: Made, seed: int, size: int) -> None:
    world = made(seed, size, varied=False)
    ranking = world.ranked()
    expected = sorted((scored.total for scored in naive.scores(world).values()), reverse=True)

    shown = [candidate.score for candidate in ranking.candidates]
    assert shown == pytest.approx(expected[: world.intake.limit], abs=1e-9)
    assert shown == sorted(shown, reverse=True)


@pytest.mark.slow
@settings(max_examples=12)
@given(seed=SEEDS)
def test_the_coarse_pass_over_a_large_roster_changes_nothing(made: Made, seed: int) -> None:
    world = made(seed, 2_500, varied=False, musts=False)
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
    _same_fit(candidate.expected_fit, expected.expected)


def _same_fit(shown: ExpectedFit | None, expected: Expected | None) -> None:
    """Shown to a tenth, within the scale of a rating."""
    assert (shown is None) == (expected is None)
    if shown is None or expected is None:
        return
    half = expected.half
    for figure, away in ((shown.mean, 0.0), (shown.low, -half), (shown.high, half)):
        within = min(10.0, max(0.0, expected.mean + away))
        assert figure == pytest.approx(within, abs=0.05 + 1e-9)
