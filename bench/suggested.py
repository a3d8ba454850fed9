"""Suggested weights where the truth is known: how near they come, and whether they ever rank worse.

*Distance*: half the sum of absolute differences between shares of the weights and of
what the world is made of, 0 for the same and 1 for nothing in common, by history size: of the
present defaults, of what is estimated, of the weights that would be offered (the present ones
unless the verdict is `better`), and of plain non-negative least squares on the same pairs.
*Ranking*: the share of the attainable gain of unseen clients, offered weights less present ones, by
content alone, and how many runs rank worse. The truth of a run is twice told: as it is in that
clinic, and as it is on average over the therapists' own effects, which no weighting can know.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.optimize import nnls

from bench import worlds as simple
from bench.clinics import clinic
from bench.clinics import generator as drawing
from bench.dataset import Dataset, Floats
from bench.gain import attainable_gain, interval
from bench.seeded import spec_of
from matching.learning.clinic import Clinic, learnable
from matching.learning.deciding import standing_out
from matching.learning.features import CONTENT_DIMENSIONS
from matching.learning.observations import observe_all
from matching.learning.report import Suggestion
from matching.learning.train import train
from matching.query import Query
from matching.rows import Rows
from matching.scoring import levels_of
from matching.vocabulary import Vocabulary
from matching.weighting import DEFAULT_WEIGHTS, Weighting
from seed.clinic import generate
from seed.sight import expected_fits
from seed.truth import RESPECT_MEAN, SHARED_BACKGROUND
from seed.world import WORLDS as SEEDED

WORLDS = (*simple.WORLDS, "balanced", "preference", "skewed")
QUICK_WORLDS = ("simple_balanced", "simple_preference", "balanced")
SIZES, QUICK_SIZES = (100, 500, 2_000, 8_000), (100, 500, 2_000)
# The seeds before these chose how sure a suggestion must be and how wide its intervals are.
FIRST_SEED, SEEDS, QUICK_SEEDS = 16, 8, 2
THERAPISTS, UNSEEN = 60, 400
_PRESENT = np.array([DEFAULT_WEIGHTS[name] for name in CONTENT_DIMENSIONS])
# A fall counts from this share of the attainable gain on, and if the clients' own noise cannot
# make it (one-sided, 97.5 %).
LEAST_FALL, NOISE = 0.002, 1.96


@dataclass(frozen=True, slots=True)
class Truth:
    """What a clinic of a world is made of.

    `weights` (8,) are in points for a strong wish met in full, so that they compare with a clinic's
    weights; `content` (clients, therapists) the unseen clients' fit without the therapists' own
    effects.
    """

    weights: Floats
    content: Floats


def command(asked: argparse.Namespace) -> list[dict[str, Any]]:
    """Run and print the table, each size as soon as it is measured."""
    runs: list[dict[str, Any]] = []
    for size in QUICK_SIZES if asked.quick else SIZES:
        for world in QUICK_WORLDS if asked.quick else WORLDS:
            seeds = range(FIRST_SEED, FIRST_SEED + (QUICK_SEEDS if asked.quick else SEEDS))
            runs += [one for seed in seeds if (one := run(world, seed, size))]
        print(table([row for row in summary(runs) if row["ratings"] == size]), flush=True)
    return summary(runs)


def run(world: str, seed: int, ratings: int) -> dict[str, Any] | None:
    """One clinic with so many ratings; None where there are too few to train on."""
    dataset = clinic(world, seed, therapists=THERAPISTS, ratings=ratings, unseen=UNSEEN)
    truth = truth_of(dataset)
    trained = train(
        dataset.ratings, dataset.roster, Weighting(), Vocabulary.shared(), seed=dataset.seed
    )
    suggestion = trained.report.suggestion
    if suggestion is None:
        return None
    offered, plain = offered_by(suggestion), plain_weights(dataset)
    estimate = np.array([one.estimate for one in suggestion.dimensions])
    held_out = suggestion.held_out
    row: dict[str, Any] = {
        "world": world, "seed": seed, "ratings": ratings, "verdict": suggestion.verdict,
        "certainty": suggestion.certainty, "held_out": held_out.gain.value if held_out else None,
        "covered": _covered(suggestion, truth.weights),
    }  # fmt: skip
    for name, weights in (
        ("present", _PRESENT), ("estimate", estimate), ("offered", offered), ("plain", plain),
    ):  # fmt: skip
        row[f"{name}_distance"] = distance(weights, truth.weights)
    for name, weights in (("estimate", estimate), ("offered", offered)):
        for kind, fits in (("here", dataset.true_fit), ("usual", truth.content)):
            row[f"{name}_{kind}"], row[f"{name}_{kind}_noise"] = gain(dataset, fits, weights)
    return row


def truth_of(dataset: Dataset) -> Truth:
    """The truth of a dataset of `clinic` with UNSEEN clients."""
    if dataset.world in SEEDED:
        return _seeded_truth(dataset)
    world = simple.WORLDS[dataset.world]
    size = len(dataset.roster)
    effects = simple.draw_effects(_draw(dataset, "effects"), size, world)
    roster = simple.draw_therapists(_draw(dataset, "therapists"), size, world)
    unseen = simple.draw_clients(_draw(dataset, "unseen"), len(dataset.unseen))
    usual = simple.Effects(
        effects.weights, *(0 * getattr(effects, name) for name in effects.__slots__[1:])
    )
    points = dict(zip(simple.DIMENSIONS, effects.weights, strict=True))
    return Truth(_comparable(points), simple.expected_fit(unseen, roster, usual, world))


def _draw(dataset: Dataset, part: str) -> np.random.Generator:
    return drawing(dataset.seed, dataset.world, part)


def _seeded_truth(dataset: Dataset) -> Truth:
    sizes = len(dataset.roster), len(dataset.ratings), len(dataset.unseen)
    spec = spec_of(dataset.world, dataset.seed, *sizes)
    made = generate(spec).truth
    none = {name: 0 * getattr(made.effects, name) for name in ("therapist", "need", "style")}
    respect = np.full(len(made.effects.respect), RESPECT_MEAN)
    usual = replace(made.effects, respect=respect, **none)
    fits = expected_fits(made.therapists, dataset.unseen, usual, spec.world)
    rows = [dataset.roster.rows_of_reference(one.profile.reference) for one in made.therapists]
    content = fits.copy()
    content[:, [row for (row,) in rows]] = fits
    points = dict(spec.world.accommodation)
    # Of culture only what is shared is in a profile; respect is the therapist's own.
    points["culture"] *= SHARED_BACKGROUND
    return Truth(_comparable(points), content)


def _comparable(points: Mapping[str, float]) -> Floats:
    """Needs count in full in both kinds of worlds, and as `some`, half, in a request."""
    found = np.array([points.get(name, 0.0) for name in CONTENT_DIMENSIONS])
    found[CONTENT_DIMENSIONS.index("needs")] *= 2
    return found


def offered_by(suggestion: Suggestion) -> Floats:
    """The content weights that an administrator would be offered, shape (8,)."""
    better = suggestion.verdict == "better"
    return np.array([one.estimate if better else one.present for one in suggestion.dimensions])


def plain_weights(dataset: Dataset) -> Floats:
    """Non-negative least squares of fit on how far the therapist stands out, and nothing else."""
    weighting, roster = Weighting(), dataset.roster
    past = learnable(dataset.ratings, roster, weighting)
    of = Clinic.of(past, roster, weighting, Vocabulary.shared())
    seen = observe_all(of.rows_of(past), len(roster))
    apart, _ = standing_out(of, seen.case, seen.rated)
    found, _ = nnls(apart - apart.mean(0), seen.value - seen.value.mean())
    return np.asarray(found if found.sum() > 0 else _PRESENT)


def distance(weights: Floats, truth: Floats) -> float:
    """Half the sum of absolute differences of shares, over what the world is made of; 0..1."""
    asked = truth > 0
    ours, theirs = weights[asked] / weights[asked].sum(), truth[asked] / truth.sum()
    return float(np.abs(ours - theirs).sum() / 2)


def gain(dataset: Dataset, fits: Floats, weights: Floats) -> tuple[float, float]:
    """Share of the attainable gain over the present weights', and its error over clients.

    By content alone: what a weighting decides without a model.
    """
    if np.array_equal(weights, _PRESENT):
        return 0.0, 0.0
    scores = content_scores(dataset)
    each = np.array(
        [
            attainable_gain((mine @ weights).round(10)[None], truth[None])
            - attainable_gain((mine @ _PRESENT).round(10)[None], truth[None])
            for mine, truth in zip(scores, fits, strict=True)
        ]
    )
    return float(each.mean()), float(each.std(ddof=1) / np.sqrt(len(each)))


def content_scores(dataset: Dataset) -> list[Floats]:
    """For each unseen client the scores times importance of everybody, (therapists, 8)."""
    roster, found = dataset.roster, []
    every = Rows.every(len(roster))
    for intake in dataset.unseen:
        query = Query.of(intake, roster, Weighting(), Vocabulary.shared())
        scores = np.zeros((len(CONTENT_DIMENSIONS), len(roster)))
        for name, level in levels_of(query, roster, every, None)[0].items():
            place = CONTENT_DIMENSIONS.index(name)
            level.into(scores[place], None)
            scores[place] *= query.importance[name]
        found.append(scores.T)
    return found


def _covered(suggestion: Suggestion, truth: Floats) -> list[bool]:
    """Whether each estimated weight's 90 % interval holds the true one, in the same total."""
    known = [at for at, one in enumerate(suggestion.dimensions) if one.state == "estimated"]
    total = sum(suggestion.dimensions[at].present for at in known)
    scaled = total * truth / max(float(truth[known].sum()), 1e-12)
    ours = suggestion.dimensions
    return [bool(ours[at].low <= scaled[at] <= ours[at].high) for at in known]


def summary(runs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A row a world and size, and one of all worlds a size."""
    sizes = sorted({one["ratings"] for one in runs})
    names = [*dict.fromkeys(one["world"] for one in runs), "all"]
    found = []
    for size in sizes:
        for name in names:
            chosen = [
                one for one in runs if one["ratings"] == size and name in ("all", one["world"])
            ]
            if chosen:
                found.append({"world": name, "ratings": size, **_of(chosen)})
    return found


def _of(runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    row: dict[str, Any] = {"runs": len(runs)}
    row["better"] = sum(one["verdict"] == "better" for one in runs)
    for name in ("present", "estimate", "offered", "plain"):
        row[f"{name}_distance"] = interval([one[f"{name}_distance"] for one in runs])
    for name in ("estimate", "offered"):
        for kind in ("usual", "here"):
            key = f"{name}_{kind}"
            row[key] = interval([one[key] for one in runs])
            falls = [one[key] < -max(LEAST_FALL, NOISE * one[f"{key}_noise"]) for one in runs]
            row[f"{key}_falls"] = sum(falls)
    covered = [one for run in runs for one in run["covered"]]
    row["covered"] = float(np.mean(covered)) if covered else None
    return row


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """The rows of `summary` as text, a line each."""
    return "\n".join(_line(row) for row in rows)


def _line(row: Mapping[str, Any]) -> str:
    distances = " ".join(
        f"{name} {_with(row[f'{name}_distance'], '')}"
        for name in ("present", "estimate", "offered", "plain")
    )
    gains = " ".join(
        f"{name} {_with(row[f'offered_{kind}'], '+')} falls {row[f'offered_{kind}_falls']}"
        for kind, name in (("usual", "on average"), ("here", "here"))
    )
    covered = "-" if row["covered"] is None else f"{row['covered']:.0%}"
    return (
        f"{row['world']:<18}{row['ratings']:>6,} better {row['better']:>2} of {row['runs']:>2} | "
        f"distance {distances} | gain {gains} | ungated falls "
        f"{row['estimate_usual_falls']}/{row['estimate_here_falls']} | covers {covered} of 90 %"
    )


def _with(found: tuple[float, float | None], sign: str) -> str:
    mean, half = found
    return f"{mean:{sign}.3f}" + ("" if half is None else f" ± {half:.3f}")
