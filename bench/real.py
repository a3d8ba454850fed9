"""Table 2: real ratings of people by people, by history size.

Concordance is the share of a rater's pairs of test ratings that a method puts in their order; ties
count a half. Errors and slopes are within raters too: how leniently somebody rates is not asked.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

import numpy as np

from bench.dataset import Codes, Floats
from bench.methods.registry import PEERS, told_at_once
from bench.real_data import (
    Rated,
    as_cases,
    as_pairs,
    as_problem,
    as_ratings,
    groups,
    intakes_of,
    lecturers,
)
from matching.learning.clinic import Clinic, learnable
from matching.learning.learned import EIGHTY, Learned
from matching.learning.train import train
from matching.query import Query
from matching.rows import Rows
from matching.vocabulary import Vocabulary
from matching.weighting import Weighting

SIZES = (1_468, 7_342, 36_710, 58_736)  # 2, 10, 50 and 80 % of all
GROUP_SIZES = (100, 500, 2_000)
TEST = 0.2
SEEDS = 3
_RESAMPLES = 500
_RATING = ("rapport", "mean", "ridge", "boosting", "svd")  # whose scores are ratings
_STEPS = "mean_in_steps"  # what the shrunken mean makes of the ratings that Rapport may use
METHODS = ("rapport", _STEPS, *PEERS)


@dataclass(frozen=True, slots=True)
class Split:
    """What to learn from and what to foretell; `cold` where the test's raters are nobody's."""

    learn: Rated
    test: Rated
    people: int
    raters: int
    cold: bool


@dataclass(frozen=True, slots=True)
class Test:
    """One row of the table; `apart` where the splits are of different people."""

    name: str
    splits: Sequence[Split]
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What a method says of the test's ratings; `sd` of a rating about it where it says."""

    score: Floats
    sd: Floats | None = None


def command(asked: argparse.Namespace) -> list[dict[str, Any]]:
    """Run and print the table as `options` say, or whole."""
    methods = getattr(asked, "methods", None) or METHODS
    seeds = getattr(asked, "seeds", None) or (1 if asked.quick else SEEDS)
    print(head(methods), flush=True)
    rows = []
    for test in tests(seeds, quick=asked.quick):
        rows.append(row(test, methods))
        print(line(rows[-1]), flush=True)
    return rows


def options(parser: argparse.ArgumentParser) -> None:
    """What can be left out of the table."""
    parser.add_argument("--seeds", type=int, help="how many")
    parser.add_argument("--methods", type=lambda text: tuple(text.split(",")))


def tests(seeds: int, *, quick: bool) -> Iterator[Test]:
    """Every row of the table: the whole by history size, then small groups, then kinds of cases."""
    everybody, dept = lecturers()
    both = (("known", "rating"), ("new raters", "rater"))
    for size in SIZES[:2] if quick else SIZES:
        for name, by in both:
            yield Test(name, [split(everybody, by, size, seed) for seed in range(seeds)])
    small = list(groups(everybody, dept))
    for size in GROUP_SIZES[:2] if quick else GROUP_SIZES:
        for name, by in both:
            splits = [split(one, by, size, 0) for one in small]
            yield Test(f"20, {name}", splits, apart=True)
    by_kind, _ = lecturers(kinds=True)
    for name, by in (*both, ("new rated", "rated")):
        size = SIZES[1 if quick else 2]
        splits = [split(by_kind, by, size, seed) for seed in range(seeds)]
        yield Test(f"kinds, {name}", splits)


def split(rated: Rated, by: str, size: int, seed: int) -> Split:
    """`size` ratings to learn from; tested are left-out ratings, raters or rated."""
    rng = np.random.default_rng([seed, 17])
    every = np.arange(rated.value.size)
    unit = {"rating": every, "rater": rated.rater, "rated": rated.rated}[by]
    out = rng.random(int(unit.max()) + 1)[unit] < TEST
    learn = np.sort(rng.permutation(np.flatnonzero(~out))[:size])
    test, raters = rated.part(np.flatnonzero(out)), int(rated.rater.max()) + 1
    return Split(rated.part(learn), test, rated.people, raters, by == "rater")


def row(test: Test, methods: Sequence[str]) -> dict[str, Any]:
    """One row: each method's figures over all splits, and how far the first is from the others."""
    cells: dict[str, Any] = {}
    order: dict[str, Floats] = {}
    for method in methods:
        start = perf_counter()
        told = [_METHODS[method](one) for one in test.splits]
        seconds = (perf_counter() - start) / len(test.splits)
        tallies = [
            concordant(one.test, say.score, one.raters)
            for one, say in zip(test.splits, told, strict=True)
        ]
        order[method] = np.concatenate(tallies) if test.apart else np.sum(tallies, axis=0)
        share, half = share_of(order[method])
        cells[method] = {"concordance": share, "half": half, "seconds": seconds}
        if method in _RATING:
            cells[method] |= _errors(test.splits, told)
    learned = int(np.mean([one.learn.value.size for one in test.splits]))
    return {"test": test.name, "ratings": learned, "methods": cells, "ahead": _ahead(order)}


def head(methods: Sequence[str]) -> str:
    """The table's heading."""
    return f"{'test':<18}{'ratings':>8}" + "".join(f"{name:>15}" for name in methods)


def line(row: Mapping[str, Any]) -> str:
    """One row as text: concordances, then how far ahead of the best other the first method is."""
    cells = [f"{cell['concordance']:.3f}±{cell['half']:.3f}" for cell in row["methods"].values()]
    text = f"{row['test']:<18}{row['ratings']:>8,}" + "".join(f"{cell:>15}" for cell in cells)
    ahead = row["ahead"]
    return text + (f"  {ahead['by']:+.3f}±{ahead['half']:.3f} {ahead['of']}" if ahead else "")


def concordant(test: Rated, score: Floats, raters: int) -> Floats:
    """(raters, 2): how many pairs of a rater's unequal ratings are in order, and how many."""
    order = np.argsort(test.rater, kind="stable")
    starts = np.flatnonzero(np.diff(test.rater[order], prepend=-1))
    found = np.zeros((raters, 2))
    for rows in np.split(order, starts[1:]):
        truly = np.sign(test.value[rows][:, None] - test.value[rows])
        told = np.sign(score[rows][:, None] - score[rows])
        pairs = np.abs(truly).sum()
        found[test.rater[rows[0]]] = (truly * told).sum() / 2 + pairs / 2, pairs
    return found


def share_of(tallies: Floats) -> tuple[float, float]:
    """The share in order, and half its 95 % interval by resampling raters."""
    drawn = _resampled(tallies)
    return float(tallies[:, 0].sum() / tallies[:, 1].sum()), float(1.96 * drawn.std())


def _resampled(tallies: Floats) -> Floats:
    """(resamples,): the share in order among as many raters, drawn with replacement."""
    tallies = tallies[tallies[:, 1] > 0]
    rng, size = np.random.default_rng(0), len(tallies)
    drawn = [tallies[rng.integers(0, size, size)].sum(0) for _ in range(_RESAMPLES)]
    return np.array([right / pairs for right, pairs in drawn])


def _ahead(order: Mapping[str, Floats]) -> dict[str, Any] | None:
    """By how much the first method is ahead of the best other, raters resampled for both alike."""
    first, *others = (name for name in order if name != _STEPS)
    if not others:
        return None
    best = max(others, key=lambda name: share_of(order[name])[0])
    ahead = share_of(order[first])[0] - share_of(order[best])[0]
    apart = _resampled(order[first]) - _resampled(order[best])
    return {"of": best, "by": ahead, "half": float(1.96 * apart.std())}


def _errors(splits: Sequence[Split], told: Sequence[Told]) -> dict[str, float | None]:
    """RMSE within raters, the slope of ratings on predictions, and coverage at 80 %."""
    value, score, sd = [], [], []
    for one, say in zip(splits, told, strict=True):
        number = np.bincount(one.test.rater)[one.test.rater]
        several = number > 2
        value.append(_within(one.test.rater, one.test.value)[several])
        score.append(_within(one.test.rater, say.score)[several])
        if say.sd is not None:
            # A rater's own mean is taken out of the ratings, and with it a part of their noise.
            sd.append((say.sd * np.sqrt(1 - 1 / number))[several])
    truly, said = np.concatenate(value), np.concatenate(score)
    square = float(said @ said)
    return {
        "rmse": float(np.sqrt(np.mean((truly - said) ** 2))),
        "slope": float(said @ truly) / square if square else None,
        "coverage": float(np.mean(np.abs(truly - said) <= EIGHTY * np.concatenate(sd)))
        if sd
        else None,
    }


def _within(group: Codes, column: Floats) -> Floats:
    mean = np.bincount(group, column) / np.maximum(np.bincount(group), 1)
    return column - mean[group]


def _rapport(one: Split) -> Told:
    ratings, roster = as_ratings(one.learn, one.people)
    vocabulary, weighting = Vocabulary.shared(), Weighting()
    trained = train(ratings, roster, weighting, vocabulary)
    model, noise = trained.model, _noise(ratings, roster)
    if model is None:
        return Told(np.zeros(one.test.value.size), np.full(one.test.value.size, noise**0.5))
    learned, every = Learned.on(model, roster), Rows.every(len(roster))
    mean, half = (np.empty((len(one.test.kinds), len(roster))) for _ in "mh")
    for kind, intake in enumerate(intakes_of(one.test.kinds)):
        query = Query.of(intake, roster, weighting, vocabulary, model.reliability)
        expected = learned.expected(query, roster, every)
        mean[kind] = expected.mean
        for place in range(len(roster)):
            half[kind, place] = learned.half_interval(query, place, expected.at(place))
    at = one.test.kind, one.test.rated
    return Told(mean[at], np.sqrt((half[at] / EIGHTY) ** 2 + noise))


def _noise(ratings: Any, roster: Any) -> float:
    """The variance of one rating about its pair's fit, as training takes it."""
    used = learnable(ratings, roster, Weighting())
    rows = Clinic.of(used, roster, Weighting(), Vocabulary.shared()).rows_of(used)
    return float(np.mean(rows.noise))


def _peer(name: str) -> Callable[[Split], Told]:
    def told(one: Split) -> Told:
        problem = as_problem(one.learn, one.people, one.raters, cold=one.cold)
        pairs = as_pairs(one.test)
        if one.cold:
            pairs = type(pairs)(np.full_like(pairs.client, -1), pairs.therapist, pairs.case,
                                pairs.value)  # fmt: skip
        return Told(PEERS[name](problem)(as_cases(one.test.kinds, one.people), pairs))

    return told


def _in_steps(one: Split) -> Told:
    kept = told_at_once(one.learn.rated, one.learn.rater)
    return _peer("mean")(replace(one, learn=one.learn.part(kept)))


_METHODS: Mapping[str, Callable[[Split], Told]] = {
    "rapport": _rapport,
    _STEPS: _in_steps,
    **{name: _peer(name) for name in PEERS},
}
