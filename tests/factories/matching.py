"""Rosters, requests and whole worlds for tests of `matching`; few codes, so that much coincides."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from types import MappingProxyType
from typing import Any

from matching.availability import Availability, AvailabilityRules
from matching.engine import rank
from matching.intake import AnyOf, Importance, Intake, StyleWish
from matching.learning.learned import Learned
from matching.learning.model import FitModel
from matching.profile import AvailabilityRow, Licence, LicenceKind, Profile, StyleAxes
from matching.ranking import Ranking
from matching.roster import Roster
from matching.vocabulary import DIMENSIONS, Vocabulary
from matching.weighting import Weighting

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
KEY = b"a key for tests"
VOCABULARY = Vocabulary.shared()
RULES = AvailabilityRules()

# By field of a profile or an intake: what it is drawn from.
CODES: dict[str, tuple[str, ...]] = {
    "gender": ("woman", "man", "non_binary"),
    "cultures": ("latine", "jewish", "caribbean"),
    "communities": ("lgbtq", "veterans", "muslim"),
    "languages": ("en", "es", "es-MX", "EN-gb", "zh-Hant-TW"),
    "modalities": ("cbt", "act", "emdr", "ifs"),
    "needs": ("anxiety", "grief", "trauma", "sleep", "work"),
    "formats": ("video", "in_person", "phone"),
    "schedule": ("tue_evening", "wed_morning", "thu_evening"),
    "services": ("individual", "couple"),
    "age_groups": ("adult", "adolescent"),
    "payers": ("aetna", "Cigna", "AETNA"),
    "access": ("step_free", "parking"),
}
_KINDS: tuple[LicenceKind, ...] = ("full", "associate", "compact")
_WISHES = {
    "gender": CODES["gender"],
    "culture": CODES["cultures"] + CODES["communities"],
    "language": ("es", "EN", "es-mx", "zh-Hant", "fr"),
    "modality": CODES["modalities"],
    "format": CODES["formats"],
    "schedule": CODES["schedule"],
}


@dataclass(frozen=True)
class World:
    """One clinic and one request: everything a ranking is made of, its model if it has one."""

    profiles: tuple[Profile, ...]
    free: tuple[AvailabilityRow, ...] = ()
    intake: Intake = field(default_factory=Intake)
    weighting: Weighting = field(default_factory=Weighting)
    rules: AvailabilityRules = RULES
    model: FitModel | None = None

    def ranked(self, **changes: Any) -> Ranking:
        """The ranking of this world's request, or of that request with some fields changed."""
        roster = Roster.compile(self.profiles)
        return self.ranked_on(
            roster, Availability.compile(roster, self.free), changed(self.intake, **changes)
        )

    def ranked_on(
        self, roster: Roster, free: Availability, intake: Intake | None = None
    ) -> Ranking:
        """The same on another roster and availability."""
        learned = Learned.on(self.model, roster) if self.model else None
        return ranked(roster, free, intake or self.intake, self.weighting, learned=learned)


def ranked(
    roster: Roster,
    availability: Availability | None = None,
    intake: Intake | None = None,
    weighting: Weighting | None = None,
    **options: Any,
) -> Ranking:
    """A ranking with everything left out filled in."""
    free = Availability.compile(roster, ()) if availability is None else availability
    settings = {"vocabulary": VOCABULARY, "rules": RULES, "clinic_key": KEY, "now": NOW, **options}
    return rank(intake or Intake(), roster, free, weighting or Weighting(), **settings)


def changed(intake: Intake, **changes: Any) -> Intake:
    """An intake with some fields replaced."""
    values = {name: getattr(intake, name) for name in Intake.__dataclass_fields__}
    return Intake(**{**values, **changes})


def dice(seed: int) -> Random:
    """Draws that are the same for the same seed."""
    return Random(seed)  # noqa: S311 - test data, not secrets


def profile(number: int = 0, **fields: Any) -> Profile:
    """A therapist who says nothing but what `fields` say."""
    named = {"id": f"id-{number:04d}", "reference": f"t-{number}", "name": f"Name {number}"}
    return Profile(**{**named, **fields})


def weighting(near_tie: float = 0.0, diversity: float = 0.0, **weights: float) -> Weighting:
    """A weighting of the dimensions named, all others 0; without any name, the default weights."""
    if not weights:
        return Weighting(near_tie=near_tie, diversity=diversity)
    every = MappingProxyType({name: weights.get(name, 0.0) for name in DIMENSIONS})
    return Weighting(weights=every, near_tie=near_tie, diversity=diversity)


def random_profile(random: Random, number: int, blank: float = 0.2) -> Profile:
    """A therapist with each field left blank with probability `blank`."""

    def some(name: str) -> tuple[str, ...]:
        if random.random() < blank:
            return ()
        codes = CODES[name]
        return tuple(random.sample(codes, random.randint(1, min(3, len(codes)))))

    lists = {name: some(name) for name in CODES if name not in {"gender", "services"}}
    return profile(
        number,
        gender=None if random.random() < blank else random.choice(CODES["gender"]),
        services=random.choice(((), ("individual",), ("individual",), ("couple", "individual"))),
        out_of_scope=random.choice(((), (), (), ("work",), ("sleep", "trauma"))),
        licences=_licences(random),
        style=random_style(random, blank),
        associate=random.random() < 0.2,
        **lists,
    )


def random_style(random: Random, blank: float) -> StyleAxes:
    """Style axes in hundredths, each left open with probability `blank`."""
    values = [None if random.random() < blank else random.randint(-100, 100) / 100 for _ in "four"]
    return (values[0], values[1], values[2], values[3])


def _licences(random: Random) -> tuple[Licence, ...]:
    return tuple(
        Licence(
            random.choice(("US-CA", "US-NY", "us-ca")),
            random.choice(_KINDS),
            random.choice((None, None, date(2026, 3, 9), date(2026, 3, 10), date(2027, 1, 1))),
        )
        for _ in range(random.randint(0, 3))
    )


def random_availability(random: Random, id_: str) -> AvailabilityRow:
    """How free a therapist is: mostly open, now and then shut for one reason or another."""
    days = random.choice((None, 0, 20, 29, 31, 89, 91))
    return AvailabilityRow(
        id=id_,
        active=random.random() < 0.95,
        accepting=random.random() < 0.95,
        caseload=random.randint(0, 10),
        caseload_limit=random.choice((None, 8, 10, 12, 20)),
        confirmed_at=None if days is None else NOW - timedelta(days=days),
        leaving_on=random.choice((*[None] * 8, date(2026, 4, 1), date(2026, 6, 1))),
    )


def random_intake(random: Random, references: tuple[str, ...], *, musts: bool = True) -> Intake:
    """A request that asks now and then for each thing."""

    def maybe(value: Any, otherwise: Any = None, chance: float = 0.25) -> Any:
        return value if random.random() < chance else otherwise

    def importance() -> Importance:
        return random.choice(list(Importance) if musts else list(Importance)[1:])

    wishes: dict[str, Any] = {
        name: AnyOf(tuple(random.sample(codes, random.randint(0, 2))), importance())
        for name, codes in _WISHES.items()
    }
    some = tuple(random.sample(references, min(len(references), 2)))
    return Intake(
        style=StyleWish(random_style(random, 0.5), importance()),
        needs=tuple(random.sample(CODES["needs"], random.randint(0, 3))),
        service=maybe("couple", "individual", 0.1),
        age_group=maybe("adult"),
        jurisdiction=maybe("US-CA"),
        payer=maybe("aetna"),
        access=maybe(("step_free",), ()),
        accepts_associate=random.choice(("yes", "no", "not_sure", None)),
        referred_to=maybe((*some, "nobody"), ()),
        exclude_therapists=maybe((*some[:1], "no-one"), ()),
        client_reference=maybe("c-1", chance=0.5),
        limit=random.randint(1, 8),
        **wishes,
    )


def random_weighting(random: Random, *, varied: bool = True) -> Weighting:
    """Weights of which some are 0; close matches arranged only if `varied`."""
    weights = {name: random.choice((0.0, 0.1, 0.25, 1.0)) for name in DIMENSIONS}
    return Weighting(
        weights=weights,
        near_tie=random.choice((0.0, 0.02, 0.1)) if varied else 0.0,
        diversity=random.choice((0.0, 0.02, 0.1)) if varied else 0.0,
    )


def random_world(seed: int, size: int, *, varied: bool = True, musts: bool = True) -> World:
    """A world that is the same for the same seed; `varied` for one that arranges close matches."""
    random = dice(seed)
    blank = random.choice((0.0, 0.2, 0.6))
    profiles = tuple(random_profile(random, number, blank) for number in range(size))
    references = tuple(person.reference for person in profiles)
    return World(
        profiles=profiles,
        free=tuple(random_availability(random, person.id) for person in profiles),
        intake=random_intake(random, references, musts=musts),
        weighting=random_weighting(random, varied=varied),
    )
