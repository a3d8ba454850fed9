"""The table of suggested weights: its distances, its gains, and the truth it holds them against."""

from typing import Any

import numpy as np
import pytest

from bench.clinics import clinic
from bench.dataset import Dataset
from bench.suggested import (
    content_scores,
    distance,
    gain,
    offered_by,
    plain_weights,
    summary,
    table,
    truth_of,
)
from matching.learning.features import CONTENT_DIMENSIONS
from matching.learning.report import Estimate, SuggestedWeight, Suggestion
from matching.weighting import DEFAULT_WEIGHTS

PRESENT = np.array([DEFAULT_WEIGHTS[name] for name in CONTENT_DIMENSIONS])


@pytest.fixture(scope="module", params=["simple_balanced", "balanced"])
def past(request: pytest.FixtureRequest) -> Dataset:
    return clinic(request.param, 3, therapists=20, ratings=300, unseen=40)


def test_distance_is_of_shares_over_what_the_world_is_made_of() -> None:
    truth = np.array([2.0, 1, 1, 0, 0, 0, 0, 0])
    assert distance(10 * truth + [0, 0, 0, 9, 0, 0, 0, 0], truth) == 0
    assert distance(np.array([0, 1.0, 0, 0, 0, 0, 0, 0]), truth) == 0.75


def test_the_usual_truth_is_what_the_true_weights_rank_by(past: Dataset) -> None:
    truth = truth_of(past)
    assert truth.content.shape == past.true_fit.shape
    scores = content_scores(past)
    alike = [
        np.corrcoef(mine @ truth.weights, fits)[0, 1]
        for mine, fits in zip(scores, truth.content, strict=True)
        if fits.std() > 1e-9
    ]
    # In the worlds of `seed` blank profiles and telling otherwise stand between the two.
    assert np.mean(alike) > (0.98 if past.world == "simple_balanced" else 0.7)


def test_the_true_weights_gain_and_the_present_ones_neither_gain_nor_lose(past: Dataset) -> None:
    truth = truth_of(past)
    assert gain(past, truth.content, PRESENT) == (0.0, 0.0)
    mean, noise = gain(past, truth.content, truth.weights + 1e-9)
    assert mean > 2 * noise > 0
    worst, _ = gain(past, truth.content, 1 / (truth.weights + 1e-3))
    assert worst < 0


def test_plain_least_squares_are_not_negative(past: Dataset) -> None:
    assert (plain_weights(past) >= 0).all()
    assert plain_weights(past).sum() > 0


def test_what_is_offered_is_the_estimate_only_where_it_is_better() -> None:
    weights = [
        SuggestedWeight(
            dimension=name, state="estimated", clients=20,
            present=1.0, estimate=2.0, low=0.0, high=3.0,
        )
        for name in CONTENT_DIMENSIONS
    ]  # fmt: skip
    points = Estimate(value=0.1, low=0.0, high=0.2)
    more: Any = {
        "dimensions": weights, "clients": 20, "points": points, "certainty": 0.9, "held_out": None,
    }  # fmt: skip
    assert (offered_by(Suggestion(because="better_ranking", **more)) == 2).all()
    assert (offered_by(Suggestion(because="too_uncertain", **more)) == 1).all()


def _run(**changes: Any) -> dict[str, Any]:
    run: dict[str, Any] = {
        "world": "w", "seed": 1, "ratings": 500, "verdict": "better", "covered": [True, False],
    }  # fmt: skip
    for name in ("present", "estimate", "offered", "plain"):
        run[f"{name}_distance"] = 0.25
    for name in ("estimate", "offered"):
        for kind in ("usual", "here"):
            run |= {f"{name}_{kind}": 0.01, f"{name}_{kind}_noise": 0.002}
    return run | changes


def test_a_fall_counts_where_noise_cannot_make_it() -> None:
    runs = [
        _run(),
        _run(offered_here=-0.01, world="v"),
        _run(offered_here=-0.003),
        _run(offered_here=-0.001, offered_here_noise=0.0001, verdict="cannot_tell"),
    ]
    *_, whole = summary(runs)
    assert (whole["world"], whole["runs"], whole["better"]) == ("all", 4, 3)
    assert whole["offered_here_falls"] == 1
    assert whole["offered_usual_falls"] == 0
    assert whole["covered"] == 0.5
    assert "better  3 of  4" in table([whole])
