"""Gradient-boosted trees on everything known of a pair."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from bench.dataset import Floats
from bench.methods.means import shrunk, therapist_effects
from bench.methods.observed import Observed
from bench.methods.problem import Cases, Predictor, Problem
from bench.methods.tuning import tuned

_FOLDS = 5


def _fit(problem: Problem, settings: Mapping[str, Any]) -> Predictor:
    """Therapists are told by their shrunken means on ratings other than the one explained."""
    pairs = problem.pairs
    effects = therapist_effects(pairs, problem.therapists)
    lenient = _leniency(problem, pairs, effects)
    number = np.bincount(pairs.therapist, minlength=problem.therapists).astype(np.float64)
    others, own = _by_others(problem)

    def columns(cases: Cases, of: Observed, effect: Floats, client: Floats) -> Floats:
        return np.hstack(
            [
                effect[:, None],
                client[:, None],
                number[of.therapist, None],
                cases.content[of.case, :, of.therapist],
                cases.needs[of.case],
                cases.style[of.case],
                problem.profiles[of.therapist],
            ]
        )

    trees = HistGradientBoostingRegressor(
        max_iter=settings["trees"],
        learning_rate=0.05,
        max_leaf_nodes=settings["leaves"],
        min_samples_leaf=10,
        l2_regularization=1.0,
        random_state=0,
    )
    with threadpool_limits(1):
        model = trees.fit(columns(problem.cases, pairs, others, own), pairs.value)

    def predict(cases: Cases, of: Observed) -> Floats:
        client = np.where(of.client >= 0, lenient[of.client], 0.0)
        with threadpool_limits(1):
            told: Floats = model.predict(columns(cases, of, effects[of.therapist], client))
        return told

    return predict


def _by_others(problem: Problem) -> tuple[Floats, Floats]:
    """(pairs,) each: effects of therapists and leniency of clients, by other pairs than these."""
    pairs = problem.pairs
    fold = np.random.default_rng(0).integers(0, _FOLDS, pairs.value.size)
    others, own = np.zeros(pairs.value.size), np.zeros(pairs.value.size)
    for one in range(_FOLDS):
        rest = pairs.part(np.flatnonzero(fold != one))
        left_out = np.flatnonzero(fold == one)
        among = therapist_effects(rest, problem.therapists)
        others[left_out] = among[pairs.therapist[left_out]]
        own[left_out] = _leniency(problem, rest, among)[pairs.client[left_out]]
    return others, own


def _leniency(problem: Problem, pairs: Observed, effects: Floats) -> Floats:
    """(clients + 1,): how leniently each client rates; the last is of nobody."""
    rest = pairs.value - pairs.value.mean() - effects[pairs.therapist]
    return np.append(shrunk(pairs.client, rest, problem.clients), 0.0)


boosted_trees = tuned(_fit, {"leaves": (7, 31), "trees": (50, 150)})
