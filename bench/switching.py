"""What switching through an alternative gains, where the truth is known.

Each of 400 new clients gets a list and meets its first; how they get on is then revealed, with what
only meeting can show. The third who get on worst leave, and say why: the one or two parts of the
truth in which their pair falls most behind the others, as a client would put it. Compared is the
true fit of the first of the alternative list with that of the next on the first list, of any of the
others on it, and of the best of all.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import numpy as np

from bench.dataset import Floats
from bench.gain import interval
from bench.seeded import seeded
from bench.tastes import STYLE, Tastes, Truth, told, told_ratings, truth_of
from matching.alternatives import alternative
from matching.availability import Availability, AvailabilityRules
from matching.engine import rank
from matching.following import following
from matching.intake import Intake
from matching.learning.learned import Learned, told_style
from matching.learning.train import train
from matching.leaving import LeavingTherapist, mean_style
from matching.reasons import AXES, REASONS
from matching.roster import Roster
from matching.vocabulary import STYLE_AXES, Vocabulary
from matching.weighting import Weighting

WORLDS = ("balanced", "preference", "skewed")
SEEDS, QUICK_SEEDS = 24, 2
THERAPISTS, RATINGS, CLIENTS = 60, 2_000, 400
DEMO = (7, 120, 6_000)  # seed, therapists and ratings
LEAVES = 1 / 3
SHOWN = 3
NOTED = 0.3  # points by which a second part must fall behind to be named
KINDS = ("style", "identity", "work", "relationship")
TASTES = (Tastes(), Tastes(name="own tastes", told=0.35, matters=0.8))

# The parts of a fit that a client would put into each reason; style is told axis by axis. What only
# meeting shows is no more than not clicking.
_REASONS: Mapping[str, tuple[str, ...]] = {
    STYLE: (STYLE,), "culture": ("culture",), "gender": ("gender",), "language": ("language",),
    "needs": ("needs", "therapist_need"), "modality": ("modality",),
    "trust": ("therapist", "therapist_style"), "no_click": ("pair",),
}  # fmt: skip
_AXIS_REASON = {(axis, -way): code for code, (axis, way) in AXES.items()}
_NOW = datetime(2026, 1, 1, tzinfo=UTC)


def command(asked: argparse.Namespace) -> dict[str, list[dict[str, Any]]]:
    """Run and print the table, and how often a list follows a reason of style."""
    rows = []
    print(head(), flush=True)
    for world in WORLDS[:1] if asked.quick else WORLDS:
        for tastes in TASTES:
            for one in rows_of(world, tastes, QUICK_SEEDS if asked.quick else SEEDS):
                rows.append(one)
                print(line(one), flush=True)
    for one in overall(rows):
        rows.append(one)
        print(line(one), flush=True)
    lists = follows(quick=asked.quick)
    for found in lists:
        print(
            f"after leads_too_much and trust, {'with' if found['model'] else 'without'} a model: "
            f"{found['less']:.3f} of {found['lists']} lists lead less, by {-found['mean']:.2f}"
        )
    return {"gains": rows, "following": lists}


def follows(*, quick: bool) -> list[dict[str, Any]]:
    """How often clients who leave because of leading are shown those who lead less.

    In the demo clinic, without anybody's hard requirements: each client leaves the first of a list
    for `leads_too_much` and `trust`. Compared is how much those shown lead by their own profiles,
    on average, with those who would have been shown without the therapist left.
    """
    seed, therapists, ratings = DEMO
    unseen = 100 if quick else 500
    clinic = Switching.of("balanced", seed, Tastes(), therapists, ratings, unseen)
    rows = []
    for served in (False, True):
        less = np.array(_leads_less(clinic, clinic.learned if served else None))
        share = float((less < 0).mean())
        rows.append(
            {"model": served, "lists": less.size, "less": share, "mean": float(less.mean())}
        )
    return rows


def _leads_less(clinic: "Switching", learned: Learned | None) -> list[float]:
    """By client, how much more those on the new list lead than those on the old, on −2..2."""
    leads = told_style(clinic.roster)[STYLE_AXES.index("therapist_directiveness")]
    apart = []
    for client, intake in enumerate(clinic.intakes):
        # One more than is shown: without the therapist left the list moves up.
        first, *others = clinic.shown(intake, learned, SHOWN + 1)
        shown = (first, *others[:-1])
        new = clinic.alternative(client, shown, ("leads_too_much", "trust"), learned)
        if np.isfinite(leads[others]).any() and np.isfinite(leads[new]).any():
            apart.append(float(np.nanmean(leads[new]) - np.nanmean(leads[others])))
    return apart


def head() -> str:
    """The table's heading."""
    parts = "".join(f"{name:>16}" for name in ("next", "any other", *KINDS, "to the best"))
    return f"{'world':<12}{'wishes':<12}{'model':<7}{parts}   (points of true fit gained over)"


def line(row: Mapping[str, Any]) -> str:
    """One row as text: points with half their 95 % interval."""
    columns = ("next", "other", *KINDS, "best")
    cells = "".join(f"{_cell(row[name]):>16}" for name in columns)
    return f"{row['world']:<12}{row['wishes']:<12}{'yes' if row['model'] else 'no':<7}{cells}"


def _cell(value: Sequence[float | None]) -> str:
    mean, half = value
    return "–" if mean is None else f"{mean:+.2f}" + ("" if half is None else f" ± {half:.2f}")


def rows_of(world: str, tastes: Tastes, seeds: int) -> list[dict[str, Any]]:
    """The rows of a world, without a model and with one: means over seeds with half intervals."""
    clinics = [Switching.of(world, seed, tastes) for seed in range(seeds)]
    return [_row(world, tastes, [one.gains(served) for one in clinics], served)
            for served in (False, True)]  # fmt: skip


def _row(
    world: str, tastes: Tastes, seeds: Sequence[Mapping[str, Floats]], served: bool
) -> dict[str, Any]:
    row: dict[str, Any] = {"world": world, "wishes": tastes.name, "model": served, "seeds": {}}
    for name in ("next", "other", "best", *KINDS):
        means = [float(one[name].mean()) if one[name].size else None for one in seeds]
        row["seeds"][name] = means
        row[name] = _interval(means)
        row[f"{name}_clients"] = sum(one[name].size for one in seeds)
    return row


def overall(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A row over all worlds and wishes, without a model and with one.

    Worlds share their seeds, so the mean of a seed over the worlds is one observation.
    """
    return [_overall([row for row in rows if row["model"] == served], served)
            for served in (False, True)]  # fmt: skip


def _overall(rows: Sequence[Mapping[str, Any]], served: bool) -> dict[str, Any]:
    whole: dict[str, Any] = {"world": "all", "wishes": "both", "model": served}
    for name in ("next", "other", "best", *KINDS):
        by_seed = zip(*(row["seeds"][name] for row in rows), strict=True)
        whole[name] = _interval([_mean(one) for one in by_seed])
        whole[f"{name}_clients"] = sum(row[f"{name}_clients"] for row in rows)
    return whole


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _interval(means: Sequence[float | None]) -> tuple[float | None, float | None]:
    """Over the seeds in which anybody was compared."""
    known = [mean for mean in means if mean is not None]
    return interval(known) if known else (None, None)


@dataclass(frozen=True, slots=True)
class Switching:
    """One clinic: its roster and model, what clients say, and what is true."""

    roster: Roster
    free: Availability
    learned: Learned | None
    intakes: Sequence[Intake]
    truth: Truth

    @classmethod
    def of(
        cls, world: str, seed: int, tastes: Tastes,
        therapists: int = THERAPISTS, ratings: int = RATINGS, unseen: int = CLIENTS,
    ) -> "Switching":  # fmt: skip
        """The clinic of a world and seed, trained on what its past clients said."""
        rng = np.random.default_rng([seed, WORLDS.index(world)])
        dataset = seeded(world, seed, therapists=therapists, ratings=ratings, unseen=unseen)
        truth = truth_of(dataset, tastes, rng)
        said = [told(intake, tastes, rng) for intake in dataset.unseen]
        past = told_ratings(dataset.ratings, tastes, rng)
        roster = dataset.roster
        found = train(past, roster, Weighting(), Vocabulary.shared(), seed=seed).model
        learned = Learned.on(found, roster) if found else None
        return cls(roster, Availability.compile(roster, []), learned, said, truth)

    def gains(self, served: bool) -> dict[str, Floats]:
        """By comparison, and by kind of reason against the next, the points gained by each."""
        learned = self.learned if served else None
        lists = [self.shown(intake, learned) for intake in self.intakes]
        fits = self.truth.fit + self.truth.parts["pair"]
        real = np.array([fits[client, shown[0]] for client, shown in enumerate(lists)])
        gains: dict[str, list[float]] = {name: [] for name in ("next", "other", "best", *KINDS)}
        for client in np.flatnonzero(real <= np.quantile(real, LEAVES)).tolist():
            shown, fit = lists[client], self.truth.fit[client]
            reasons = why(self.truth, client, shown[0])
            new = fit[self.alternative(client, shown, reasons, learned)[0]]
            gained = new - fit[shown[1]]
            gains["next"].append(gained)
            gains["other"].append(new - fit[shown[1:]].mean())
            gains["best"].append(new - np.delete(fit, shown[0]).max())
            for kind in {REASONS[code] for code in reasons}:
                gains[kind].append(gained)
        return {name: np.array(values) for name, values in gains.items()}

    def alternative(
        self, client: int, shown: Sequence[int], reasons: Sequence[str], learned: Learned | None
    ) -> list[int]:
        """The roster rows of an alternative list, after these reasons for leaving the first."""
        first, *rest = (self.roster.ids[row] for row in shown)
        seen, others = self.truth.seen(client, shown[0]), mean_style(self.roster, rest)
        unchanged = replace(self.intakes[client], with_now=(first,))
        ask = partial(
            alternative,
            unchanged,
            reasons,
            LeavingTherapist.on(self.roster, first, learned, seen=seen),
            weighting=Weighting(),
            reliability=learned.model.reliability if learned else 0.0,
            others=others,
        )

        def ids(intake: Intake) -> list[str]:
            return [self.roster.ids[row] for row in self.shown(intake, learned)]

        found = following(lambda share: ask(axis_share=share), ids, self.roster, unchanged, others)
        return self.shown(found.intake, learned)

    def shown(self, intake: Intake, learned: Learned | None, limit: int = SHOWN) -> list[int]:
        """The roster rows of a list, near ties and diversity included."""
        ranking = rank(
            replace(intake, limit=limit),
            self.roster,
            self.free,
            Weighting(),
            vocabulary=Vocabulary.shared(),
            rules=AvailabilityRules(),
            clinic_key=b"bench",
            now=_NOW,
            learned=learned,
        )
        rows = [self.roster.row_of(one.therapist_id) for one in ranking.candidates]
        return [row for row in rows if row is not None]


def why(truth: Truth, client: int, therapist: int) -> list[str]:
    """The codes of the one or two parts in which a pair falls most behind the client's others."""
    behind = {
        reason: sum(
            float(truth.parts[part][client].mean() - truth.parts[part][client, therapist])
            for part in parts
        )
        for reason, parts in _REASONS.items()
    }
    worst, second = sorted(behind, key=lambda reason: -behind[reason])[:2]
    named = [worst, second] if behind[second] >= NOTED else [worst]
    return [_axis(truth, client, therapist) if name == STYLE else name for name in named]


def _axis(truth: Truth, client: int, therapist: int) -> str:
    """The reason for the axis of style that costs most beside the client's other therapists."""
    points, gap = truth.axes[client], truth.gap[client, therapist]
    behind = np.where(np.isfinite(gap), points.mean(0) - points[therapist], -np.inf)
    axis = int(behind.argmax())
    return _AXIS_REASON[STYLE_AXES[axis], 1 if gap[axis] > 0 else -1]
