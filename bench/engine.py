"""Table 3: what a whole ranking costs beside one matrix-vector product over as many therapists.

Every round times the ranking, the product and `LightFM.predict` one after the other, and the table
shows medians, so that a busy machine slows all of them alike.
"""

import argparse
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from lightfm import LightFM
from scipy.sparse import coo_matrix

from matching.availability import Availability, AvailabilityRules
from matching.engine import rank
from matching.intake import AnyOf, Importance, Intake, StyleWish
from matching.profile import AvailabilityRow, Licence, Profile, StyleAxes
from matching.roster import Roster
from matching.vocabulary import Vocabulary
from matching.weighting import Weighting

SIZES = (1_000, 10_000, 100_000, 1_000_000)
COLUMNS = 64
NOW = datetime(2026, 3, 10, tzinfo=UTC)
VOCABULARY = Vocabulary.shared()

# The documented example of a request, with three hard wishes and six other requirements.
WITH_MUSTS = Intake(
    style=StyleWish((0.6, -0.2, 0.0, None), Importance.STRONG),
    gender=AnyOf(("woman", "non_binary"), Importance.MUST),
    culture=AnyOf(("latine",)),
    language=AnyOf(("es",), Importance.MUST),
    modality=AnyOf(("cbt", "act")),
    format=AnyOf(("video",), Importance.STRONG),
    schedule=AnyOf(("tue_evening",)),
    needs=("anxiety", "grief"),
    age_group="adult",
    jurisdiction="US-CA",
    payer="aetna",
    access=("step_free",),
    accepts_associate="yes",
    referred_to=("t-17",),
    exclude_therapists=("t-4",),
)

# Six dimensions asked and nothing required: every therapist is scored.
ALL_ELIGIBLE = Intake(
    style=WITH_MUSTS.style,
    gender=AnyOf(("woman", "non_binary")),
    culture=AnyOf(("latine",)),
    language=AnyOf(("es",)),
    modality=AnyOf(("cbt", "act")),
    needs=("anxiety", "grief"),
)
REQUESTS = {"with musts": WITH_MUSTS, "all eligible": ALL_ELIGIBLE}


def run(*, quick: bool = False) -> list[dict[str, Any]]:
    """One row for each size and request: ratios, then milliseconds, then bytes.

    `quick` leaves out the largest size and takes fewer rounds.
    """
    rows = []
    for size in SIZES[:-1] if quick else SIZES:
        roster, free = _clinic(size)
        rounds = max(5, min(200, 4_000_000 // size) // (5 if quick else 1))
        for name, intake in REQUESTS.items():
            rows.append(_measured(name, intake, roster, free, rounds))
    return rows


def table(rows: list[dict[str, Any]]) -> str:
    """The rows of `run` as text, a line each."""
    lines = [
        "therapists | request      |  eligible | × product | × LightFM |       ms | bytes each"
    ]
    lines += [
        f"{row['therapists']:>10,} | {row['request']:12} | {row['eligible']:>9,} | "
        f"{row['times_product']:9.2f} | {row['times_lightfm']:9.2f} | {row['rank_ms']:8.3f} | "
        f"{row['bytes_each']:10.0f}"
        for row in rows
    ]
    return "\n".join(lines)


def main() -> None:
    """Print the table, and its rows as one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out the largest size")
    rows = run(quick=parser.parse_args().quick)
    print(table(rows))
    print(json.dumps(rows))


def _measured(
    name: str, intake: Intake, roster: Roster, free: Availability, rounds: int
) -> dict[str, Any]:
    size = len(roster)
    ranked = _ranking(intake, roster, free)
    matrix, vector = np.ones((size, COLUMNS), np.float32), np.ones(COLUMNS, np.float32)
    model, items = _model(size), np.arange(size, dtype=np.int32)
    calls: dict[str, Callable[[], Any]] = {
        "rank": ranked,
        "product": lambda: matrix @ vector,
        "lightfm": lambda: model.predict(0, items, num_threads=1),
    }
    for call in calls.values():
        call()
    took: dict[str, list[float]] = {key: [] for key in calls}
    for _ in range(rounds):
        for key, call in calls.items():
            start = perf_counter()
            call()
            took[key].append(1e3 * (perf_counter() - start))
    ms = {key: median(values) for key, values in took.items()}
    return {
        "therapists": size,
        "request": name,
        "eligible": ranked().eligible,
        "times_product": ms["rank"] / ms["product"],
        "times_lightfm": ms["rank"] / ms["lightfm"],
        **{f"{key}_ms": value for key, value in ms.items()},
        "bytes_each": (roster.nbytes + free.nbytes) / size,
        "rounds": rounds,
    }


def _ranking(intake: Intake, roster: Roster, free: Availability) -> Callable[[], Any]:
    weighting, rules = Weighting(), AvailabilityRules()
    return lambda: rank(
        intake,
        roster,
        free,
        weighting,
        vocabulary=VOCABULARY,
        rules=rules,
        clinic_key=b"bench",
        now=NOW,
    )


def _model(size: int) -> LightFM:
    """LightFM with embeddings as wide as the product's rows, fitted on next to nothing."""
    items = np.arange(min(size, 100))
    seen = coo_matrix((np.ones(items.size), (np.zeros(items.size, int), items)), shape=(1, size))
    return LightFM(no_components=COLUMNS, random_state=0).fit(seen, epochs=1, num_threads=1)


def _clinic(size: int) -> tuple[Roster, Availability]:
    """A plausible clinic, compiled in the chunks in which an import would land."""
    random = Random(0)  # noqa: S311 - repeatable, not secret
    drawn = _Drawn(random)
    roster = Roster.compile([])
    for start in range(0, size, 100_000):
        batch = [drawn.profile(number) for number in range(start, min(start + 100_000, size))]
        roster = roster.updated(batch)
    confirmed = [NOW - timedelta(days=days) for days in range(60)]
    rows = (
        AvailabilityRow(
            id=id_,
            caseload=random.randrange(21),
            caseload_limit=20,
            confirmed_at=random.choice(confirmed),
        )
        for id_ in roster.ids
    )
    return roster, Availability.compile(roster, rows)


class _Drawn:
    """Therapists whose every field is drawn from a few hundred ready-made lists."""

    def __init__(self, random: Random) -> None:
        self._random = random
        most = {"cultures": 2, "communities": 3, "modalities": 5, "needs": 12, "formats": 3}
        most |= {"schedule": 8, "access": 4}
        self._lists = {
            name: [self._some(name, count) for _ in range(400)] for name, count in most.items()
        }
        self._lists["languages"] = [("en",), ("en", "es"), ("es-MX", "en"), ("en", "zh"), ()]
        self._lists["out_of_scope"] = [(), (), (), ("psychosis",), ("eating_disorders",)]
        self._lists["age_groups"] = [("adult",), ("adult", "adolescent"), ("child",)]
        self._lists["payers"] = [("aetna",), ("cigna", "aetna"), ("kaiser",), ()]
        self._licences = [(Licence("US-CA"),), (Licence("US-CA", "full", NOW.date()),), ()]

    def profile(self, number: int) -> Profile:
        choose = self._random.choice
        fields: dict[str, Any] = {name: choose(lists) for name, lists in self._lists.items()}
        return Profile(
            id=f"{number:032x}",
            reference=f"t-{number}",
            name=f"Therapist {number}",
            gender=choose(("woman", "woman", "man", "non_binary", None)),
            licences=choose(self._licences),
            style=self._style(),
            associate=self._random.random() < 0.1,
            **fields,
        )

    def _style(self) -> StyleAxes:
        values = [self._random.uniform(-1, 1) for _ in "four"]
        if self._random.random() < 0.3:
            return (None, None, None, None)
        return (values[0], values[1], values[2], values[3])

    def _some(self, facet: str, most: int) -> tuple[str, ...]:
        codes = sorted(VOCABULARY.facets[facet])
        return tuple(self._random.sample(codes, self._random.randint(0, most)))


if __name__ == "__main__":
    main()
