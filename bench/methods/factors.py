"""Collaborative filters from well-kept packages: who rated whom, and nothing else.

A client whom they have not seen is the average of all clients they have.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from bench.dataset import Floats
from bench.methods.observed import Observed
from bench.methods.problem import Cases, Predictor, Problem
from bench.methods.tuning import tuned


def _als(problem: Problem, settings: Mapping[str, Any]) -> Predictor:
    from implicit.als import AlternatingLeastSquares  # noqa: PLC0415 - for the tables only

    return _implicit(AlternatingLeastSquares, problem, settings)


def _bpr(problem: Problem, settings: Mapping[str, Any]) -> Predictor:
    from implicit.bpr import BayesianPersonalizedRanking  # noqa: PLC0415 - for the tables only

    return _implicit(BayesianPersonalizedRanking, problem, settings)


def _implicit(make: Any, problem: Problem, settings: Mapping[str, Any]) -> Predictor:
    """One of the factorisations of `implicit`, on ratings as confidence."""
    with threadpool_limits(1, "blas"):
        model = make(
            factors=settings["factors"],
            regularization=settings["held"],
            random_state=0,
            num_threads=1,
            use_gpu=False,
        )
        model.fit(_positive(problem, above=settings["above"]), show_progress=False)
    return _product(np.asarray(model.user_factors), np.asarray(model.item_factors))


def _ease(problem: Problem, settings: Mapping[str, Any]) -> Predictor:
    from cornac.data import Dataset  # noqa: PLC0415 - for the tables only
    from cornac.models import EASE  # noqa: PLC0415

    pairs, table = problem.pairs, _apart(problem)
    data = Dataset.from_uir(
        list(zip(pairs.client.tolist(), pairs.therapist.tolist(), table.tolist(), strict=True))
    )
    model = EASE(lamb=settings["held"], posB=False, verbose=False).fit(data)
    rated = np.zeros((problem.clients, problem.therapists))
    rated[pairs.client, pairs.therapist] = table
    like = np.zeros((problem.therapists, problem.therapists))
    at = np.array(list(data.iid_map), np.intp)
    like[np.ix_(at, at)] = model.B
    told = rated @ like
    told = np.vstack([told, told.mean(0)])

    def predict(_cases: Cases, of: Observed) -> Floats:
        return told[of.client, of.therapist]

    return predict


def _svd(problem: Problem, settings: Mapping[str, Any]) -> Predictor:
    from surprise import SVD, Dataset, Reader  # noqa: PLC0415 - for the tables only

    pairs = problem.pairs
    low, high = float(pairs.value.min()), float(pairs.value.max())
    rows = zip(pairs.client.tolist(), pairs.therapist.tolist(), pairs.value.tolist(), strict=True)
    data = Dataset(Reader(rating_scale=(low, high)))
    known = data.construct_trainset([(*row, None) for row in rows])
    model = SVD(
        n_factors=settings["factors"],
        reg_all=settings["held"],
        n_epochs=settings["epochs"],
        random_state=0,
    ).fit(known)
    bias, client = np.zeros(problem.therapists), np.zeros((problem.clients + 1, model.n_factors))
    vectors = np.zeros((problem.therapists, model.n_factors))
    for inner in known.all_items():
        at = known.to_raw_iid(inner)
        bias[at], vectors[at] = model.bi[inner], model.qi[inner]
    for inner in known.all_users():
        client[known.to_raw_uid(inner)] = model.pu[inner]

    def predict(_cases: Cases, of: Observed) -> Floats:
        told: Floats = bias[of.therapist] + (client[of.client] * vectors[of.therapist]).sum(1)
        return told

    return predict


def _product(clients: Floats, therapists: Floats) -> Predictor:
    """Scores of factors; the last row of clients is the mean of all."""
    clients = np.vstack([clients, clients.mean(0)]).astype(np.float64)

    def predict(_cases: Cases, of: Observed) -> Floats:
        told: Floats = (clients[of.client] * therapists[of.therapist]).sum(1)
        return told

    return predict


def _positive(problem: Problem, *, above: bool) -> csr_matrix:
    """Ratings as confidence: how far each lies above the mean, or all above the lowest."""
    pairs = problem.pairs
    value = pairs.value - (pairs.value.mean() if above else pairs.value.min() - 0.1)
    kept = np.flatnonzero(value > 0)
    return csr_matrix(
        (value[kept], (pairs.client[kept], pairs.therapist[kept])),
        shape=(problem.clients, problem.therapists),
        dtype=np.float32,
    )


def _apart(problem: Problem) -> Floats:
    """Ratings about the mean of all."""
    apart: Floats = problem.pairs.value - problem.pairs.value.mean()
    return apart


implicit_als = tuned(_als, {"factors": (8, 32), "held": (0.1, 10.0), "above": (True, False)})
implicit_bpr = tuned(_bpr, {"factors": (8, 32), "held": (0.01, 0.1), "above": (True, False)})
ease = tuned(_ease, {"held": (100.0, 10.0, 1000.0)})
svd = tuned(_svd, {"factors": (5, 20), "held": (0.02, 0.1), "epochs": (20, 60)})
