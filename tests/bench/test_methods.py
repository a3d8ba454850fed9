"""How methods are measured, and that each is a fair one."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from bench.calibration import covered
from bench.clinics import simulate
from bench.dataset import Floats
from bench.gain import attainable_gain, interval, ratio
from bench.methods.observed import Observed
from bench.methods.problem import Cases, Predictor, Problem
from bench.methods.registry import METHODS
from bench.methods.tuning import tuned
from bench.quality import merged, row
from bench.real import concordant, share_of
from bench.real_data import Rated
from bench.worlds import WORLDS


@pytest.fixture
def fits() -> Floats:
    return np.random.default_rng(0).normal(7, 1, (400, 30))


def test_a_perfect_scorer_gains_everything_and_chance_nothing(fits: Floats) -> None:
    chance = np.random.default_rng(1).normal(size=fits.shape)
    assert attainable_gain(fits, fits) == pytest.approx(1.0)
    assert attainable_gain(2 * fits - 5, fits) == pytest.approx(1.0)
    assert attainable_gain(chance, fits) == pytest.approx(0.0, abs=0.05)
    assert attainable_gain(-fits, fits) < -0.5


def test_who_tells_nobody_apart_gains_nothing(fits: Floats) -> None:
    assert attainable_gain(np.zeros_like(fits), fits) == pytest.approx(0.0)


def test_only_the_places_shown_count(fits: Floats) -> None:
    ranked = np.full_like(fits, -np.inf)
    best = np.argsort(-fits, axis=1)[:, :3]
    np.put_along_axis(ranked, best, [[0.0, -1.0, -2.0]], axis=1)
    assert attainable_gain(ranked, fits) == pytest.approx(1.0)


def test_intervals_over_seeds() -> None:
    mean, half = interval([0.4, 0.5, 0.6])
    assert mean == pytest.approx(0.5)
    assert half == pytest.approx(4.3027 * 0.1 / 3**0.5, rel=1e-3)
    assert interval([0.4]) == (0.4, None)
    share, half = ratio([0.3, 0.6], [0.5, 1.0])
    assert share == pytest.approx(0.6)
    assert half == pytest.approx(0.0, abs=1e-9)
    assert ratio([0.3, 0.6], [0.0, 0.0]) == (None, None)


@pytest.mark.parametrize("name", ["content_lightfm", "ridge", "boosting", "lightfm", "mean"])
def test_a_method_learns_something(name: str) -> None:
    dataset = simulate(WORLDS["simple_therapist"], 0, therapists=15, ratings=900, unseen=60)
    scores = METHODS[name](dataset)(dataset.unseen)
    assert scores.shape == dataset.true_fit.shape
    assert attainable_gain(scores, dataset.true_fit) > 0.25


@pytest.mark.parametrize("name", ["content", "content_lightfm", "bayes", "mean", "ridge"])
def test_a_method_answers_before_the_first_rating(name: str) -> None:
    dataset = simulate(WORLDS["simple_balanced"], 0, therapists=8, ratings=0, unseen=5)
    scores = METHODS[name](dataset)(dataset.unseen)
    assert scores.shape == (5, 8)
    assert not np.isnan(scores).any()


def test_tuning_takes_what_foretells_clients_left_out() -> None:
    rng = np.random.default_rng(0)
    pairs = Observed(np.arange(300), rng.integers(0, 5, 300), np.zeros(300, int), np.zeros(300))
    pairs.value[:] = pairs.therapist + rng.normal(size=300)
    taken: list[str] = []

    def fit(_problem: Problem, settings: Mapping[str, Any]) -> Predictor:
        taken.append(settings["by"])

        def predict(_cases: Cases, of: Observed) -> Floats:
            right = of.therapist.astype(np.float64)
            noise: Floats = np.sin(7.0 * of.client)
            return {"noise": noise, "wrong": -right, "right": right}[settings["by"]]

        return predict

    nothing = Cases(np.zeros((1, 0)), np.zeros((1, 0)), np.zeros((1, 4)), np.zeros((1, 0, 5)))
    tuned(fit, {"by": ("noise", "wrong", "right")})(Problem(pairs, nothing, np.zeros((5, 0)), 300))
    assert taken[-1] == "right"


def test_a_row_can_be_measured_method_by_method() -> None:
    content, both = (
        row("simple_balanced", 0, 2, methods, 8) for methods in (("content",), ("bayes", "mean"))
    )
    assert content["methods"]["content"]["ratio"] is None
    (joined,) = merged([content], [both])
    assert list(joined["methods"]) == ["content", "bayes", "mean"]
    assert joined["methods"]["bayes"]["ratio"] == pytest.approx(1.0)
    assert joined["methods"]["content"]["ratio"] > 0.3
    (joined,) = merged([joined], [row("simple_balanced", 0, 1, ("content",), 8)])
    found, best = (joined["methods"][name]["seeds"] for name in ("content", "bayes"))
    assert (len(found), len(best)) == (1, 2)
    assert joined["methods"]["content"]["ratio"] == pytest.approx(found[0] / best[0])


def test_coverage_is_of_pairs_with_what_only_meeting_shows() -> None:
    exact, sd = np.zeros((5, 5)), np.full((5, 5), 0.5)
    assert covered(exact, sd, 0.5, 0.8) == pytest.approx(0.8)
    assert covered(exact, sd, 0.25, 0.8) > 0.95
    assert covered(exact + 3.0, sd, 0.5, 0.8) < 0.01


def test_concordance_counts_a_raters_pairs_of_unequal_ratings() -> None:
    rater, value = np.array([0, 0, 0, 1, 1, 2]), np.array([1.0, 2.0, 2.0, 5.0, 3.0, 9.0])
    test = Rated(rater, np.arange(6), value, np.zeros(6, int), np.zeros((1, 0)))
    assert concordant(test, value, 4)[:, 1].tolist() == [4, 2, 0, 0]
    for score, share in ((value, 1.0), (-value, 0.0), (np.zeros(6), 0.5)):
        assert share_of(concordant(test, score, 4))[0] == share
    one_wrong = np.array([3.0, 2.0, 5.0, 5.0, 3.0, 0.0])
    assert share_of(concordant(test, one_wrong, 4))[0] == pytest.approx(2 / 3)
