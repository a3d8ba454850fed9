"""Read first: a whole synthetic clinic from one seed, with the truth it was made from.

The rows are what a clinic would import; the truth is what a learner should find in them. The same
`ClinicSpec` gives the same bytes in any process.
"""

from dataclasses import dataclass, field
from datetime import date

from seed.clients import body, draw_client
from seed.history import Truth, simulate
from seed.ratings import rating_rows
from seed.sight import expected_fits
from seed.tables import Floats
from seed.therapists import Row, draw_therapists, row
from seed.world import WORLDS, World

# A Monday, so that what is generated does not depend on when. A clinic that is to be used passes
# the day it is loaded: availability ages from it.
DEFAULT_TODAY = date(2026, 6, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicSpec:
    """What to generate. `today` moves every date and changes nothing else."""

    seed: int = 7
    therapists: int = 120
    past_clients: int = 1500
    unseen_clients: int = 200
    world: World = field(default_factory=lambda: WORLDS["balanced"])
    today: date = DEFAULT_TODAY

    def __post_init__(self) -> None:
        if self.seed < 0 or self.past_clients < 0 or self.unseen_clients < 0:
            raise ValueError("seed and numbers of clients must not be negative")
        if self.therapists < 1:
            raise ValueError("a clinic has at least one therapist")


@dataclass(frozen=True, slots=True)
class UnseenClient:
    """A client nobody has rated for: the body of `POST /v1/matches`, and the truth.

    `true_fit` (therapists,) is `truth.expected_fit`, 0..10, in the order of the clinic's
    therapists, whether they are eligible or not.
    """

    body: Row
    true_fit: Floats


@dataclass(frozen=True, slots=True)
class Clinic:
    """Rows for the importers, requests of unseen clients, and the truth."""

    therapists: list[Row]
    ratings: list[Row]
    unseen: list[UnseenClient]
    truth: Truth


def generate(spec: ClinicSpec) -> Clinic:
    """The clinic of a spec; the first therapists do not depend on how many there are."""
    therapists = draw_therapists(spec.seed, spec.therapists, spec.today, spec.world.skew)
    clients = [draw_client(spec.seed, "c", number + 1) for number in range(spec.past_clients)]
    truth = simulate(spec.seed, therapists, clients, spec.world)
    return Clinic(
        therapists=[row(therapist) for therapist in therapists],
        ratings=rating_rows(spec.seed, spec.today, truth),
        unseen=_unseen(spec, truth),
        truth=truth,
    )


def _unseen(spec: ClinicSpec, truth: Truth) -> list[UnseenClient]:
    clients = [draw_client(spec.seed, "u", number + 1) for number in range(spec.unseen_clients)]
    intakes = [client.intake for client in clients]
    fits = expected_fits(truth.therapists, intakes, truth.effects, truth.world)
    return [
        UnseenClient(body(intake), fit.round(4)) for intake, fit in zip(intakes, fits, strict=True)
    ]
