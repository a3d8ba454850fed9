"""From ratings in points to a model: READ FIRST of the learned half.

observe → describe → variances → mixed model → affinity on what is left → how sure → scale
"""

from dataclasses import dataclass, replace

import numpy as np

from matching.learning.affinity import FOLDS, Residuals, fit_affinity
from matching.learning.backbone import (
    Backbone,
    Design,
    Variances,
    estimate_variances,
    fit_backbone,
    predict,
)
from matching.learning.clinic import Clinic
from matching.learning.design import Own, content_of_pairs, keep_told, slopes_of_pairs
from matching.learning.features import Floats
from matching.learning.model import Affinity, Evidence, FitModel, Prior
from matching.learning.observations import Observations, Rows, observe
from matching.learning.posterior import ROUGH
from matching.learning.respect import respect_met
from matching.learning.scale import scaled
from matching.learning.steps import whole_steps
from matching.learning.style_met import StyleMet, style_met
from matching.learning.terms import OF_THERAPIST
from matching.learning.uncertainty import FIRST, content_covariance, therapist_blocks


@dataclass(frozen=True, slots=True)
class Fit:
    """A model and what it was made from."""

    model: FitModel
    variances: Variances
    design: Design

    @property
    def seen(self) -> Observations:
        """The observations that it rests on."""
        return self.design.seen


def fit(
    clinic: Clinic,
    rows: Rows,
    *,
    seed: int,
    interval: float = 1.0,
    like: Variances | None = None,
) -> Fit:
    """The model of a clinic's ratings. The same arguments give the same model to the last bit.

    `interval` widens what is shown; `like` are the variances of much the same ratings.
    """
    therapists = len(clinic.roster)
    seen, own = observe(rows, therapists)
    met = style_met(rows, own, clinic.wishes, clinic.told)
    respect = respect_met(own, therapists)
    design = describe(clinic, seen, met, respect)
    variances = estimate_variances(design, seed, like)
    backbone = fit_backbone(design, variances)
    affinity = _affinity(clinic, design, variances, seed)
    model = _model(clinic, design, variances, backbone, met, respect)
    if affinity is not None:
        affinity = affinity.of_rows(np.unique(seen.therapist[seen.own]))
    model = replace(model, affinity=affinity, interval=interval)
    return Fit(scaled(model, clinic, seed), variances, design)


def describe(clinic: Clinic, seen: Observations, met: StyleMet, respect: Floats) -> Design:
    """Observations with what the model sees of each."""
    shifted = np.clip(clinic.told + met.shift[:, None], -1, 1)
    style = np.where(np.isnan(met.met), shifted, met.met)
    content = content_of_pairs(clinic.queries, seen.case, seen.rated, clinic.roster, style)
    keep_told(content, seen.client, seen.since)
    slopes = slopes_of_pairs(clinic.asked, seen.case)
    culture = slopes.culture.toarray()
    weights = clinic.weighting.weights
    own = Own.of(slopes, seen.therapist, seen.told)
    return Design(seen, content, culture * respect[seen.rated, None], slopes, own, weights)


def _affinity(clinic: Clinic, design: Design, variances: Variances, seed: int) -> Affinity | None:
    """LightFM on the residuals of mixed models that did not see them, by folds of whole clients.

    What is fitted to test a fold must not know the fold either, so those residuals come from the
    model of one other fold alone, for the third.
    """
    seen = design.seen
    fold = folds_of(seen, seed)
    left, apart = np.zeros(len(seen)), np.zeros((FOLDS, len(seen)))
    for number in range(FOLDS):
        inside = fold == number
        without = fit_backbone(design.where(~inside), variances, ROUGH)
        left[inside] = seen.value[inside] - predict(without, design.where(inside))
        alone = fit_backbone(design.where(inside), variances, ROUGH)
        for other in set(range(FOLDS)) - {number}:
            at = fold == other
            third = FOLDS - number - other
            apart[third, at] = seen.value[at] - predict(alone, design.where(at))
    for number in range(FOLDS):
        apart[number] -= apart[number, fold != number].mean()
    asked, client_codes = clinic.asked_codes(seen.case)
    profiles, profile_codes = clinic.profiles()
    noise = seen.noise + variances.of["pair"] + variances.of["client"]
    pairs = Residuals(
        left - left.mean(), apart, 1 / noise, fold, asked[seen.case], seen.therapist, seen.rated,
        profiles, seen.therapists,
    )  # fmt: skip
    return fit_affinity(pairs, client_codes, profile_codes, seed)


def folds_of(seen: Observations, seed: int) -> np.ndarray:
    """Each pair's fold: all pairs of a client are in one."""
    clients = int(seen.client.max(initial=-1)) + 1
    return np.random.default_rng(seed).permutation(clients)[seen.client] % FOLDS


def _model(
    clinic: Clinic,
    design: Design,
    variances: Variances,
    backbone: Backbone,
    met: StyleMet,
    respect: Floats,
) -> FitModel:
    level, need, style, culture = (variances.of[name] for name in OF_THERAPIST)
    return FitModel(
        level=backbone.level,
        content=backbone.content,
        covariance=content_covariance(design, variances),
        respect=backbone.respect,
        needs=design.slopes.codes,
        evidence=_evidence(clinic, design, variances, backbone, met, respect),
        prior=Prior(level=level, need=need, style=style, culture=culture),
        style_shift=met.shift,
        pair_variance=variances.of["pair"],
        centre=backbone.level,
        spread=1.0,
        interval=1.0,
        reliability=1.0,
    )


def _evidence(
    clinic: Clinic,
    design: Design,
    variances: Variances,
    backbone: Backbone,
    met: StyleMet,
    respect: Floats,
) -> Evidence:
    """What is known of the therapists with observations of their own, in roster order."""
    blocks = therapist_blocks(design, variances)
    rows = np.array(sorted(blocks), np.intp)
    own = [blocks[row] for row in rows.tolist()]
    clients = np.bincount(design.seen.therapist[design.seen.own], minlength=design.seen.therapists)

    def needs(part: str) -> Floats:
        return np.concatenate([np.empty(0), *(getattr(block, part) for block in own)])

    needed = np.concatenate([np.empty(0, np.intp), *(block.needs for block in own)])
    of_row = np.repeat(rows, [len(block.needs) for block in own])
    return Evidence(
        ids=tuple(clinic.roster.ids[row] for row in rows.tolist()),
        clients=np.array([whole_steps(int(clients[row])) or 0 for row in rows], np.int32),
        level=backbone.therapist[rows],
        style=backbone.style[rows],
        culture=backbone.culture[rows],
        respect=respect[rows],
        variance=np.array([block.variance[:FIRST] for block in own]).reshape(-1, FIRST),
        with_level=np.array([block.with_level[:FIRST] for block in own]).reshape(-1, FIRST),
        need_start=np.cumsum([0, *(len(block.needs) for block in own)]).astype(np.int32),
        need=needed.astype(np.int32),
        need_effect=backbone.need[of_row, needed],
        need_clients=np.array(
            [whole_steps(int(count)) or 0 for count in needs("clients")], np.int32
        ),
        need_variance=np.concatenate([np.empty(0), *(b.variance[FIRST:] for b in own)]),
        need_with_level=np.concatenate([np.empty(0), *(b.with_level[FIRST:] for b in own)]),
        style_met=met.met.T[rows],
    )
