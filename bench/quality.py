"""Table 1: ranking quality in clinics whose truth is known, by history size.

Each cell is the share of the attainable gain for clients whom nobody has rated for yet: 1 for the
three truly best, 0 for chance.
"""

import argparse
from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import Any

from bench.clinics import WORLDS, clinic
from bench.gain import attainable_gain, interval, ratio
from bench.methods.registry import METHODS

SIZES = (0, 100, 500, 2_000, 10_000)
SEEDS = 5
QUICK_SIZES, QUICK_SEEDS = (0, 500, 2_000), 2
THERAPISTS = 60
REFERENCE = "bayes"


def command(asked: argparse.Namespace) -> list[dict[str, Any]]:
    """Run and print the table as `options` say, or whole."""
    sizes = getattr(asked, "sizes", None) or (QUICK_SIZES if asked.quick else SIZES)
    seeds = getattr(asked, "seeds", None) or (QUICK_SEEDS if asked.quick else SEEDS)
    methods = getattr(asked, "methods", None) or tuple(METHODS)
    therapists = getattr(asked, "therapists", THERAPISTS)
    print(head(methods), flush=True)
    rows = []
    for world in getattr(asked, "worlds", None) or WORLDS:
        for size in sizes:
            rows.append(row(world, size, seeds, methods, therapists))
            print(line(rows[-1]), flush=True)
    return rows


def head(methods: Sequence[str]) -> str:
    """The table's heading."""
    names = "".join(f"{name:>17}" for name in methods)
    return f"{'world':<18}{'ratings':>8}{names}"


def line(row: dict[str, Any]) -> str:
    """One row as text: the ratio to Bayes-optimal, then the gain and half its interval."""
    cells = []
    for cell in row["methods"].values():
        of_best = f"{cell['ratio']:5.2f}" if cell["ratio"] is not None else "    -"
        half = "" if cell["half"] is None else f"±{cell['half']:4.2f}"
        cells.append(f"{of_best} {cell['gain']:5.2f}{half}")
    return f"{row['world']:<18}{row['ratings']:>8,}" + "".join(f"{cell:>17}" for cell in cells)


def options(parser: argparse.ArgumentParser) -> None:
    """What can be left out of the table."""
    parser.add_argument("--worlds", type=_names)
    parser.add_argument("--sizes", type=_numbers)
    parser.add_argument("--seeds", type=int, help="how many")
    parser.add_argument("--methods", type=_names)
    parser.add_argument("--therapists", type=int, default=THERAPISTS)


def row(
    world: str, size: int, seeds: int, methods: Sequence[str], therapists: int
) -> dict[str, Any]:
    """One world and size: each method's gain with its interval, and its ratio to Bayes-optimal."""
    gains: dict[str, list[float]] = {name: [] for name in methods}
    seconds = dict.fromkeys(methods, 0.0)
    for seed in range(seeds):
        dataset = clinic(world, seed, therapists=therapists, ratings=size)
        for name in methods:
            start = perf_counter()
            scores = METHODS[name](dataset)(dataset.unseen)
            seconds[name] += (perf_counter() - start) / seeds
            gains[name].append(attainable_gain(scores, dataset.true_fit))
    cells = {name: {"seeds": gains[name], "seconds": seconds[name]} for name in methods}
    return _compared({"world": world, "ratings": size, "therapists": therapists, "methods": cells})


def merged(
    earlier: Sequence[dict[str, Any]], rows: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The rows of an earlier run with what was measured again in its place."""
    found = {_key(one): one for one in earlier}
    for one in rows:
        known = found.get(_key(one), one)
        found[_key(one)] = _compared({**one, "methods": {**known["methods"], **one["methods"]}})
    return sorted(found.values(), key=_key)


def _key(row: Mapping[str, Any]) -> tuple[int, int, int]:
    return WORLDS.index(row["world"]), row["therapists"], row["ratings"]


def _compared(row: dict[str, Any]) -> dict[str, Any]:
    """The row with means, intervals and ratios from what each seed gave.

    Methods measured on fewer seeds than the reference are compared with it on those.
    """
    reference = row["methods"].get(REFERENCE, {"seeds": []})["seeds"]
    for cell in row["methods"].values():
        cell["gain"], cell["half"] = interval(cell["seeds"])
        both = list(zip(cell["seeds"], reference, strict=False))
        cell["ratio"], cell["ratio_half"] = (
            ratio(*zip(*both, strict=True)) if both else (None, None)
        )
    return row


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split(","))


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(","))
