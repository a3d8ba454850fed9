"""LightFM with features, alone and added to content."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from lightfm import LightFM
from scipy.sparse import coo_matrix, csr_array, csr_matrix, hstack, identity

from bench.dataset import Floats
from bench.methods.observed import CONTENT, Observed
from bench.methods.problem import Cases, Predictor, Problem, one_hot
from bench.methods.tuning import tuned
from matching.weighting import DEFAULT_WEIGHTS

_GRID = {"components": (8, 32), "epochs": (15, 50)}
_SHARES = {"share": (0.5, 0.25, 0.75)}
_BEST = {"components": 8, "epochs": 30}


def _fit(problem: Problem, settings: Mapping[str, Any], loss: str) -> Predictor:
    """Features are what was asked and what profiles say, and identities.

    Therapists have one, clients only where those to predict for are known.
    """
    pairs = problem.pairs
    items = narrow(hstack([identity(problem.therapists), csr_array(problem.profiles)]))
    clients = 0 if problem.cold else problem.clients

    def who(cases: Cases, of: Observed) -> csr_matrix:
        known = one_hot(of.client, problem.clients)[:, :clients]
        return narrow(hstack([known, csr_array(cases.asked[of.case])]))

    model = LightFM(no_components=settings["components"], loss=loss, random_state=0)
    users = who(problem.cases, pairs)
    if not users.shape[1]:
        users = narrow(np.ones((pairs.value.size, 1)))
    liked, weight = _liked(problem, only_liked=loss == "warp")
    model.fit(
        liked,
        user_features=users,
        item_features=items,
        sample_weight=weight,
        epochs=settings["epochs"],
        num_threads=1,
    )
    vectors, biases = items @ model.item_embeddings, items @ model.item_biases

    def predict(cases: Cases, of: Observed) -> Floats:
        wide = who(cases, of)
        own = wide @ model.user_embeddings if wide.shape[1] else model.user_embeddings
        told: Floats = (own * vectors[of.therapist]).sum(1) + biases[of.therapist]
        return told.astype(np.float64)

    return predict


def _liked(problem: Problem, *, only_liked: bool) -> tuple[coo_matrix, coo_matrix]:
    """Who was liked, 1 or −1, and how much either counts: (pairs, therapists) each.

    Each pair is a user of its own: one client may ask for different things at different times.
    """
    pairs = problem.pairs
    apart = pairs.value - _level(pairs)
    kept = np.flatnonzero(apart > 0) if only_liked else np.arange(apart.size)
    size = np.abs(apart) / max(float(np.abs(apart).mean()), 1e-9)
    at, shape = (kept, pairs.therapist[kept]), (apart.size, problem.therapists)
    sign = np.where(apart > 0, 1, -1)
    liked, weight = (
        coo_matrix((column[kept].astype(np.float32), at), shape=shape) for column in (sign, size)
    )
    return liked, weight


def _logistic(problem: Problem, settings: Mapping[str, Any]) -> Predictor:
    return _fit(problem, settings, "logistic")


def _warp(problem: Problem, settings: Mapping[str, Any]) -> Predictor:
    return _fit(problem, settings, "warp")


def _summed(problem: Problem, settings: Mapping[str, Any]) -> Predictor:
    """Content by the clinic's weights and LightFM, both standardised, in a tuned share."""
    learned, share = _fit(problem, _BEST, "logistic"), settings["share"]
    weights = np.array([DEFAULT_WEIGHTS[name] for name in CONTENT])
    seen = learned(problem.cases, problem.pairs)
    content = _content(problem.cases, problem.pairs, weights)
    spread = max(float(content.std()), 1e-9), max(float(seen.std()), 1e-9)

    def predict(cases: Cases, of: Observed) -> Floats:
        told = learned(cases, of) / spread[1]
        total: Floats = (1 - share) * _content(cases, of, weights) / spread[0] + share * told
        return total

    return predict


def _content(cases: Cases, of: Observed, weights: Floats) -> Floats:
    total: Floats = cases.content[of.case, :, of.therapist] @ weights
    return total


def _level(pairs: Observed) -> Floats:
    """What a client's ratings are compared with: their own mean where there are three or more."""
    number = np.bincount(pairs.client)
    mean = np.bincount(pairs.client, pairs.value) / np.maximum(number, 1)
    own: Floats = np.where(number >= 3, mean, pairs.value.mean())[pairs.client]
    return own


def narrow(matrix: Any) -> csr_matrix:
    """As LightFM's compiled code takes it."""
    found = csr_matrix(matrix, dtype=np.float32)
    found.indices, found.indptr = found.indices.astype(np.int32), found.indptr.astype(np.int32)
    return found


lightfm_logistic = tuned(_logistic, _GRID)
lightfm_warp = tuned(_warp, _GRID)
content_and_lightfm = tuned(_summed, _SHARES)
