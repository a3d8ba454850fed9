"""Training: fit on the earlier clients, test on the latest, then fit on all of them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from matching.learning.backbone import Variances
from matching.learning.clinic import Clinic, learnable
from matching.learning.evaluate import compare, gate, latest_clients
from matching.learning.fitting import Fit, fit
from matching.learning.learned import Learned
from matching.learning.model import FitModel
from matching.learning.observations import Rows, observe_all
from matching.learning.ratings import ITEMS, Ratings
from matching.learning.report import DataWindow, Decision, HeldOut, Report, Suggestion
from matching.learning.steps import whole_steps
from matching.learning.suggested import Basis, suggest
from matching.learning.terms import OF_CLIENT
from matching.roster import Roster
from matching.vocabulary import Vocabulary
from matching.weighting import Weighting

# With fewer clients there is nothing to hold out and little to learn.
LEAST_CLIENTS = 20

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Trained:
    """A model, None where there is too little to learn from, and what was found."""

    model: FitModel | None
    report: Report


def train(
    ratings: Ratings,
    roster: Roster,
    weighting: Weighting,
    vocabulary: Vocabulary,
    *,
    seed: int = 0,
    serving: FitModel | None = None,
    progress: Progress = lambda _stage, _done: None,
) -> Trained:
    """Learn from a clinic's ratings, and test what was learned.

    `serving` is the model that ranks now, to compare with. `progress` is called with a stage's name
    and the share done, 0..1. The same arguments on the same machine give the same model to the last
    bit: one thread does the linear algebra.
    """
    with threadpool_limits(1):
        progress("reading", 0.0)
        ratings = learnable(ratings, roster, weighting)
        clinic = Clinic.of(ratings, roster, weighting, vocabulary)
        rows = clinic.rows_of(ratings)
        if len(np.unique(rows.client)) < LEAST_CLIENTS:
            because = Decision(outcome="refuse", because="too_few_clients")
            return Trained(None, Report(window=_window(rows, None), decision=because, seed=seed))
        progress("testing", 0.1)
        held_out, interval, like = _test(clinic, rows, ratings, serving, seed)
        progress("fitting", 0.5)
        fitted = fit(clinic, rows, seed=seed, interval=interval, like=like)
        progress("weighing", 0.9)
        suggestion = suggest(_basis(clinic, fitted), seed)
        progress("done", 1.0)
    return Trained(fitted.model, _report(rows, fitted, held_out, suggestion, seed))


def _basis(clinic: Clinic, fitted: Fit) -> Basis:
    style = Learned.on(fitted.model, clinic.roster).style_met
    return Basis(clinic, fitted.design, fitted.variances, fitted.model.content, style)


def _test(
    clinic: Clinic, rows: Rows, ratings: Ratings, serving: FitModel | None, seed: int
) -> tuple[HeldOut, float, Variances]:
    """How a model of the earlier clients does on the latest, and how wide its intervals must be."""
    late = latest_clients(rows, ratings.client_keys)
    earlier = fit(clinic, rows.where(~late), seed=seed)
    pairs = observe_all(rows.where(late & ~rows.left), len(clinic.roster))
    leniency = sum(earlier.variances.shares[name] for name in OF_CLIENT)
    held_out, interval = compare(clinic, pairs, earlier.model, serving, leniency)
    return held_out, interval, earlier.variances


def _report(
    rows: Rows, fitted: Fit, held_out: HeldOut, suggestion: Suggestion, seed: int
) -> Report:
    model, growth = fitted.model, rows.scale.growth
    return Report(
        window=_window(rows, fitted),
        decision=gate(held_out),
        seed=seed,
        held_out=held_out,
        variances=fitted.variances.shares,
        growth=growth.points,
        levels=dict(zip(ITEMS, rows.scale.levels.tolist(), strict=True)),
        session_noise={"first": growth.first, "later": growth.later},
        reliability=model.reliability,
        affinity_weight=model.affinity.weight if model.affinity else 0.0,
        interval=model.interval,
        suggestion=suggestion,
    )


def _window(rows: Rows, fitted: Fit | None) -> DataWindow:
    return DataWindow(
        ratings=int((~rows.left).sum()),
        clients=whole_steps(len(np.unique(rows.client))) or 0,
        pairs=len(fitted.seen) if fitted else 0,
        therapists=len(np.unique(rows.therapist)),
        therapists_known=len(fitted.model.evidence.ids) if fitted else 0,
        first_at=_month(float(rows.at.min())) if len(rows) else None,
        last_at=_month(float(rows.at.max())) if len(rows) else None,
    )


def _month(day: float) -> float:
    """The first day of a day's month, in days since 1970: a day would tell of one client."""
    month = np.datetime64(int(np.floor(day)), "D").astype("datetime64[M]")
    return float(month.astype("datetime64[D]").astype(np.int64))
