"""The same fair tuning for every peer: a small grid, judged on pairs left out of the fit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from bench.dataset import Codes, Floats
from bench.methods.observed import Observed
from bench.methods.problem import Predictor, Problem

_FOLDS = 3
_FEWEST = 30  # pairs from which tuning is more than noise

Fit = Callable[[Problem, Mapping[str, Any]], Predictor]


def tuned(fit: Fit, grid: Mapping[str, Sequence[Any]]) -> Callable[[Problem], Predictor]:
    """A peer that fits with the settings whose predictions go best with what was left out.

    Left out are whole clients where those to predict for are new (`Problem.cold`), else pairs;
    judged is the correlation of predictions with ratings, within clients where they have several.
    With too few pairs the first of each setting is taken.
    """
    choices = [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]

    def peer(problem: Problem) -> Predictor:
        return fit(problem, _best(fit, choices, problem))

    return peer


def _best(fit: Fit, choices: Sequence[dict[str, Any]], problem: Problem) -> dict[str, Any]:
    pairs = problem.pairs
    if pairs.value.size < _FEWEST or len(choices) == 1:
        return choices[0]
    fold = _folds(problem)
    some = fold < _FOLDS
    scores = []
    for choice in choices:
        found = []
        for number in range(_FOLDS):
            learn = pairs.part(np.flatnonzero(some & (fold != number)))
            judge = pairs.part(np.flatnonzero(fold == number))
            told = fit(replace(problem, pairs=learn), choice)(problem.cases, judge)
            found.append(_agreement(told, judge))
        scores.append(float(np.mean(found)))
    return choices[int(np.argmax(scores))]


def _folds(problem: Problem) -> Codes:
    """The fold of each pair; `_FOLDS` for those beyond what tuning looks at."""
    rng = np.random.default_rng(0)
    size = problem.pairs.value.size
    unit = problem.pairs.client if problem.cold else np.arange(size)
    fold = rng.permutation(int(unit.max()) + 1)[unit] % _FOLDS
    fold[rng.permutation(size)[problem.tuned_on :]] = _FOLDS
    return np.asarray(fold)


def _agreement(told: Floats, judge: Observed) -> float:
    """The correlation, clients' own means taken out where most pairs are of clients with more."""
    value = judge.value
    number = np.bincount(judge.client)[judge.client]
    if np.mean(number > 1) > 0.5:
        told, value = (_within(judge.client, column) for column in (told, value))
    if np.std(told) < 1e-12 or np.std(value) < 1e-12:
        return 0.0
    return float(np.corrcoef(told, value)[0, 1])


def _within(client: Codes, column: Floats) -> Floats:
    mean = np.bincount(client, column) / np.maximum(np.bincount(client), 1)
    return column - mean[client]
