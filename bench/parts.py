"""Where the distance to Bayes-optimal lies: what is known of each part of the truth.

In a world of `seed` the truth of a pair is a sum of parts: what the therapist is to everybody, to
those with a need, to those who wish for a style, and how far each wish is met. A model's expected
fit is a sum of the same parts. *Left open* is the mean squared error of a part over its variance,
within clients: 0 for all known, 1 for nothing, above 1 for worse than nothing. Beside it the
order's share of the attainable gain, and both again for a model that tells of therapists with fewer
than five clients too, which is never served: what the promise costs; and for one that keeps it and
is told the true style of every therapist.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from bench.dataset import Codes, Dataset, Floats
from bench.gain import attainable_gain, interval
from bench.methods.product import trained
from bench.methods.registry import told_at_once
from bench.seeded import seeded
from bench.tastes import Tastes, style_of, truth_of
from matching.intake import Intake
from matching.learning import design, fitting, observations, respect, style_met
from matching.learning.features import CONTENT, Asked, content_columns, need_shares
from matching.learning.learned import Learned
from matching.query import Query
from matching.roster import Roster
from matching.rows import Rows
from matching.vocabulary import STYLE_AXES, Vocabulary
from matching.weighting import Weighting

THERAPISTS, RATINGS = 60, 2_000
WORLDS, QUICK_WORLDS = ("balanced", "preference", "therapist", "skewed"), ("balanced",)
SEEDS, QUICK_SEEDS = 5, 2
SHOWN = (
    "therapist", "therapist_need", "therapist_style", "communication_style", "needs", "culture",
)  # fmt: skip

# Columns that are finer views of a wish.
_OF = {"near": "communication_style", "all_needs": "needs", "first_need": "needs"} | {
    f"{kind}:{axis}": "communication_style"
    for kind in ("closeness", "product", "beyond")
    for axis in STYLE_AXES
}
_PART = tuple(_OF.get(name, name.removesuffix(":strong")) for name in CONTENT)


def run(quick: bool = False) -> list[dict[str, Any]]:
    """A row a world: the model that is served, one that tells of all, and one told the style."""
    worlds, seeds = (QUICK_WORLDS, QUICK_SEEDS) if quick else (WORLDS, SEEDS)
    with threadpool_limits(1):
        return [row(world, seeds) for world in worlds]


def row(world: str, seeds: int) -> dict[str, Any]:
    """One world: gains by method, and what is left open of each part by model."""
    gains: dict[str, list[float]] = {}
    errors: dict[str, list[dict[str, float]]] = {}
    for seed in range(seeds):
        dataset = seeded(world, seed, therapists=THERAPISTS, ratings=RATINGS)
        past, truth = dataset.ratings, true_parts(dataset)
        kept = told_at_once(past.therapist, past.client)
        for name, believed in (("bayes", None), ("bayes_in_steps", kept)):
            told = dataset.reference(believed).mean
            gains.setdefault(name, []).append(attainable_gain(told, dataset.true_fit))
        for name, model in MODELS:
            found = model(dataset)
            total = np.sum(list(found.values()), axis=0)
            gains.setdefault(name, []).append(attainable_gain(total, dataset.true_fit))
            errors.setdefault(name, []).append(left_open(found, truth))
    return {
        "world": world,
        "gains": {name: interval(values) for name, values in gains.items()},
        "open": {
            name: {part: float(np.mean([one[part] for one in several])) for part in SHOWN}
            for name, several in errors.items()
        },
    }


def table(rows: list[dict[str, Any]]) -> str:
    """The rows as text."""
    lines = [f"{'world':<14}{'method':<16}{'gain':>12}" + "".join(f"{one:>21}" for one in SHOWN)]
    for one in rows:
        for name, (mean, half) in one["gains"].items():
            within = "" if half is None else f"±{half:.2f}"
            parts = one["open"].get(name, {})
            cells = "".join(f"{parts[part]:>21.2f}" for part in SHOWN if part in parts)
            lines.append(f"{one['world']:<14}{name:<16}{mean:>7.2f}{within:<5}{cells}")
    return "\n".join(lines)


def left_open(found: Mapping[str, Floats], truth: Mapping[str, Floats]) -> dict[str, float]:
    """By part, the mean squared error within clients over the part's variance."""
    parts = {}
    for part in SHOWN:
        true = _within(truth[part])
        apart = _within(found.get(part, np.zeros_like(true))) - true
        parts[part] = float((apart**2).mean() / (true**2).mean())
    return parts


def true_parts(dataset: Dataset) -> dict[str, Floats]:
    """The parts of the truth of the unseen, (clients, therapists) in the roster's order."""
    parts = truth_of(dataset, Tastes(), np.random.default_rng(0)).parts
    return {name: part for name, part in parts.items() if name != "pair"}


def expected_parts(dataset: Dataset) -> dict[str, Floats]:
    """The same of what a model expects; `affinity` is what LightFM adds."""
    model = trained(dataset).model
    if model is None:
        raise ValueError("too few ratings for a model")
    learned = Learned.on(model, dataset.roster)
    several = [_of_intake(learned, one, dataset.roster) for one in dataset.unseen]
    nothing = np.zeros(len(dataset.roster))
    names = sorted({name for one in several for name in one})
    return {name: np.stack([one.get(name, nothing) for one in several]) for name in names}


def _of_intake(learned: Learned, intake: Intake, roster: Roster) -> dict[str, Floats]:
    query = Query.of(intake, roster, Weighting(), Vocabulary.shared(), 1.0)
    rows, asked, model = Rows.every(len(roster)), Asked.of(query), learned.model
    parts = {"level": np.full(len(roster), model.level), "therapist": learned.level.copy()}

    def add(name: str, values: NDArray[np.floating]) -> None:
        parts[name] = parts.get(name, 0.0) + values

    for place, column in content_columns(query, roster, rows, learned.style_met):
        add(_PART[place], model.content[place] * column)
    add("therapist_style", asked.style @ learned.style)
    add("culture", asked.culture * (learned.culture + model.respect * learned.respect))
    for code, share in zip(asked.needs, need_shares(asked.needs), strict=True):
        if code in learned.need:
            add("therapist_need", share * np.asarray(learned.need[code]))
    told = learned.expected(query, roster, rows).mean
    parts["affinity"] = told - np.sum(list(parts.values()), axis=0)
    return parts


def _with_true_style(dataset: Dataset) -> dict[str, Floats]:
    true = style_of(dataset)

    def known(_rows: Any, _own: Any, _wishes: Floats, told: Floats) -> style_met.StyleMet:
        return style_met.StyleMet(true.copy(), np.nanmean(true - told, axis=1))

    with patch.object(fitting, "style_met", known):
        return expected_parts(dataset)


def _without_steps(dataset: Dataset) -> dict[str, Floats]:
    with _no_steps():
        return expected_parts(dataset)


@contextmanager
def _no_steps() -> Iterator[None]:
    """Every rating counts, as if nobody could tell from what is published what one client said."""
    with ExitStack() as stack:
        for module, name, instead in _STEPS:
            stack.enter_context(patch.object(module, name, instead))
        yield


def _every(group: Codes, *_: Any) -> Any:
    return np.zeros(len(group), np.intp)


def _as_it_is(columns: Any, *_: Any) -> Any:
    return columns


_STEPS: tuple[tuple[Any, str, Callable[..., Any]], ...] = (
    (observations, "first_told_with_ends", _every),
    (style_met, "first_told", _every),
    (respect, "first_told", _every),
    (design, "first_told", _every),
    (design, "told_apart", _as_it_is),
)


MODELS: tuple[tuple[str, Callable[[Dataset], dict[str, Floats]]], ...] = (
    ("rapport", expected_parts), ("no_steps", _without_steps), ("true_style", _with_true_style)
)  # fmt: skip


def _within(values: Floats) -> Floats:
    """Less each client's mean: how leniently somebody is served moves no order."""
    within: Floats = values - values.mean(1, keepdims=True)
    return within
