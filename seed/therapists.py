"""Therapists: what is true of them, and the profile row that says some of it."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from matching.profile import UNKNOWN_STYLE, AvailabilityRow, Licence, Profile, StyleAxes
from matching.vocabulary import STYLE_AXES
from seed.draw import Draw
from seed.office import Office, draw_availability, draw_office
from seed.persons import Person, draw_person
from seed.practice import Practice, draw_practice
from seed.schools import Style

Row = dict[str, object]

# Which fields a profile leaves blank together, with the share of incomplete profiles: what came
# from a registry, no style questions answered, identity kept private, methods or needs not filled
# in, only half of the style questions answered.
BLANKS: dict[tuple[str, ...], float] = {
    ("style", "cultures", "communities", "needs", "modalities", "access"): 0.28,
    ("style",): 0.27,
    ("cultures", "communities"): 0.2,
    ("modalities", "style"): 0.1,
    ("needs",): 0.08,
    ("gender", "pronouns", "cultures", "communities"): 0.07,
}
_INCOMPLETE = 0.17
_INCOMPLETE_UNCONFIRMED = 0.6  # who never confirmed anything has often filled in little
_ONE_AXIS_BLANK = 0.06


@dataclass(frozen=True, slots=True, kw_only=True)
class Skew:
    """How self-descriptions differ from the style clients meet: a shift and a spread per axis.

    Therapists describe themselves as less directive and more intense than clients meet them
    (Cooper–Norcross); the sizes, on −1..1, are choices.
    """

    shift: Style = (0.0, -0.2, 0.2, 0.0)
    sd: float = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Therapist:
    """The truth about one therapist. `profile` is complete here; `blank` is left out of its row."""

    profile: Profile
    availability: AvailabilityRow
    style_met: Style
    school: str
    blank: tuple[str, ...]


def draw_therapists(seed: int, count: int, today: date, skew: Skew) -> list[Therapist]:
    """Therapists `t-1` to `t-<count>`; each is the same however many others there are.

    `today` moves the dates and nothing else. Namesakes are told apart by a middle initial.
    """
    therapists: list[Therapist] = []
    names: set[str] = set()
    for number in range(1, count + 1):
        therapist = _draw_therapist(seed, number, today, skew)
        if therapist.profile.name in names:
            name = _with_initial(Draw(seed, f"initial:{number}"), therapist.profile.name)
            therapist = replace(therapist, profile=replace(therapist.profile, name=name))
        names.add(therapist.profile.name)
        therapists.append(therapist)
    return therapists


def seen(therapist: Therapist) -> Profile:
    """The profile with what it leaves blank left blank."""
    nothing: dict[str, Any] = {"gender": None, "pronouns": None, "style": UNKNOWN_STYLE}
    return replace(therapist.profile, **{name: nothing.get(name, ()) for name in therapist.blank})


def row(therapist: Therapist) -> Row:
    """One NDJSON row of the therapist import: what is unknown or left blank is not in it."""
    profile = seen(therapist)
    every: Row = {name: getattr(profile, name) for name in _PLAIN}
    every |= {name: list(getattr(profile, name)) for name in _LISTS}
    every["licences"] = [_licence(licence) for licence in profile.licences]
    if profile.style != UNKNOWN_STYLE:
        every["style"] = dict(zip(STYLE_AXES, profile.style, strict=True))
    known = {name: value for name, value in every.items() if value is not None and value != []}
    return known | _availability(therapist.availability)


def _draw_therapist(seed: int, number: int, today: date, skew: Skew) -> Therapist:
    draw = Draw(seed, f"therapist:{number}")
    person = draw_person(draw)
    practice = draw_practice(draw, person.communities)
    office = draw_office(draw, practice.discipline, associate=practice.associate, today=today)
    availability = draw_availability(draw, f"t-{number}", today)
    told = _self_description(draw, practice.style, skew)
    blank = _blank(draw, unconfirmed=availability.confirmed_at is None)
    return Therapist(
        profile=_profile(availability.id, person, practice, office, told),
        availability=availability,
        style_met=practice.style,
        school=practice.school,
        blank=blank,
    )


def _profile(
    reference: str, person: Person, practice: Practice, office: Office, told: StyleAxes
) -> Profile:
    return Profile(
        id=reference,
        reference=reference,
        name=person.name,
        gender=person.gender,
        pronouns=person.pronouns,
        cultures=person.cultures,
        communities=person.communities,
        languages=person.languages,
        modalities=practice.modalities,
        needs=practice.needs,
        out_of_scope=practice.out_of_scope,
        formats=office.formats,
        schedule=office.schedule,
        services=practice.services,
        age_groups=practice.age_groups,
        licences=office.licences,
        payers=office.payers,
        access=office.access,
        style=told,
        discipline=practice.discipline,
        associate=practice.associate,
    )


def _self_description(draw: Draw, met: Style, skew: Skew) -> StyleAxes:
    """Told on sliders with steps of 0.05; now and then one of them is not touched."""
    told: list[float | None] = []
    for axis, shift in zip(met, skew.shift, strict=True):
        value = min(1.0, max(-1.0, axis + shift + draw.normal(0, skew.sd)))
        told.append(round(round(value * 20) / 20, 2))
    if draw.chance(_ONE_AXIS_BLANK):
        told[draw.below(len(told))] = None
    return told[0], told[1], told[2], told[3]


def _blank(draw: Draw, *, unconfirmed: bool) -> tuple[str, ...]:
    incomplete = draw.chance(_INCOMPLETE_UNCONFIRMED if unconfirmed else _INCOMPLETE)
    return draw.one(BLANKS) if incomplete else ()


def _with_initial(draw: Draw, name: str) -> str:
    given, _, family = name.partition(" ")
    return f"{given} {draw.any_of('ABCDEFGHJKLMNPRSTW')}. {family}"


def _licence(licence: Licence) -> str | dict[str, str]:
    if licence.kind == "full" and licence.expires_on is None:
        return licence.jurisdiction
    plain = {"jurisdiction": licence.jurisdiction, "kind": licence.kind}
    if licence.expires_on is None:
        return plain
    return plain | {"expires_on": licence.expires_on.isoformat()}


def _availability(availability: AvailabilityRow) -> Row:
    stated: Row = {
        "active": availability.active,
        "caseload_limit": availability.caseload_limit,
        "caseload": availability.caseload,
        "accepting": availability.accepting,
        "availability_confirmed_at": timestamp(availability.confirmed_at),
        "leaving_on": availability.leaving_on and availability.leaving_on.isoformat(),
    }
    return {name: value for name, value in stated.items() if value is not None}


def timestamp(at: datetime | None) -> str | None:
    """RFC 3339 in UTC, None for None."""
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")


_PLAIN = ("reference", "name", "gender", "pronouns", "discipline", "associate")
_LISTS = (
    "cultures", "communities", "languages", "modalities", "needs", "out_of_scope", "formats",
    "schedule", "services", "age_groups", "payers", "access",
)  # fmt: skip
