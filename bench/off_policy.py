"""Whether the interval of an off-policy estimate covers the truth as often as it says.

In simulated clinics whose clients choose from lists of three and rate with noise, the mean fit that
another weighting leads to is estimated from a log, 200 times a row, and compared with the truth.
Rows differ in how much near ties are varied, in whether a model ranks, in the other weighting and
in how many outcomes were logged; `choosing` by person breaks what the estimate rests on: clients
are then drawn to whom they will get on with.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from zlib import crc32

import numpy as np
from scipy.stats import binomtest

from bench.logs import Clinic, clinic
from matching.estimators import Estimate, direct, doubly_robust, snips
from matching.off_policy import estimates
from matching.weighting import DEFAULT_WEIGHTS, Weighting

RUNS, QUICK_RUNS = 200, 40
WORLDS, QUICK_WORLDS = ("balanced", "preference", "therapist", "therapist_need"), ("balanced",)
NEAR_TIES = (0.02, 0.1)
RATINGS = 2_000
OUTCOMES = (75, 200, 1_000)
CLIENTS, QUICK_CLIENTS = 1_000, 300
# As the logarithm of the odds a point.
PULL = 1.0
CHOOSING: Mapping[str, float] = {"by place": 0.0, "by person": PULL}

# What the other weighting has otherwise than the default; the last two need a model to matter.
CHANGES: Mapping[str, Mapping[str, float]] = {
    "small shift": {"needs": 0.18, "modality": 0.14},
    "style doubled": {"communication_style": 0.36},
    "needs halved": {"needs": 0.11},
    "style alone": {**dict.fromkeys(DEFAULT_WEIGHTS, 0.0), "communication_style": 1.0},
    "what clients ask for": {"expected_fit": 0.0},
    "track record": {"expected_fit": 20.0},
}
_OF_A_MODEL = ("what clients ask for", "track record")
METHODS = {"snips": snips, "doubly_robust": doubly_robust}

Row = dict[str, Any]


def command(asked: argparse.Namespace) -> dict[str, list[Row]]:
    """Run and print the table row by row, and what it comes to."""
    print(head(), flush=True)
    rows = []
    for row in measured(quick=asked.quick):
        rows.append(row)
        print(line(row), flush=True)
    totals = summed(rows)
    print()
    for total in totals:
        print(sentence(total))
    return {"rows": rows, "covered": totals}


def measured(*, quick: bool) -> Iterator[Row]:
    """The rows, one after the other."""
    for near_tie in NEAR_TIES:
        for ratings in (0,) if quick else (0, RATINGS):
            clinics = _clinics(near_tie, ratings, quick=quick)
            for name in clinics[0].others:
                for choosing, pull in CHOOSING.items():
                    pulled = [replace(one, pull=pull) for one in clinics]
                    for outcomes in OUTCOMES if not pull else OUTCOMES[-1:]:
                        settings = {
                            "near_tie": near_tie, "model": bool(ratings), "weighting": name,
                            "choosing": choosing, "outcomes": outcomes,
                        }  # fmt: skip
                        runs = (QUICK_RUNS if quick else RUNS) // len(clinics)
                        seed = crc32(repr(settings).encode())
                        yield {**settings, **row_of(pulled, name, outcomes, runs, seed)}


def _clinics(near_tie: float, ratings: int, *, quick: bool) -> list[Clinic]:
    log = Weighting(near_tie=near_tie)
    others = {
        name: replace(log, weights={**DEFAULT_WEIGHTS, **change})
        for name, change in CHANGES.items()
        if ratings or name not in _OF_A_MODEL
    }
    clients = QUICK_CLIENTS if quick else CLIENTS
    return [
        clinic(world, seed, log, others, ratings=ratings, clients=clients)
        for seed, world in enumerate(QUICK_WORLDS if quick else WORLDS)
    ]


def row_of(clinics: Sequence[Clinic], name: str, outcomes: int, runs: int, seed: int) -> Row:
    """So many runs in each clinic: how often refused, and of the others how good."""
    errors: dict[tuple[str, str], list[tuple[float, float, bool]]] = {}
    found, missed, gains = [], [], []
    for number, one in enumerate(clinics):
        before, after = one.truth(one.log), one.truth(one.others[name])
        truth = {"value": after, "difference": after - before}
        gains.append(after - before)
        rng = np.random.default_rng([seed, number])
        for _ in range(runs):
            drawn = one.drawn(name, outcomes, rng)
            found.append(estimates(drawn))
            if found[-1].why:
                continue
            for method, estimate in METHODS.items():
                trio = estimate(drawn)
                for what, told in (("value", trio.after), ("difference", trio.difference)):
                    errors.setdefault((method, what), []).append(_error(told, truth[what]))
            now, then = direct(drawn)
            missed.append((then - after, then - now - truth["difference"], truth["difference"]))
    return {
        "runs": len(found),
        "refused": float(np.mean([one.why is not None for one in found])),
        "effective": float(np.mean([one.effective_sample_size for one in found])),
        "unsupported": float(np.mean([one.unsupported for one in found])),
        "truth": float(np.mean(gains)),
        **{method: {} for method in METHODS},
        **_methods(errors, missed),
    }


def _error(told: Estimate, truth: float) -> tuple[float, float, bool]:
    return told.value - truth, (told.high - told.low) / 2, told.low <= truth <= told.high


def _methods(
    errors: Mapping[tuple[str, str], list[tuple[float, float, bool]]],
    missed: Sequence[tuple[float, float, float]],
) -> Row:
    """By method and figure. The direct one has no interval, and `none` says nothing changes."""
    if not missed:
        return {}
    told: Row = {method: {} for method in METHODS}
    for (method, what), each in errors.items():
        error, half, covered = np.array(each).T
        told[method][what] = {
            "covered": int(covered.sum()), "of": covered.size, "bias": float(error.mean()),
            "half_width": float(half.mean()), "rmse": _rms(error),
        }  # fmt: skip
    value, difference, gain = np.array(missed).T
    told["direct"] = {"value": _rms(value), "difference": _rms(difference)}
    told["none"] = {"difference": _rms(gain)}
    return told


def _rms(values: Any) -> float:
    return float(np.sqrt(np.mean(np.square(values))))


def summed(rows: Sequence[Row]) -> list[Row]:
    """How often the truth was covered over all rows: by method, figure and way of choosing."""
    totals = []
    for choosing in CHOOSING:
        for method in METHODS:
            for what in ("value", "difference"):
                of = [r[method][what] for r in rows if r["choosing"] == choosing and r[method]]
                if not of:
                    continue
                hit, runs = (sum(one[name] for one in of) for name in ("covered", "of"))
                low, high = binomtest(hit, runs).proportion_ci(method="wilson")
                worst = min(one["covered"] / one["of"] for one in of)
                totals.append(
                    {"choosing": choosing, "method": method, "of": what, "runs": runs,
                     "coverage": hit / runs, "low": float(low), "high": float(high),
                     "worst_row": worst}
                )  # fmt: skip
    return totals


def head() -> str:
    """The table's heading."""
    figures = "".join(f"{name:>24}" for name in ("snips: value, change", "dr: value, change"))
    return (
        f"{'near':<6}{'model':<7}{'weighting':<22}{'choosing':<11}{'n':>5}{'refused':>9}{'ess/n':>7}"
        f"{'silent':>8}{'truth':>8}{figures}   "
        "rmse of the change: snips, dr, direct, none; half width of dr"
    )


def line(row: Row) -> str:
    """One row as text: how often covered, and how far off."""
    start = (
        f"{row['near_tie']:<6}{'yes' if row['model'] else 'no':<7}{row['weighting']:<22}"
        f"{row['choosing']:<11}{row['outcomes']:>5}{row['refused']:>9.2f}"
        f"{row['effective'] / row['outcomes']:>7.2f}{row['unsupported']:>8.3f}{row['truth']:>+8.3f}"
    )
    if not row["snips"]:
        return start
    covered = "".join(
        "".join(f"{one['covered'] / one['of']:>12.3f}" for one in row[method].values())
        for method in METHODS
    )
    change = row["doubly_robust"]["difference"]
    rmse = [row["snips"]["difference"]["rmse"], change["rmse"], row["direct"]["difference"],
            row["none"]["difference"]]  # fmt: skip
    return f"{start}{covered}   " + " ".join(f"{x:.3f}" for x in (*rmse, change["half_width"]))


def sentence(total: Row) -> str:
    """How often the truth was covered, in words."""
    return (
        f"chosen {total['choosing']}, {total['method']}, {total['of']}: covered "
        f"{total['coverage']:.3f} ({total['low']:.3f} to {total['high']:.3f}) of {total['runs']},"
        f" in the worst row {total['worst_row']:.3f}"
    )
