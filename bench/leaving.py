"""What an end for reasons of fit teaches: ranking quality with departures less without.

In the clinics of `seed` some clients leave before the planned end, the more likely the worse they
get on. Of these a stated share gives a reason of fit, as people do when asked; the others give a
practical one and are not handed in. The model is fitted on the same ratings with and without the
departures, for several `Departure`s, and the difference is told with its 95 % interval over seeds.
Twice: where everybody rates, and where few do but every end is known.
"""

import argparse
import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from bench.dataset import Codes, Dataset, Floats
from bench.gain import attainable_gain, interval
from bench.seeded import seeded, spec_of
from matching.learning.clinic import Clinic, learnable
from matching.learning.departures import DEPARTURE, Departure
from matching.learning.fitting import fit
from matching.learning.learned import Learned
from matching.learning.ratings import ITEMS, NOT_SAID, Ratings
from matching.query import Query
from matching.rows import Rows
from matching.vocabulary import STYLE_AXES, Vocabulary
from matching.weighting import Weighting
from seed.clinic import generate
from seed.history import Truth
from seed.pairings import WINDOW_DAYS, Pairing

THERAPISTS, RATINGS = 60, 2_000
WORLDS, QUICK_WORLDS = ("balanced", "therapist", "therapist_need"), ("balanced",)
SEEDS, QUICK_SEEDS = 8, 2
FIT_REASONS = 0.6  # share of those who leave early who give a reason of fit: a choice
FEW = 0.25  # share of clients who rate, where few do
TRIED = (DEPARTURE, Departure(2.0, 4.0), Departure(5.0, 2.5), Departure(5.0, 1.0))
_DAYS_AFTER = 3  # after the last session until an end is recorded


@dataclass(frozen=True, slots=True)
class Quality:
    """How a model ranks the unseen: share of the attainable gain, and the correlation with truth.

    The correlation is between what is expected of the therapists and their true fit, the mean over
    clients.
    """

    gain: float
    correlation: float


def run(quick: bool = False) -> list[dict[str, Any]]:
    """A row a world, share of raters and `Departure`."""
    worlds, seeds = (QUICK_WORLDS, QUICK_SEEDS) if quick else (WORLDS, SEEDS)
    rows = []
    for world in worlds:
        for raters in (1.0, FEW):
            rows += _world(world, raters, seeds, TRIED[:2] if quick else TRIED)
            print(table(rows[-len(TRIED) :]), flush=True)
    return rows


def table(rows: list[dict[str, Any]]) -> str:
    """The rows of `run` as text, a line each."""
    return "\n".join(
        f"{row['world']:<16} raters {row['raters']:4.0%} left {row['departures']:5.1f} "
        f"drop {row['drop']:3.1f} noise {row['noise']:4.1f} | without {row['without']:.3f} | "
        f"gain {row['gain']:+.4f} ± {row['gain_half']:.4f} | "
        f"correlation {row['correlation']:+.4f} ± {row['correlation_half']:.4f}"
        for row in rows
    )


def main() -> None:
    """Print the table, and its rows as one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one world, few seeds")
    rows = run(quick=parser.parse_args().quick)
    print(table(rows))
    print(json.dumps(rows))


def with_departures(dataset: Dataset, share: float = FIT_REASONS) -> Ratings:
    """The dataset's ratings and, in their places by time, ends for reasons of fit.

    `share` is how many of those who left early give such a reason. Ends after the last rating are
    left out, as are clients who do not let their ratings be learned from.
    """
    past = dataset.ratings
    spec = spec_of(dataset.world, dataset.seed, len(dataset.roster), len(past), 0)
    truth = generate(spec).truth
    began = (spec.today - date(1970, 1, 1)).days - WINDOW_DAYS
    ends = _Ends(past, truth, began)
    chosen = np.random.default_rng(dataset.seed).random(len(truth.pairings)) < share
    for pairing, gives_reason in zip(truth.pairings, chosen.tolist(), strict=True):
        if pairing.dropped_out and gives_reason:
            ends.add(pairing)
    return ends.merged()


def quality(dataset: Dataset, ratings: Ratings, departure: Departure = DEPARTURE) -> Quality:
    """How well the model of these ratings ranks the dataset's unseen clients."""
    weighting, vocabulary, roster = Weighting(), Vocabulary.shared(), dataset.roster
    with threadpool_limits(1):
        ratings = learnable(ratings, roster, weighting)
        clinic = Clinic.of(ratings, roster, weighting, vocabulary)
        model = fit(clinic, clinic.rows_of(ratings, departure), seed=dataset.seed).model
    learned, every = Learned.on(model, roster), Rows.every(len(roster))
    queries = (Query.of(one, roster, weighting, vocabulary) for one in dataset.unseen)
    told = np.array([learned.expected(query, roster, every).mean for query in queries])
    pairs = zip(told, dataset.true_fit, strict=True)
    correlations = [np.corrcoef(ours, truth)[0, 1] for ours, truth in pairs]
    return Quality(attainable_gain(told, dataset.true_fit), float(np.mean(correlations)))


class _Ends:
    """Departures as rows beside the ratings of their pairs."""

    def __init__(self, past: Ratings, truth: Truth, began: int) -> None:
        self._past, self._truth, self._began = past, truth, began
        self._client = {key: place for place, key in enumerate(past.client_keys)}
        self._therapist = {id_: place for place, id_ in enumerate(past.therapist_ids)}
        pairs = zip(past.client.tolist(), past.therapist.tolist(), strict=True)
        self._case = dict(zip(pairs, past.case.tolist(), strict=True))
        self._rows: list[tuple[float, int, int, int, int]] = []

    def add(self, one: Pairing) -> None:
        reference = self._truth.clients[one.client].intake.client_reference
        client = self._client.get(str(reference), -1)
        therapist = self._therapist[self._truth.therapists[one.therapist].profile.reference]
        case = self._case.get((client, therapist))
        at = self._began + one.day + 7.0 * (one.sessions - 1) + _DAYS_AFTER
        if case is not None and at <= self._past.at[-1]:
            self._rows.append((at, client, therapist, case, one.sessions))

    def merged(self) -> Ratings:
        past, count = self._past, len(self._rows)
        at, client, therapist, case, session = np.array(self._rows).reshape(-1, 5).T
        order = np.argsort(np.concatenate([past.at, at]), kind="stable")

        def column(rated: Any, ended: Any) -> Any:
            return np.concatenate([rated, np.asarray(ended, rated.dtype)])[order]

        return replace(
            past,
            client=column(past.client, client),
            therapist=column(past.therapist, therapist),
            case=column(past.case, case),
            session=column(past.session, session),
            at=column(past.at, at),
            items=column(past.items, np.full((count, len(ITEMS)), np.nan)),
            style_seen=column(past.style_seen, np.full((count, len(STYLE_AXES)), NOT_SAID)),
            left=column(past.left, np.ones(count)),
            since=column(past.since, np.zeros(count)),
            again=column(past.again, np.zeros(count)),
        )


def _world(
    world: str, raters: float, seeds: int, tried: tuple[Departure, ...]
) -> list[dict[str, Any]]:
    found: dict[Departure, list[Quality]] = {departure: [] for departure in tried}
    without: list[Quality] = []
    departures = 0
    for seed in range(seeds):
        dataset = seeded(world, seed, therapists=THERAPISTS, ratings=RATINGS)
        past = with_departures(dataset)
        past = past.part(_known(past, raters, seed))
        departures += int(past.left.sum())
        without.append(quality(dataset, past.part(np.flatnonzero(~past.left))))
        for departure in tried:
            found[departure].append(quality(dataset, past, departure))
    return [
        {
            "world": world, "raters": raters, "seeds": seeds, "departures": departures / seeds,
            "drop": departure.drop, "noise": departure.noise,
            "without": float(np.mean([one.gain for one in without])),
            **_apart(found[departure], without),
        }
        for departure in tried
    ]  # fmt: skip


def _known(past: Ratings, raters: float, seed: int) -> Codes:
    """The rows of a share of the clients, and every departure."""
    rates: Floats = np.random.default_rng([seed, 1]).random(len(past.client_keys))
    return np.flatnonzero(past.left | (rates[past.client] < raters))


def _apart(ours: list[Quality], without: list[Quality]) -> dict[str, float | None]:
    """Mean differences seed by seed, with half their intervals."""
    pairs = list(zip(ours, without, strict=True))
    gain, gain_half = interval([one.gain - other.gain for one, other in pairs])
    correlation, half = interval([one.correlation - other.correlation for one, other in pairs])
    return {
        "gain": gain, "gain_half": gain_half, "correlation": correlation, "correlation_half": half
    }  # fmt: skip


if __name__ == "__main__":
    main()
