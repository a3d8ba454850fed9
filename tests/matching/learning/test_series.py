"""Series: sessions of one pair become one observation, as of one session, more exact with each."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.learning.series import SESSION, Growth, growth_of, pair_codes, pairs_of

LATE = 40


def _growth(values: Any, session: Any, pair: Any, noise: float = 0.01) -> Growth:
    values = np.asarray(values, np.float64)
    return growth_of(np.asarray(pair), np.asarray(session), values, np.full(values.size, noise))


def _simulated(
    growth: float, first: float = 0.3, later: float = 0.3, pairs: int = 300
) -> tuple[Any, Any, Any]:
    """Values, sessions and pairs; `first` and `later` are standard deviations of sessions."""
    draw = np.random.default_rng(2)
    session = np.tile([1, 1, 4, LATE], pairs)
    pair = np.repeat(np.arange(pairs), 4)
    grown = 1 - np.exp(-(session - 1) / 4)
    spread = np.where(session == 1, first, later)
    noise = spread * draw.standard_normal(len(pair))
    return draw.normal(6, 1, pairs)[pair] + growth * grown + noise, session, pair


@pytest.mark.parametrize("growth", [-0.8, 0.0, 1.5])
def test_growth_over_sessions_is_found(growth: float) -> None:
    assert _growth(*_simulated(growth)).points == pytest.approx(growth, abs=0.1)


def test_growth_is_told_within_pairs_only() -> None:
    """Those who stay may have been happier from the start; that is not growth."""
    draw = np.random.default_rng(3)
    pair = np.arange(300)
    session = np.where(pair % 2 == 0, 1, LATE)
    happier = np.where(pair % 2 == 0, 5.0, 8.0) + draw.normal(0, 0.3, 300)
    usual = draw.normal(6, 0.3, 300)
    alone = _growth(happier, session, pair).points
    assert alone == pytest.approx(_growth(usual, session, pair).points, abs=1e-9)
    assert 0 < alone < 1


def test_a_therapist_with_first_sessions_only_is_not_worse() -> None:
    values, session, pair = _simulated(1.5)
    growth = _growth(values, session, pair)
    carried = growth.carried(values, session)
    early, late = session == 1, session == LATE
    assert values[late].mean() - values[early].mean() > 1
    assert carried[late].mean() == pytest.approx(carried[early].mean(), abs=0.1)


def test_a_rating_of_the_session_that_fits_are_told_for_stays_as_it_is() -> None:
    session = np.array([SESSION, SESSION])
    assert Growth(1.5, 0.5, 0.3).carried(np.array([4.0, 7.0]), session).tolist() == [4.0, 7.0]


def test_a_first_session_says_less_where_first_sessions_vary_more() -> None:
    alike = _growth(*_simulated(0.0, first=0.5, later=0.5))
    assert alike.later == pytest.approx(0.25, abs=0.05)
    assert alike.first == pytest.approx(alike.later, rel=0.2)
    varied = _growth(*_simulated(0.0, first=1.0, later=0.3))
    assert varied.first > 2 * varied.later
    assert varied.later < alike.later + 0.1
    noise = varied.noise(np.array([1, 2, 30]))
    assert noise.tolist() == [varied.first, varied.later, varied.later]


@given(seed=st.integers(0, 2**32), size=st.integers(0, 40))
def test_a_first_session_never_says_more(seed: int, size: int) -> None:
    draw = np.random.default_rng(seed)
    values, session = draw.uniform(0, 10, size), draw.integers(1, 4, size)
    pair, _ = pair_codes(draw.integers(0, 10, size), np.zeros(size, np.intp))
    found = _growth(values, session, pair)
    assert found.first >= found.later > 0


def test_a_pair_is_the_mean_of_its_sessions_each_as_it_is_exact() -> None:
    client, therapist = np.array([0, 1, 0, 0]), np.array([2, 2, 2, 1])
    at, value = np.array([5.0, 6.0, 4.0, 8.0]), np.array([6.0, 9.0, 9.0, 3.0])
    noise = np.array([1.0, 0.5, 0.5, 2.0])

    pairs = pairs_of(client, therapist, at, value, noise)

    assert pairs.client.tolist() == [0, 1, 0]
    assert pairs.therapist.tolist() == [2, 2, 1]
    # The second session of the first pair weighs twice as much as its first.
    assert pairs.value == pytest.approx([8.0, 9.0, 3.0])
    assert pairs.noise == pytest.approx([1 / 3, 0.5, 2.0])
    assert pairs.ratings.tolist() == [2, 1, 1]
    assert pairs.first.tolist() == [0, 1, 3]
    assert pairs.first_at.tolist() == [4.0, 6.0, 8.0]


def test_twenty_ratings_are_one_pair_seen_more_exactly() -> None:
    def pairs(ratings: int) -> Any:
        same = np.zeros(ratings, np.intp)
        at, noise = np.arange(float(ratings)), np.full(ratings, 0.4)
        return pairs_of(same, same, at, np.full(ratings, 7.0), noise)

    assert len(pairs(20).client) == len(pairs(1).client) == 1
    assert pairs(20).noise == pytest.approx(pairs(1).noise / 20)


def test_no_ratings_are_no_pairs() -> None:
    nobody, nothing = np.empty(0, np.intp), np.empty(0)
    assert [codes.size for codes in pair_codes(nobody, nobody)] == [0, 0]
    assert pairs_of(nobody, nobody, nothing, nothing, nothing).value.size == 0
