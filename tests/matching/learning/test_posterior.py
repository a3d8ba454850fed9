"""The posterior: what the mixed-model equations say, solved densely."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from matching.learning import posterior as module
from matching.learning.posterior import NotConvergedError, posterior
from matching.learning.terms import Term


def _design(seed: int, rows: int) -> tuple[list[Term], dict[str, float]]:
    """Terms of every form: sparse and dense, some without a variance, one without a column."""
    draw = np.random.default_rng(seed)
    groups = np.eye(4)[draw.integers(0, 4, rows)]
    some = draw.normal(size=(rows, 6)) * (draw.random((rows, 6)) < 0.3)
    terms = [
        Term.of("group", csr_array(groups)),
        Term.of("slope", csr_array(some)),
        Term.of("content", draw.normal(size=(rows, 3))),
        Term.of("unused", csr_array(draw.normal(size=(rows, 2)))),
        Term.of("nobody", csr_array((rows, 0))),
    ]
    variances = dict(zip(["group", "slope", "content"], draw.uniform(0.01, 4, 3), strict=True))
    return terms, {**variances, "unused": 0.0, "nobody": 1.0}


def _dense(matrix: Any) -> Any:
    return matrix if isinstance(matrix, np.ndarray) else matrix.toarray()


def _henderson(
    terms: Sequence[Term], value: Any, noise: Any, variances: Mapping[str, float]
) -> tuple[float, dict[str, Any]]:
    """Level and effects by Henderson's mixed-model equations (1950), all at once."""
    used = [term for term in terms if variances[term.name] > 0]
    every = np.hstack([np.ones((len(value), 1)), *(_dense(term.matrix) for term in used)])
    prior = [np.zeros(1)]
    prior += [np.full(term.matrix.shape[1], 1 / variances[term.name]) for term in used]
    left = every.T @ (every / noise[:, None]) + np.diag(np.concatenate(prior))
    solution = np.linalg.solve(left, every.T @ (value / noise))
    sizes = np.cumsum([1, *(term.matrix.shape[1] for term in used)])
    parts = np.split(solution, sizes)[1:-1]
    return float(solution[0]), {term.name: part for term, part in zip(used, parts, strict=True)}


@given(seed=st.integers(0, 2**32), rows=st.integers(1, 40))
def test_it_solves_the_mixed_model_equations(seed: int, rows: int) -> None:
    terms, variances = _design(seed, rows)
    draw = np.random.default_rng(seed + 1)
    value, noise = draw.normal(6, 2, rows), draw.uniform(0.05, 3, rows)

    found = posterior(terms, value, noise, variances)

    level, effects = _henderson(terms, value, noise, variances)
    assert found.level == pytest.approx(level, abs=1e-6)
    assert set(found.effects) == {term.name for term in terms}
    for name, expected in effects.items():
        assert found.effects[name] == pytest.approx(expected, abs=1e-6)
    assert not found.effects["unused"].any()


@settings(max_examples=20)
@given(seed=st.integers(0, 2**32), shift=st.floats(-5, 5))
def test_a_shift_of_everything_is_the_levels_alone(seed: int, shift: float) -> None:
    terms, variances = _design(seed, 25)
    draw = np.random.default_rng(seed + 1)
    value, noise = draw.normal(6, 2, 25), draw.uniform(0.05, 3, 25)
    one, other = (posterior(terms, each, noise, variances) for each in (value, value + shift))
    assert other.level == pytest.approx(one.level + shift, abs=1e-6)
    for name, effects in one.effects.items():
        assert other.effects[name] == pytest.approx(effects, abs=1e-6)


def test_equations_that_are_not_solved_are_not_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ROUNDS", 1)
    terms, variances = _design(0, 30)
    with pytest.raises(NotConvergedError):
        posterior(terms, np.arange(30.0), np.linspace(0.1, 3, 30), variances)
