"""Ratings and past clinics for tests of the learned half; the truth of a clinic is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.intake import AnyOf, Importance, Intake
from matching.learning.model import FitModel
from matching.learning.ratings import ITEMS, NOT_SAID, Ratings
from matching.learning.train import Trained, train
from matching.profile import Profile
from matching.roster import Roster
from matching.vocabulary import STYLE_AXES
from matching.weighting import Weighting
from tests.factories.matching import (
    CODES,
    VOCABULARY,
    changed,
    dice,
    profile,
    random_intake,
    random_profile,
)

CORE = ("trust", "safe", "heard", "goals")
SILENT = (NOT_SAID,) * len(STYLE_AXES)


@dataclass(frozen=True, kw_only=True)
class Said:
    """One rating; `fit` is the answer to the core four, unless `items` has others.

    With `left` it is a departure, which holds no answer; `since` counts the trainings before it.
    """

    client: int
    therapist: int
    fit: float = 7.0
    session: int = 6
    case: int = 0
    day: float | None = None
    items: Mapping[str, float] = field(default_factory=dict)
    style: tuple[int, ...] = SILENT
    left: bool = False
    since: int = 0


def ratings_of(
    said: Sequence[Said], therapists: Sequence[str], intakes: Sequence[Intake] = (Intake(),)
) -> Ratings:
    """These ratings as columns, in this order, one a day where no day is given."""
    items = np.full((len(said), len(ITEMS)), np.nan, np.float32)
    for row, one in enumerate(said):
        answers = {} if one.left else one.items or dict.fromkeys(CORE, one.fit)
        for name, answer in answers.items():
            items[row, ITEMS.index(name)] = answer
    clients = max((one.client for one in said), default=-1) + 1
    days = [20_000.0 + row if one.day is None else one.day for row, one in enumerate(said)]
    return Ratings(
        client=np.array([one.client for one in said], np.int32),
        therapist=np.array([one.therapist for one in said], np.int32),
        case=np.array([one.case for one in said], np.int32),
        session=np.array([one.session for one in said], np.int16),
        at=np.array(days, np.float64),
        items=items,
        style_seen=np.array([one.style for one in said], np.int8).reshape(-1, len(STYLE_AXES)),
        client_keys=[f"client {number}" for number in range(clients)],
        therapist_ids=list(therapists),
        intakes=list(intakes),
        left=np.array([one.left for one in said], np.bool_),
        since=np.array([one.since for one in said], np.int32),
    )


@dataclass(frozen=True)
class Past:
    """A clinic with a history: what was said, and the effects it was made from, in points.

    `level` (therapists,) and `need` (therapists, len(CODES["needs"])), therapists as in `profiles`.
    """

    profiles: tuple[Profile, ...]
    intakes: tuple[Intake, ...]
    said: tuple[Said, ...]
    level: NDArray[np.float64]
    need: NDArray[np.float64]

    @property
    def roster(self) -> Roster:
        return Roster.compile(self.profiles)

    @property
    def ratings(self) -> Ratings:
        return ratings_of(self.said, [person.id for person in self.profiles], self.intakes)

    def trained(self, **options: Any) -> Trained:
        """A training on all of it."""
        weighting = options.pop("weighting", Weighting())
        return train(self.ratings, self.roster, weighting, VOCABULARY, **options)

    def model(self, **options: Any) -> FitModel:
        """The model of a training, which there must be."""
        found = self.trained(**options).model
        assert found is not None
        return found


def past_clinic(
    seed: int,
    *,
    clients: int = 60,
    therapists: int = 6,
    level: float = 1.0,
    need: float = 0.0,
    noise: float = 0.5,
    blank: float = 0.2,
) -> Past:
    """A random clinic in which therapists differ by `level` and by need by `need` (sd, points).

    Clients meet one therapist or two, by chance, once to three times each; `noise` is a session's.
    """
    random, draw = dice(seed), np.random.default_rng(seed)
    people = tuple(random_profile(random, number, blank) for number in range(therapists))
    references = tuple(person.reference for person in people)
    intakes = tuple(
        changed(random_intake(random, references), referred_to=(), exclude_therapists=())
        for _ in range(clients)
    )
    effect = level * draw.standard_normal(therapists)
    of_need = need * draw.standard_normal((therapists, len(CODES["needs"])))
    said = [
        one
        for client in range(clients)
        for one in _series(random, client, intakes[client], effect, of_need, noise)
    ]
    random.shuffle(said)
    return Past(people, intakes, tuple(said), effect, of_need)


def _series(
    random: Random,
    client: int,
    intake: Intake,
    effect: NDArray[np.float64],
    of_need: NDArray[np.float64],
    noise: float,
) -> list[Said]:
    """What one client says: of each therapist they meet, one session after another."""
    leniency, said = random.gauss(0, 0.5), []
    wanted = [CODES["needs"].index(code) for code in intake.needs]
    for therapist in random.sample(range(len(effect)), random.choice((1, 1, 2))):
        own = float(
            effect[therapist] + of_need[therapist, wanted].sum() / max(len(wanted), 1) ** 0.5
        )
        for session in range(1, random.randint(1, 3) + 1):
            fit = 6.0 + leniency + own + random.gauss(0, noise)
            items = {name: _answer(fit + random.gauss(0, 0.3)) for name in CORE}
            style = tuple(random.choice((-1, 0, 1, NOT_SAID)) for _ in STYLE_AXES)
            said.append(
                Said(
                    client=client, therapist=therapist, session=session, case=client,
                    items=items, style=style,
                )
            )  # fmt: skip
    return said


def _answer(points: float) -> float:
    return round(min(10.0, max(0.0, points)), 2)


def small_past() -> Past:
    """A clinic with a history that is quickly learned from, the same each time."""
    return past_clinic(3)


def clinic_of_kinds() -> tuple[Roster, Ratings, tuple[Intake, ...]]:
    """Two kinds of clients, each of whom gets on with therapists of one method: no score says so.

    Who asks for video gets on with those of one method, who asks to meet in person with the others.
    """
    draw = np.random.default_rng(6)
    methods, formats = ("cbt", "act"), ("video", "in_person")
    roster = Roster.compile(
        [profile(number, modalities=(methods[number % 2],)) for number in range(10)]
    )
    intakes = tuple(Intake(format=AnyOf((one,), Importance.STRONG)) for one in formats)
    said = []
    for client in range(400):
        therapist, case = int(draw.integers(0, 10)), client % 2
        fit = 6.0 + 1.5 * (therapist % 2 == case) + draw.normal(0, 0.6)
        said.append(Said(client=client, therapist=therapist, case=case, fit=float(fit)))
    return roster, ratings_of(said, list(roster.ids), intakes), intakes


def grouped(sizes: Mapping[int, int], **fields: Any) -> list[Said]:
    """One rating each by so many clients of each therapist, nobody rating two."""
    said: list[Said] = []
    for therapist, size in sizes.items():
        said += [
            Said(client=len(said) + number, therapist=therapist, **fields) for number in range(size)
        ]
    return said


def people(number: int, **fields: Any) -> tuple[Profile, ...]:
    """Therapists who say the same of themselves."""
    return tuple(profile(at, **fields) for at in range(number))


# Of fields that say who a therapist is, other values than `profile` leaves blank.
IDENTITY: Mapping[str, Any] = MappingProxyType(
    {
        "gender": "woman",
        "pronouns": "she/her",
        "cultures": ("latine",),
        "communities": ("veterans",),
        "languages": ("es",),
    }
)
