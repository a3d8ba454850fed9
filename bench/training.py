"""Table 5: what training costs, beside LightFM's own fit on the same pairs with the same epochs.

Each measurement runs in a process of its own, so that the peak of memory is its own. Clients with
one to three therapists and one to five sessions each; what they ask is drawn from a thousand
intakes, since what is measured is ratings, not intakes.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from time import perf_counter
from typing import Any

import numpy as np
from lightfm import LightFM
from scipy.sparse import coo_matrix, eye, hstack

from bench.contract_rows import match_bodies, therapist_rows
from bench.dataset import read_intake, read_roster
from bench.histories import CORE, ITEM_NOISE
from bench.methods.hybrid import narrow
from bench.worlds import WORLDS, draw_clients, draw_effects, draw_therapists, expected_fit
from matching.learning.affinity import COMPONENTS, EPOCHS, FOLDS
from matching.learning.clinic import Clinic
from matching.learning.ratings import ITEMS, NOT_SAID, Ratings
from matching.learning.series import pair_codes
from matching.learning.train import train
from matching.roster import Roster
from matching.vocabulary import STYLE_AXES, Vocabulary
from matching.weighting import Weighting

SIZES = (1_000, 10_000, 100_000, 1_000_000)
_INTAKES = 1_000
_MEGABYTE = 1024.0  # ru_maxrss is in kilobytes


def command(asked: argparse.Namespace) -> list[dict[str, Any]]:
    """Run and print the table."""
    rows = []
    print(head(), flush=True)
    for size in SIZES[:-1] if asked.quick else SIZES:
        rows.append(row(size))
        print(line(rows[-1]), flush=True)
    print(f"Goal: at most {FOLDS + 1} × LightFM's fit (one a fold, and one on all).")
    return rows


def row(size: int) -> dict[str, Any]:
    """One history size: training and LightFM's fit, ratios first."""
    ours, theirs = _in_a_process("train", size), _in_a_process("lightfm", size)
    return {
        "ratings": size,
        "times_lightfm": ours["seconds"] / theirs["seconds"],
        "memory_times_lightfm": ours["peak_mb"] / theirs["peak_mb"],
        "goal": FOLDS + 1,
        "train": ours,
        "lightfm": theirs,
    }


def head() -> str:
    """The table's heading."""
    return (
        f"{'ratings':>10}{'× LightFM':>11}{'× memory':>10}{'seconds':>10}{'peak MB':>9}"
        f"{'LightFM s':>11}{'peak MB':>9}"
    )


def line(row: Mapping[str, Any]) -> str:
    """One row as text."""
    ours, theirs = row["train"], row["lightfm"]
    return (
        f"{row['ratings']:>10,}{row['times_lightfm']:>11.2f}{row['memory_times_lightfm']:>10.2f}"
        f"{ours['seconds']:>10.2f}{ours['peak_mb']:>9.0f}"
        f"{theirs['seconds']:>11.2f}{theirs['peak_mb']:>9.0f}"
    )


def _in_a_process(what: str, size: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.training", what, str(size)]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    found = subprocess.run(  # noqa: S603 - our own words
        command, env=environment, check=True, capture_output=True, text=True
    )
    measured: dict[str, Any] = json.loads(found.stdout.splitlines()[-1])
    return measured


def clinic_of(size: int) -> tuple[Ratings, Roster]:
    """So many ratings of a simple clinic, with 60 therapists, more where there are many ratings."""
    rng, world = np.random.default_rng(size), WORLDS["simple_balanced"]
    people = draw_therapists(rng, max(60, min(1_000, size // 200)), world)
    asking = draw_clients(rng, _INTAKES)
    fits = expected_fit(asking, people, draw_effects(rng, len(people.told), world), world)
    roster = read_roster(therapist_rows(people))
    pairs = size // 2 + 1
    client = np.repeat(np.arange(pairs), rng.integers(1, 4, pairs))[:pairs]
    case = rng.integers(0, _INTAKES, pairs)[client]
    therapist = rng.integers(0, len(roster), pairs)
    pair = np.repeat(np.arange(pairs), rng.integers(1, 6, pairs))[:size]
    session = np.arange(size) - np.searchsorted(pair, pair) + 1
    fit = fits[case, therapist] + world.leniency * rng.standard_normal(pairs)[client]
    fit = (fit + world.pair * rng.standard_normal(pairs))[pair]
    fit += world.session * rng.standard_normal(size)
    items = np.full((size, len(ITEMS)), np.nan, np.float32)
    noise = ITEM_NOISE * rng.standard_normal((size, CORE))
    items[:, :CORE] = np.clip(np.rint(fit[:, None] + noise), 0, 10)
    ratings = Ratings(
        client=client[pair].astype(np.int32),
        therapist=therapist[pair].astype(np.int32),
        case=case[pair].astype(np.int32),
        session=session.astype(np.int16),
        at=np.arange(size) / 100.0,
        items=items,
        style_seen=np.full((size, len(STYLE_AXES)), NOT_SAID, np.int8),
        client_keys=[str(number) for number in range(pairs)],
        therapist_ids=roster.ids,
        intakes=[read_intake(body) for body in match_bodies(asking)],
    )
    return ratings, roster


def _training(ratings: Ratings, roster: Roster) -> Callable[[], Any]:
    return lambda: train(ratings, roster, Weighting(), Vocabulary.shared())


def _lightfm(ratings: Ratings, roster: Roster) -> Callable[[], Any]:
    """One fit on all pairs: what was asked and what profiles say as features, as in training."""
    clinic = Clinic.of(ratings, roster, Weighting(), Vocabulary.shared())
    codes, first = pair_codes(ratings.client, ratings.therapist)
    value = np.bincount(codes, np.nanmean(ratings.items, axis=1)) / np.bincount(codes)
    asked, profiles = (
        clinic.asked_codes(ratings.case[first].astype(np.intp))[0],
        clinic.profiles()[0],
    )
    users, items = narrow(asked[ratings.case[first]]), narrow(hstack([eye(len(roster)), profiles]))
    apart = (value - value.mean()).astype(np.float32)
    at = (np.arange(apart.size), ratings.therapist[first])
    shape = (apart.size, len(roster))
    liked = coo_matrix((np.where(apart > 0, 1, -1).astype(np.float32), at), shape=shape)
    weight = coo_matrix((np.abs(apart), at), shape=shape)

    def fit() -> Any:
        return LightFM(no_components=COMPONENTS, loss="logistic", random_state=0).fit(
            liked,
            user_features=users,
            item_features=items,
            sample_weight=weight,
            epochs=EPOCHS,
            num_threads=1,
        )

    return fit


_WORK: Mapping[str, Callable[[Ratings, Roster], Callable[[], Any]]] = {
    "train": _training,
    "lightfm": _lightfm,
}


def main(arguments: Sequence[str]) -> None:
    """Measure one thing here, and print it as JSON."""
    what, size = arguments[0], int(arguments[1])
    work = _WORK[what](*clinic_of(size))
    before = _peak_mb()
    start = perf_counter()
    work()
    seconds = perf_counter() - start
    print(json.dumps({"seconds": seconds, "peak_mb": _peak_mb(), "before_mb": before}))


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MEGABYTE


if __name__ == "__main__":
    main(sys.argv[1:])
