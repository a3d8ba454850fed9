"""What an arrangement by exposure costs in true fit, and what it gains in fairness.

A simulated clinic over time: clients come one after the other, are shown three therapists who have
a place, and choose among them with chances in proportion to the attention of the rank; each holds
the place for a while. A fifth of the therapists are new: nobody has rated them. As in the service,
whose exposure fell short is measured anew after every 50 matches, over the last 500. The same
clients come, choose and stay alike under every value of `exposure`, and the second half of the
matches is counted.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np

from bench.dataset import Dataset, Floats
from bench.gain import interval
from bench.seeded import seeded
from matching.attention import attention
from matching.availability import Availability, AvailabilityRules
from matching.engine import LineUp, lined_up
from matching.exposure import Exposure
from matching.learning.learned import Learned
from matching.learning.train import train
from matching.profile import AvailabilityRow
from matching.rows import Flags, Rows
from matching.vocabulary import Vocabulary
from matching.weighting import Weighting

VALUES = (0.0, 0.02, 0.05, 0.1, 0.2)
WORLDS = ("balanced", "therapist")
# Places a therapist has, and the share of all places that is taken: where places are scarce, they
# spread clients by themselves.
ROOMY, TIGHT = (8, 1 / 2), (4, 2 / 3)
# World, whether a model ranks, and room.
CLINICS = (
    *((world, served, ROOMY) for world in WORLDS for served in (False, True)),
    *((world, True, TIGHT) for world in WORLDS),
)
SEEDS, QUICK_SEEDS = 8, 2
THERAPISTS, RATINGS, CLIENTS, QUICK_CLIENTS = 60, 2_000, 1_600, 800
SHOWN = 3
NEW = 1 / 5
# As api/ranking/shortfalls.py has it.
WINDOW, RENEWED_AFTER = 500, 50
LEAST_GROUP = 5

_VOCABULARY = Vocabulary.shared()
_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_LOOKS = attention(SHOWN)
# What is measured, with its heading: costs against `exposure` 0, then fairness.
COLUMNS: Mapping[str, str] = {
    "shown_cost": "fit shown",
    "chosen_cost": "fit chosen",
    "groups": "worst/best group",
    "below_half": "below half",
    "new": "new: got/due",
    "unseen": "hardly seen",
}


def command(asked: argparse.Namespace) -> list[dict[str, Any]]:
    """Run and print the table row by row."""
    rows = []
    print(head(), flush=True)
    for world, served, room in CLINICS[1:2] if asked.quick else CLINICS:
        for row in rows_of(world, room, served=served, quick=asked.quick):
            rows.append(row)
            print(line(row), flush=True)
    print()
    return rows


def head() -> str:
    """The table's heading."""
    names = "".join(f"{name:>20}" for name in COLUMNS.values())
    return f"{'world':<12}{'model':<7}{'taken':<7}{'exposure':>8}{names}"


def line(row: Mapping[str, Any]) -> str:
    """One row as text, figures with half their 95 % interval.

    Costs are in shares of what perfect lists would gain over chance; the group with the least
    exposure for its due is set against the one with the most; shares are of therapists.
    """
    cells = "".join(f"{_cell(row[name]):>20}" for name in COLUMNS)
    model = "yes" if row["model"] else "no"
    return f"{row['world']:<12}{model:<7}{row['taken']:<7.2f}{row['exposure']:>8.2f}{cells}"


def _cell(value: Sequence[float | None]) -> str:
    mean, half = value
    return f"{mean:.3f}" + ("" if half is None else f" ± {half:.3f}")


def rows_of(
    world: str, room: tuple[int, float], *, served: bool, quick: bool
) -> list[dict[str, Any]]:
    """The rows of a world, one for each value: means over seeds with half intervals."""
    clients, seeds = (QUICK_CLIENTS, QUICK_SEEDS) if quick else (CLIENTS, SEEDS)
    found: dict[float, list[Mapping[str, float]]] = {value: [] for value in VALUES}
    for seed in range(seeds):
        clinic = Clinic.of(world, seed, clients, room, served=served)
        plain = clinic.run(0.0)
        for value in VALUES:
            run = clinic.run(value) if value else plain
            costs = {f"{of}_cost": plain[of] - run[of] for of in ("shown", "chosen")}
            found[value].append({**run, **costs})
    return [
        {
            "world": world, "model": served, "taken": room[1], "exposure": value, "seeds": seeds,
            "clients": clients,
            **{name: interval([run[name] for run in runs]) for name in (*runs[0],)},
        }
        for value, runs in found.items()
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clinic:
    """One clinic, what its model learned, who is new, and all that chance decides.

    Attributes:
        places: that each therapist has.
        choices: (clients,) in 0..1, which of those shown is chosen.
        stays: (clients,) for how many matches each holds a place.
        groups: (groups, therapists) flags, by gender.
    """

    dataset: Dataset
    learned: Learned | None
    new: Flags
    choices: Floats
    stays: Floats
    groups: Flags
    places: int

    @classmethod
    def of(
        cls, world: str, seed: int, clients: int, room: tuple[int, float] = ROOMY, *, served: bool
    ) -> "Clinic":
        """The clinic of a world and a seed, trained on the ratings of those who are not new."""
        rng = np.random.default_rng([seed, WORLDS.index(world)])
        dataset = seeded(world, seed, therapists=THERAPISTS, ratings=RATINGS, unseen=clients)
        roster, ratings = dataset.roster, dataset.ratings
        new = rng.permutation(THERAPISTS) < NEW * THERAPISTS
        learned = None
        if served:
            known = ratings.part(np.flatnonzero(~new[ratings.therapist]))
            model = train(known, roster, Weighting(), _VOCABULARY, seed=seed).model
            learned = Learned.on(model, roster) if model else None
        every = Rows.every(len(roster))
        genders = [roster.gender.any_of((code,), every) for code in ("woman", "man", "non_binary")]
        places, taken = room
        stays = THERAPISTS * places * taken
        return cls(
            dataset, learned, new, rng.random(clients), rng.exponential(stays, clients),
            np.array([flags for flags in genders if flags.sum() >= LEAST_GROUP]), places,
        )  # fmt: skip

    def run(self, exposure: float) -> dict[str, float]:
        """What is measured where up to `exposure` of score may be given up for who was passed over.

        `shown` (weighted by attention) and `chosen` are true fits, as a share of what perfect lists
        gain over chance among those who have a place.
        """
        course = _Course(self, Weighting(exposure=exposure))
        clients = range(len(self.dataset.unseen))
        fits = np.array([course.client(client) for client in clients])[len(clients) // 2 :]
        shown, chosen, best, chance = fits.mean(0)
        counted = course.counted(len(clients) // 2)
        owed = counted.warranted > 0
        share = counted.received[owed] / counted.warranted[owed]
        by_group = (self.groups @ counted.received) / (self.groups @ counted.warranted)
        return {
            "shown": (shown - chance) / (best - chance),
            "chosen": (chosen - chance) / (best - chance),
            "groups": by_group.min() / by_group.max(),
            "below_half": (share < 0.5).mean(),
            "unseen": (share < 0.1).mean(),
            "new": counted.received[self.new].sum() / counted.warranted[self.new].sum(),
        }


@dataclass(slots=True)
class _Course:
    """How things stand in one run: who has a place, and what everybody was owed and got."""

    clinic: Clinic
    weighting: Weighting
    taken: Floats = field(default_factory=lambda: np.zeros(THERAPISTS))
    until: list[tuple[float, int]] = field(default_factory=list)
    past: list[Exposure] = field(default_factory=list)
    shortfall: Floats | None = None

    def client(self, number: int) -> tuple[float, float, float, float]:
        """Match a client: the true fit of those shown, of the one chosen, of the best, of all."""
        data, clinic = self.clinic.dataset, self.clinic
        if number and number % RENEWED_AFTER == 0:
            self.shortfall = self.counted(max(0, number - WINDOW)).shortfall()
        for _, therapist in [stay for stay in self.until if stay[0] <= number]:
            self.taken[therapist] -= 1
        self.until = [stay for stay in self.until if stay[0] > number]
        found = self._lined_up(number)
        free = data.true_fit[number, self.taken < clinic.places]
        self.past.append(Exposure.of(found, data.roster, clinic.learned))
        shown = [int(found.pool.rows[place]) for place, _ in found.arrangement.shown]
        fit, looks = data.true_fit[number], _LOOKS[: len(shown)] / _LOOKS[: len(shown)].sum()
        chosen = shown[int(np.searchsorted(looks.cumsum()[:-1], clinic.choices[number]))]
        self.taken[chosen] += 1
        self.until.append((number + clinic.stays[number], chosen))
        best = np.sort(free)[::-1][: len(shown)]
        return float(fit[shown] @ looks), float(fit[chosen]), float(best @ looks), free.mean()

    def counted(self, since: int) -> Exposure:
        """What everybody was owed and got from a match on."""
        total = Exposure.none(THERAPISTS)
        for one in self.past[since:]:
            total.add(one, np.arange(THERAPISTS))
        return total

    def _lined_up(self, number: int) -> LineUp:
        roster = self.clinic.dataset.roster
        rows = [
            AvailabilityRow(id=id_, caseload=int(taken), caseload_limit=self.clinic.places)
            for id_, taken in zip(roster.ids, self.taken, strict=True)
        ]
        return lined_up(
            self.clinic.dataset.unseen[number],
            roster,
            Availability.compile(roster, rows),
            self.weighting,
            vocabulary=_VOCABULARY,
            rules=AvailabilityRules(),
            clinic_key=b"bench",
            now=_NOW,
            learned=self.clinic.learned,
            shortfall=self.shortfall,
        )
