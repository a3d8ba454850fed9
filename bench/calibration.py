"""How far expected fits can be believed, where the truth is known; and who gets to be seen.

A pair's mean fit is what can be known of it and what only meeting shows; the interval is told for
both. Slopes are within clients: how the truth differs between therapists where predictions do.
"""

import argparse
from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.stats import norm

from bench.clinics import WORLDS, clinic
from bench.dataset import Dataset, Floats
from bench.gain import TOP
from bench.methods.product import rapport, trained
from matching.learning.learned import EIGHTY, Learned
from matching.query import Query
from matching.rows import Rows
from matching.vocabulary import Vocabulary
from matching.weighting import Weighting

SIZES = (500, 2_000)
SEEDS = 3
LEVELS = (0.5, 0.8, 0.95)
BINS = 10
_FEW = 5  # ratings below which a therapist counts as new
_THERAPISTS = 20  # of each client whose intervals are looked at


def command(asked: argparse.Namespace) -> list[dict[str, Any]]:
    """Run and print the table."""
    rows = []
    print(head(), flush=True)
    for world in WORLDS:
        for size in SIZES[-1:] if asked.quick else SIZES:
            rows.append(row(world, size, 1 if asked.quick else SEEDS))
            print(line(rows[-1]), flush=True)
    return rows


def head() -> str:
    """The table's heading."""
    return (
        f"{'world':<18}{'ratings':>8}{'slope':>7}{'covers 80 %':>13}{'Bayes covers':>14}"
        f"{'new: of top':>13}{'by Bayes':>10}{'of roster':>11}"
    )


def line(row: Mapping[str, Any]) -> str:
    """One row as text."""
    new = row["new"]
    return (
        f"{row['world']:<18}{row['ratings']:>8,}{row['slope']:>7.2f}"
        f"{row['coverage'][LEVELS.index(0.8)]:>13.2f}{row['bayes_coverage']:>14.2f}"
        f"{new['top']:>13.2f}{new['bayes_top']:>10.2f}{new['roster']:>11.2f}"
    )


def row(world: str, size: int, seeds: int) -> dict[str, Any]:
    """One world and size, means over seeds; without a model a seed says nothing of slopes."""
    found = [one for seed in range(seeds) if (one := _measured(world, size, seed))]
    mean: dict[str, Any] = {
        name: np.mean([one[name] for one in found], axis=0).tolist()
        for name in ("slope", "coverage", "bayes_coverage", "told", "truly")
    }
    parts = ("top", "bayes_top", "roster")
    new = {name: float(np.mean([one["new"][name] for one in found])) for name in parts}
    return {"world": world, "ratings": size, **mean, "levels": LEVELS, "new": new}


def _measured(world: str, size: int, seed: int) -> dict[str, Any] | None:
    dataset = clinic(world, seed, therapists=60, ratings=size)
    model = trained(dataset).model
    if model is None:
        return None
    believed = dataset.reference(None)
    inside = np.abs(believed.mean - dataset.true_fit) <= EIGHTY * believed.sd()
    mean, sd, places = _told(Learned.on(model, dataset.roster), dataset)
    truth = np.take_along_axis(dataset.true_fit, places, 1)
    said = np.take_along_axis(mean, places, 1)
    apart, true_apart = (column - column.mean(1, keepdims=True) for column in (said, truth))
    return {
        "slope": float((apart * true_apart).sum() / (apart**2).sum()),
        "coverage": [covered(truth - said, sd, dataset.pair_sd, level) for level in LEVELS],
        "bayes_coverage": float(inside.mean()),
        **_bins(apart, true_apart),
        "new": _new(dataset, rapport(dataset)(dataset.unseen), believed.mean),
    }


def _told(learned: Learned, dataset: Dataset) -> tuple[Floats, Floats, np.ndarray]:
    """Expected fits of all pairs, and for some of each client's the sd of the pair's mean fit."""
    roster, rng = dataset.roster, np.random.default_rng(dataset.seed)
    shape = len(dataset.unseen), min(_THERAPISTS, len(roster))
    places = np.array([rng.permutation(len(roster))[: shape[1]] for _ in dataset.unseen])
    mean, sd = np.empty((shape[0], len(roster))), np.empty(shape)
    every, vocabulary, weighting = Rows.every(len(roster)), Vocabulary.shared(), Weighting()
    for number, intake in enumerate(dataset.unseen):
        query = Query.of(intake, roster, weighting, vocabulary, learned.model.reliability)
        expected = learned.expected(query, roster, every)
        mean[number] = expected.mean
        for at, place in enumerate(places[number].tolist()):
            sd[number, at] = learned.half_interval(query, place, expected.at(place)) / EIGHTY
    return mean, sd, places


def covered(error: Floats, sd: Floats, pair_sd: float, level: float) -> float:
    """The chance that a pair's mean fit, with what only meeting shows, lies in its interval."""
    reach = norm.ppf(0.5 + level / 2) * sd
    inside = norm.cdf((reach - error) / pair_sd) - norm.cdf((-reach - error) / pair_sd)
    return float(inside.mean())


def _bins(told: Floats, truly: Floats) -> dict[str, list[float]]:
    """Means of predictions and truths in bins of as many pairs, lowest predictions first."""
    order = np.argsort(told, axis=None)
    return {
        name: [float(part.mean()) for part in np.array_split(column.ravel()[order], BINS)]
        for name, column in (("told", told), ("truly", truly))
    }


def _new(dataset: Dataset, scores: Floats, believed: Floats) -> dict[str, float]:
    """The share of the top places that goes to therapists with hardly a rating."""
    number = np.bincount(dataset.ratings.therapist, minlength=len(dataset.roster))
    new = number < _FEW
    top, best = (np.argsort(-one, axis=1)[:, :TOP] for one in (scores, believed))
    shares = {"top": new[top].mean(), "bayes_top": new[best].mean(), "roster": new.mean()}
    return {name: float(share) for name, share in shares.items()}
