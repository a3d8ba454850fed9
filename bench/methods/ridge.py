"""One ridge regression on content, therapists, therapists × needs and × style, and clients."""

from collections.abc import Mapping
from typing import Any

from scipy.sparse import csr_array, hstack
from sklearn.linear_model import Ridge

from bench.dataset import Floats
from bench.methods.observed import Observed
from bench.methods.problem import Cases, Predictor, Problem, by_therapist, one_hot
from bench.methods.tuning import tuned


def _fit(problem: Problem, settings: Mapping[str, Any]) -> Predictor:
    """Every kind of column has a scale of its own, tuned with the penalty."""
    therapists, clients = problem.therapists, problem.clients

    def columns(cases: Cases, pairs: Observed) -> csr_array:
        content = settings["content"] * cases.content[pairs.case, :, pairs.therapist]
        needs = by_therapist(pairs.therapist, settings["own"] * cases.needs[pairs.case], therapists)
        style = by_therapist(pairs.therapist, settings["own"] * cases.style[pairs.case], therapists)
        own = one_hot(pairs.therapist, therapists)
        return csr_array(hstack([csr_array(content), own, needs, style]))

    lenient = one_hot(problem.pairs.client, clients)
    design = csr_array(hstack([columns(problem.cases, problem.pairs), lenient]))
    model = Ridge(settings["alpha"], solver="sparse_cg", tol=1e-6).fit(design, problem.pairs.value)

    def predict(cases: Cases, pairs: Observed) -> Floats:
        design = columns(cases, pairs)
        told: Floats = design @ model.coef_[: design.shape[1]] + model.intercept_
        return told

    return predict


mixed_ridge = tuned(
    _fit, {"alpha": (3.0, 1.0, 10.0, 30.0), "content": (3.0, 1.0), "own": (1.0, 0.5)}
)
