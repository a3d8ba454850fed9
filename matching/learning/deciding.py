"""What a dimension's weight can decide, and what ratings say it should: one effect a dimension.

The mixed model spreads what is known of content over many columns. A weighting has one figure a
dimension, so the columns' effects are brought onto the dimensions' own scores by least squares over
the therapists of each client: the one weight that orders them most like the model's content does.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from matching.learning.backbone import Design, Variances
from matching.learning.clinic import Clinic
from matching.learning.features import CONTENT, CONTENT_DIMENSIONS, KINDS, Floats, content_columns
from matching.learning.posterior import ROUGH, posterior
from matching.learning.terms import base_weights
from matching.learning.uncertainty import prior_covariance
from matching.query import Query
from matching.rows import Rows
from matching.scorers import SCORERS

# So many of the clinic's clients stand for all.
_CLIENTS = 150

# Below this variance between therapists a dimension tells nobody apart.
_ALIKE = 1e-6

Codes = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Deciding:
    """k dimensions, and how their scores differ between the therapists of one client.

    Attributes:
        places: the dimensions' places in CONTENT_DIMENSIONS (and CONTENT), shape (k,).
        gram: (k, k) covariance of their scores, times importance, between therapists.
        cross: (k, p), the same with every content column.
        present: their weights in the clinic, shape (k,), above 0.
    """

    places: Codes
    gram: Floats
    cross: Floats
    present: Floats

    @classmethod
    def of(cls, moments: Floats, places: Codes, weights: Floats) -> "Deciding":
        """Some of the dimensions, from `between_therapists`."""
        gram = moments[np.ix_(places, places)]
        return cls(places, gram, moments[places], weights[places])

    @property
    def lift(self) -> Floats:
        """(k, p): times the content columns' effects, points for a point of each dimension."""
        return np.asarray(np.linalg.solve(self.gram, self.cross))

    def weights(self, content: Floats, share: float) -> Floats:
        """The weights, not negative, that order therapists most like `content` does, shape (k,).

        Of all directions that are not negative it is the nearest in `gram` whose order agrees best.
        Scaled to the sum of the present weights, of which 1 − `share` stays in any case; the
        present ones where no dimension's score rises with fit.
        """
        root = np.linalg.cholesky(self.gram).T
        found, _ = nnls(root, root @ self.lift @ content)
        if found.sum() <= 0:
            return self.present
        scaled = self.present.sum() * found / found.sum()
        mixed: Floats = (1 - share) * self.present + share * scaled
        return mixed

    def better_by(self, weights: Floats) -> Floats:
        """(p,): times the content's effects, what these weights gain over the present ones, points.

        By as much the expected fit of a therapist rises who stands one standard deviation above
        the others in the order: cov(score, fit) / sd(score), linear in the effects.
        """
        apart: Floats = self._unit(weights) - self._unit(self.present)
        return apart @ self.cross

    def _unit(self, weights: Floats) -> Floats:
        unit: Floats = weights / np.sqrt(weights @ self.gram @ weights)
        return unit


def decisive(moments: Floats) -> NDArray[np.bool_]:
    """Which dimensions tell some therapists apart at all, shape (8,)."""
    return np.diag(moments)[: len(CONTENT_DIMENSIONS)] > _ALIKE


def between_therapists(clinic: Clinic, style: Floats, cases: Codes, seed: int) -> Floats:
    """(p, p) covariance of content columns between therapists, the mean over these clients.

    `style` (4, therapists) as clients meet it.
    """
    every = Rows.every(len(clinic.roster))
    total = np.zeros((len(CONTENT), len(CONTENT)))
    chosen = np.random.default_rng(seed).permutation(cases)[:_CLIENTS]
    for case in np.sort(chosen).tolist():
        columns = np.zeros((every.size, len(CONTENT)))
        for place, values in content_columns(clinic.queries[case], clinic.roster, every, style):
            columns[:, place] = values
        columns -= columns.mean(0)
        total += columns.T @ columns / every.size
    return total / max(len(chosen), 1)


def standing_out(clinic: Clinic, case: Codes, row: Codes) -> tuple[Floats, Floats]:
    """How far the therapists of m pairs stand out: score less the roster's mean, times importance.

    And the importance itself, both (m, 8): with weights w the ranking puts a pair
    `apart @ w / (importance @ w)` above the mean of all.
    """
    every = Rows.every(len(clinic.roster))
    apart = np.zeros((len(case), len(CONTENT_DIMENSIONS)))
    importance = np.zeros_like(apart)
    order = np.argsort(case, kind="stable")
    cases, begins = np.unique(case[order], return_index=True)
    for number, pairs in zip(cases.tolist(), np.split(order, begins[1:]), strict=True):
        query: Query = clinic.queries[number]
        for dimension, matters in query.importance.items():
            place = CONTENT_DIMENSIONS.index(dimension)
            score = np.empty(every.size)
            SCORERS[dimension].score(query, clinic.roster, every).into(score, None)
            apart[pairs, place] = matters * (score[row[pairs]] - score.mean())
            importance[pairs, place] = matters
    return apart, importance


def content_doubt(design: Design, variances: Variances, directions: Floats) -> Floats:
    """The posterior covariance of the content's effects times each direction: (n, p) to (n, p).

    With every other effect's doubt in it: P − P X' (V⁻¹ − V⁻¹1(1'V⁻¹1)⁻¹1'V⁻¹) X P for the content
    columns X, their prior covariance P and the observations' covariance V, of which the posterior
    of X P times the direction is the second term (Henderson 1975).
    """
    terms, noise = design.terms(), design.seen.noise + variances.of["pair"]
    base = base_weights(design.weights)
    found: Floats = directions @ prior_covariance(design.weights, variances)
    for place, prior in enumerate(found.copy()):
        effects = posterior(terms, design.content @ prior, noise, variances.of, ROUGH).effects
        found[place] -= np.concatenate([effects[kind] for kind, _ in KINDS])
        found[place] -= base * float(effects["base"][0])
    return found
