"""The worlds of `seed` as datasets of table 1.

Everybody has a place, and clients state no requirement: a `must` becomes a strong wish. So every
therapist is eligible, and the truly best are those among all.
"""

from functools import partial
from typing import Any

from bench.dataset import Dataset, Row, read_intake, read_ratings, read_roster
from bench.seeded_beliefs import beliefs
from seed.clinic import ClinicSpec, generate
from seed.sight import expected_fits
from seed.world import WORLDS

# What makes somebody ineligible, or a client exclude somebody.
_LIMITS = (
    "active", "accepting", "caseload", "caseload_limit", "leaving_on", "services", "out_of_scope",
    "availability_confirmed_at",
)  # fmt: skip
_REQUIREMENTS = (
    "service", "age_group", "jurisdiction", "payer", "access", "accepts_associate",
)  # fmt: skip
_RATINGS_A_CLIENT = 4.0  # somewhat less than clients give, so that there are enough


def seeded(
    world: str, seed: int, *, therapists: int = 60, ratings: int = 2000, unseen: int = 200
) -> Dataset:
    """The clinic of one of the worlds of `seed`, cut off after so many ratings."""
    spec = spec_of(world, seed, therapists, ratings, unseen)
    clinic = generate(spec)
    roster = read_roster([_open(row) for row in clinic.therapists])
    order = [roster.rows_of_reference(str(row["reference"]))[0] for row in clinic.therapists]
    rows = sorted(clinic.ratings, key=lambda row: str(row["rated_at"]))
    rows = [row for row in rows if row["learning"]][:ratings]
    past = read_ratings(rows, roster)
    new = tuple(read_intake(_without_requirements(one.body)) for one in clinic.unseen)
    fits = expected_fits(clinic.truth.therapists, new, clinic.truth.effects, spec.world)
    true_fit = fits.copy()
    true_fit[:, order] = fits
    return Dataset(
        world=world,
        seed=seed,
        roster=roster,
        ratings=past,
        unseen=new,
        true_fit=true_fit,
        pair_sd=spec.world.sd("pair"),
        reference=partial(beliefs, spec.world, clinic.truth.therapists, order, past, new),
    )


def spec_of(world: str, seed: int, therapists: int, ratings: int, unseen: int) -> ClinicSpec:
    """The clinic to generate so that it holds so many ratings."""
    return ClinicSpec(
        seed=seed,
        therapists=therapists,
        past_clients=int(ratings / _RATINGS_A_CLIENT) + 20 if ratings else 0,
        unseen_clients=unseen,
        world=WORLDS[world],
    )


def _open(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in _LIMITS}


def _without_requirements(body: Row) -> Row:
    asked: dict[str, Any] = {
        name: value for name, value in body.items() if name not in _REQUIREMENTS
    }
    asked["preferences"] = {
        name: {**wish, "importance": "strong"} if wish["importance"] == "must" else wish
        for name, wish in asked["preferences"].items()
    }
    return asked
