"""The same rules written one therapist at a time, as slow and plain as can be, to compare with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import fmean

from matching.intake import AnyOf, Importance, Intake, StyleWish
from matching.profile import AvailabilityRow, Profile
from matching.shared_codes import SHARED
from matching.vocabulary import STYLE_AXES
from tests.factories.matching import NOW, World
from tests.matching import naive_learned
from tests.matching.naive_learned import Expected

UNKNOWN = None
_ORDER = (
    "communication_style",
    "gender",
    "culture",
    "language",
    "modality",
    "needs",
    "format",
    "schedule",
    "expected_fit",
)


@dataclass(frozen=True)
class Scored:
    """What the plain rules say of one eligible therapist."""

    state: dict[str, str]
    scores: dict[str, float]
    weights: dict[str, float]
    expected: Expected | None = None

    @property
    def total(self) -> float:
        return sum(self.weights[name] * self.scores[name] for name in self.weights)


def first_failing(world: World, person: Profile) -> str | None:
    """The first requirement that a therapist fails, None for one who is eligible."""
    free = {row.id: row for row in world.free}.get(person.id, AvailabilityRow(id=person.id))
    for reason, met in _requirements(world, person, free):
        if not met:
            return reason
    return None


def failing(world: World, person: Profile) -> list[str]:
    """Every requirement that a therapist fails."""
    free = {row.id: row for row in world.free}.get(person.id, AvailabilityRow(id=person.id))
    return [reason for reason, met in _requirements(world, person, free) if not met]


def _requirements(world: World, person: Profile, free: AvailabilityRow) -> list[tuple[str, bool]]:
    ask, rules = world.intake, world.rules
    oldest = NOW - timedelta(days=rules.stale_after_days)
    last_start = NOW.date() + timedelta(days=rules.leaving_notice_days)
    valid = [
        licence.kind
        for licence in person.licences
        if ask.jurisdiction
        and licence.jurisdiction.upper() == ask.jurisdiction.upper()
        and (licence.expires_on is None or licence.expires_on >= NOW.date())
    ]
    only_associate = bool(valid) and set(valid) == {"associate"}
    payers = {payer.casefold() for payer in person.payers}
    stated = [
        ("inactive", free.active),
        ("not_accepting", free.accepting),
        ("full", free.caseload_limit is None or free.caseload < free.caseload_limit),
        ("leaving", free.leaving_on is None or free.leaving_on > last_start),
        ("availability_stale", free.confirmed_at is None or free.confirmed_at >= oldest),
        ("current_therapist", person.id not in ask.with_now),
        ("left_before", person.id not in ask.left_before),
        ("excluded_by_client", person.reference not in ask.exclude_therapists),
        ("out_of_scope", not set(ask.needs) & set(person.out_of_scope)),
        ("service", ask.service in person.services),
        ("age_group", ask.age_group is None or ask.age_group in person.age_groups),
        ("jurisdiction", ask.jurisdiction is None or bool(valid)),
        ("associate", ask.accepts_associate != "no" or not (person.associate or only_associate)),
        ("access", set(ask.access) <= set(person.access)),
        ("payer", ask.payer is None or not payers or ask.payer.casefold() in payers),
    ]
    for name in ("language", "gender", "culture", "modality", "format", "schedule"):
        wish: AnyOf = getattr(ask, name)
        if wish.asked and wish.importance is Importance.MUST:
            stated.append((f"must_{name}", _any_of(name, wish.codes, person) == 1))
    if ask.style.asked and ask.style.importance is Importance.MUST:
        axes = [_axis(wish, own) for wish, own in _asked_axes(ask.style, person)]
        met = all(axis is not None and axis >= 0.5 for axis in axes)
        stated.append(("must_communication_style", met))
    return stated


def scores(world: World) -> dict[str, Scored]:
    """By id, what the plain rules say of every eligible therapist."""
    people = [person for person in world.profiles if first_failing(world, person) is None]
    weights = _weights(world)
    known: dict[str, list[float | None]] = {
        name: _dimension(name, world.intake, people)
        for name in weights
        if name not in {"referral", "expected_fit"}
    }
    if "referral" in weights:
        named = world.intake.referred_to
        known["referral"] = [float(person.reference in named) for person in people]
    filled = {name: _filled(values) for name, values in known.items()}
    learned: list[Expected] = []
    if world.model:
        learned = naive_learned.expected(world, people, filled)
        known["expected_fit"] = [one.place for one in learned]
        filled["expected_fit"] = [one.place for one in learned]
    out = {}
    for place, person in enumerate(people):
        unknown = {name for name in weights if known[name][place] is None}
        out[person.id] = Scored(
            {name: "unknown" if name in unknown else "scored" for name in weights},
            {name: filled[name][place] for name in weights},
            weights,
            learned[place] if learned else None,
        )
    return out


def _filled(values: Sequence[float | None]) -> list[float]:
    mean = _mean(values)
    return [mean if value is None else value for value in values]


def _weights(world: World) -> dict[str, float]:
    ask, weighting = world.intake, world.weighting
    raw = {}
    for name in _ORDER:
        wish = ask.style if name == "communication_style" else getattr(ask, name, None)
        factor: float
        if wish is None:
            factor = naive_learned.reliability(world)
        elif name == "needs":
            factor = weighting.importance["some"] if ask.needs else 0
        elif not wish.asked:
            factor = 0
        elif wish.importance is Importance.SOME:
            factor = weighting.importance["some"]
        else:
            factor = weighting.importance["strong"]
        factor *= _emphasis(ask, name)
        if weighting.weights[name] * factor:
            raw[name] = weighting.weights[name] * factor
    on_roster = {person.reference for person in world.profiles}
    referred = bool(on_roster & set(ask.referred_to))
    share = 0.9 if referred else 1.0
    weights = {name: share * weight / sum(raw.values()) for name, weight in raw.items()}
    if referred:
        weights["referral"] = 0.1 if raw else 1.0
    return weights


def _emphasis(ask: Intake, name: str) -> float:
    own = dict(ask.emphasis).get(name, 1.0)
    if name != "communication_style" or not ask.style.asked:
        return own
    return own * fmean(_axis_emphasis(ask))


def _axis_emphasis(ask: Intake) -> list[float]:
    """Of each axis asked for, in their order."""
    pairs = zip(STYLE_AXES, ask.style.axes, strict=True)
    names = [f"communication_style.{axis}" for axis, wish in pairs if wish is not None]
    return [dict(ask.emphasis).get(name, 1.0) for name in names]


def _dimension(name: str, ask: Intake, people: Sequence[Profile]) -> list[float | None]:
    if name == "communication_style":
        return _style(ask, people)
    if name == "needs":
        asked = set(ask.needs)
        return [
            len(asked & set(person.needs)) / len(asked) if person.needs else UNKNOWN
            for person in people
        ]
    return [_any_of(name, getattr(ask, name).codes, person) for person in people]


def _any_of(name: str, asked: Sequence[str], person: Profile) -> float | None:
    if name == "culture":
        if set(asked) & {*person.cultures, *person.communities}:
            return 1.0
        fields = {"cultures": person.cultures, "communities": person.communities}
        open_ = [not fields[kind] for kind in fields if set(asked) & set(SHARED[kind])]
        return UNKNOWN if any(open_) else 0.0
    if name == "gender":
        return UNKNOWN if person.gender is None else float(person.gender in asked)
    read: dict[str, Callable[[Profile], tuple[str, ...]]] = {
        "language": lambda one: one.languages,
        "modality": lambda one: one.modalities,
        "format": lambda one: one.formats,
        "schedule": lambda one: one.schedule,
    }
    own = read[name](person)
    if not own:
        return UNKNOWN
    if name == "language":
        return float(any(_filters(wide, tag) for wide in asked for tag in own))
    return float(bool(set(asked) & set(own)))


def _filters(wide: str, tag: str) -> bool:
    parts, of = tag.lower().split("-"), wide.lower().split("-")
    return parts[: len(of)] == of


def _asked_axes(wish: StyleWish, person: Profile) -> list[tuple[float, float | None]]:
    pairs = zip(wish.axes, person.style, strict=True)
    return [(asked, own) for asked, own in pairs if asked is not None]


def _axis(wish: float, own: float | None) -> float | None:
    if own is None:
        return UNKNOWN
    # In hundredths, as a roster keeps them, so that "exactly one half" is exact.
    asked, is_ = round(100 * wish), round(100 * own)
    return 1 - abs(asked - is_) / (100 + abs(asked))


def _style(ask: Intake, people: Sequence[Profile]) -> list[float | None]:
    rows = [
        [_axis(asked, own) for asked, own in _asked_axes(ask.style, person)] for person in people
    ]
    means = [_mean(list(axis)) for axis in zip(*rows, strict=True)]
    filled: list[float | None] = []
    for row in rows:
        if all(value is None for value in row):
            filled.append(UNKNOWN)
        else:
            pairs = zip(row, means, strict=True)
            values = [mean if value is None else value for value, mean in pairs]
            filled.append(fmean(values, _axis_emphasis(ask)))
    return filled


def _mean(values: Sequence[float | None]) -> float:
    known = [value for value in values if value is not None]
    return fmean(known) if known else 0.5
