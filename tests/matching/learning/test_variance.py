"""Variance components: the gradient is the loss's, and what made the data is found."""

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from matching.learning import variance as module
from matching.learning.terms import EXPECTED, Term
from matching.learning.variance import estimate

Loss = Callable[[Any], tuple[float, Any]]


def _terms(draw: np.random.Generator, rows: int, clients: int, therapists: int) -> list[Term]:
    """Clients and therapists who meet at random, and content columns."""
    client, therapist = draw.integers(0, clients, rows), draw.integers(0, therapists, rows)
    return [
        Term.of("client", csr_array(np.eye(clients)[client])),
        Term.of("therapist", csr_array(np.eye(therapists)[therapist])),
        Term.of("dimension", draw.normal(size=(rows, 3))),
        Term.of("respect", np.zeros((rows, 1))),
    ]


def _captured(*arguments: Any) -> tuple[Loss, Any]:
    """The loss that is minimised and where the search begins."""
    seen: list[tuple[Loss, Any]] = []

    def minimize(loss: Loss, begin: Any, **_options: Any) -> SimpleNamespace:
        seen.append((loss, begin))
        return SimpleNamespace(x=begin)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "minimize", minimize)
        estimate(*arguments)
    return seen[0]


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32))
def test_the_gradient_is_that_of_the_loss(seed: int) -> None:
    draw = np.random.default_rng(seed)
    terms, value = _terms(draw, 30, 12, 4), draw.normal(6, 1, 30)
    noise = draw.uniform(0.05, 1, 30)
    loss, begin = _captured(terms, value, noise, {"dimension": 0.1}, {})
    at = begin + draw.normal(0, 1, len(begin))
    _, gradient = loss(at)
    for place in range(len(at)):
        step = np.zeros(len(at))
        step[place] = 1e-5
        slope = (loss(at + step)[0] - loss(at - step)[0]) / 2e-5
        assert gradient[place] == pytest.approx(slope, rel=1e-5, abs=1e-5)


def _restricted(terms: Sequence[Term], value: Any, noise: Any, variances: Sequence[float]) -> float:
    """−log of the restricted likelihood, up to a constant, by the plain formula."""
    covariance = np.diag(noise + variances[-1])
    for term, variance in zip(terms, variances, strict=False):
        matrix = term.matrix if isinstance(term.matrix, np.ndarray) else term.matrix.toarray()
        covariance += variance * matrix @ matrix.T
    inverse, ones = np.linalg.inv(covariance), np.ones(len(value))
    weight = ones @ inverse @ ones
    apart = value - (ones @ inverse @ value) / weight
    log_det = np.linalg.slogdet(covariance)[1] + np.log(weight)
    return float(0.5 * (log_det + apart @ inverse @ apart))


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32))
def test_the_loss_is_the_restricted_likelihood_and_a_prior(seed: int) -> None:
    draw = np.random.default_rng(seed)
    terms, value = _terms(draw, 30, 12, 4)[:3], draw.normal(6, 1, 30)
    noise = draw.uniform(0.05, 1, 30)
    loss, expected = _captured(terms, value, noise, {}, {})

    def plain(logs: Any) -> float:
        # Log-normal about what was expected: a factor of four is one standard deviation.
        prior = 0.5 * (((logs - expected) / np.log(4)) ** 2).sum()
        return float(_restricted(terms, value, noise, np.exp(logs)) + prior)

    at = expected + draw.normal(0, 1, len(expected))
    # The constant falls out of differences.
    assert loss(at)[0] - loss(expected)[0] == pytest.approx(plain(at) - plain(expected), abs=1e-6)


@pytest.mark.parametrize(
    ("client", "therapist", "pair"), [(1.0, 0.5, 0.3), (0.3, 1.5, 0.6), (1.5, 0.05, 1.0)]
)
def test_the_components_that_made_the_data_are_found(
    client: float, therapist: float, pair: float
) -> None:
    draw = np.random.default_rng(5)
    terms = _terms(draw, 500, 150, 40)[:2]
    value = np.full(500, 6.0) + np.sqrt(pair + 0.2) * draw.standard_normal(500)
    for term, variance in zip(terms, (client, therapist), strict=True):
        columns = term.matrix.shape[1]
        value += term.matrix @ (np.sqrt(variance) * draw.standard_normal(columns))

    found = estimate(terms, value, np.full(500, 0.2), {}, {})

    assert found["client"] == pytest.approx(client, rel=0.35)
    assert found["therapist"] == pytest.approx(therapist, rel=0.5, abs=0.12)
    assert found["pair"] == pytest.approx(pair, rel=0.35)


def test_with_few_ratings_what_the_field_expects_rules() -> None:
    draw = np.random.default_rng(6)
    terms, value = _terms(draw, 10, 10, 3)[:2], draw.normal(6, 1, 10)
    total = float(np.var(value))
    found = estimate(terms, value, np.full(10, 0.3), {}, {})
    for name, variance in found.items():
        assert variance == pytest.approx(EXPECTED[name] * total, rel=1.5)


def test_where_to_begin_does_not_decide_where_it_ends() -> None:
    draw = np.random.default_rng(7)
    terms = _terms(draw, 150, 50, 10)
    value = draw.normal(6, 1, 150) + terms[1].matrix @ draw.normal(0, 1, 10)
    noise = np.full(150, 0.3)
    one = estimate(terms, value, noise, {}, {})
    other = estimate(terms, value, noise, {}, {"client": 2.0, "therapist": 0.01, "pair": 2.0})
    for name, variance in one.items():
        assert other[name] == pytest.approx(variance, rel=0.05, abs=0.01)


def test_what_is_given_stays_and_what_is_never_seen_is_nothing() -> None:
    draw = np.random.default_rng(8)
    found = estimate(
        _terms(draw, 40, 10, 4), draw.normal(6, 1, 40), np.full(40, 0.3), {"client": 0.123}, {}
    )
    assert found["client"] == 0.123
    assert found["respect"] == 0.0
    assert set(found) == {"client", "therapist", "dimension", "respect", "pair"}


def test_ratings_that_are_all_the_same_have_variances_all_the_same() -> None:
    terms = _terms(np.random.default_rng(9), 40, 10, 4)
    found = estimate(terms, np.full(40, 8.0), np.full(40, 0.3), {}, {})
    assert all(np.isfinite(variance) and variance >= 0 for variance in found.values())
