"""How clients choose by place, against the likelihood of their choices."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import minimize

import matching.choosing
from matching.attention import attention
from matching.choosing import MOST_RANKS, Choosing, uptake

CHOICES = st.lists(
    st.integers(1, 6).flatmap(lambda length: st.tuples(st.integers(1, length), st.just(length))),
    min_size=1,
    max_size=40,
)


def test_before_any_choice_it_falls_as_attention_does() -> None:
    for one in (Choosing.usual(), Choosing.of([], [])):
        assert one.weights == pytest.approx(attention(MOST_RANKS))
        assert one.choices == 0
        assert one.given(3) == pytest.approx(attention(3) / attention(3).sum())


def test_many_choices_outweigh_what_is_usual() -> None:
    ranks = [1] * 600 + [2] * 250 + [3] * 150
    found = Choosing.of(ranks, [3] * 1000)
    assert found.given(3) == pytest.approx([0.6, 0.25, 0.15], abs=0.01)
    # Of a shorter list as much of the same.
    assert found.given(2) == pytest.approx([0.6 / 0.85, 0.25 / 0.85], abs=0.01)
    assert found.choices == 1000


@given(CHOICES)
def test_chances_are_chances(choices: list[tuple[int, int]]) -> None:
    ranks, lengths = zip(*choices, strict=True)
    found = Choosing.of(ranks, lengths)
    for length in (1, 3, MOST_RANKS):
        assert found.given(length).sum() == pytest.approx(1)
        assert (found.given(length) > 0).all()


def test_it_is_the_most_likely_where_nothing_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching.choosing, "_HELD", 1e-9)
    rng = np.random.default_rng(1)
    lengths = rng.integers(1, 5, 300)
    ranks = np.minimum(rng.geometric(0.4, 300), lengths)

    def unlikely(logs: NDArray[np.float64]) -> float:
        weights = np.exp(np.r_[0.0, logs])
        return -float(np.log(weights[ranks - 1] / weights.cumsum()[lengths - 1]).sum())

    best = minimize(unlikely, np.zeros(3)).x
    assert np.log(Choosing.of(ranks, lengths).weights[1:4]) == pytest.approx(best, abs=1e-3)


def test_how_often_anybody_is_chosen_is_held_towards_always() -> None:
    assert uptake(0, 0) == uptake(7, 7) == 1
    assert uptake(1000, 4000) == pytest.approx(0.25, abs=0.002)
    # Nobody has chosen yet, of few lists and of more.
    assert 1 > uptake(0, 5) > uptake(0, 20) > 0.3
