"""Where, when and for whom a therapist is there: formats, hours, licences, payers, access."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from matching.profile import AvailabilityRow, Licence, LicenceKind
from matching.shared_codes import SHARED
from seed.draw import Draw, in_order

_HOMES = {"US-CA": 0.86, "US-NY": 0.05, "US-WA": 0.05, "US-TX": 0.04}
_COMPACT = ("US-WA", "US-TX", "US-CO", "US-AZ", "US-NV", "US-UT")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WORKS_ON = (0.75, 0.85, 0.85, 0.85, 0.65, 0.12, 0.04)
# Who offers a time of day at all, and on which share of their days.
_TIMES = {"morning": (0.75, 0.8), "afternoon": (0.9, 0.85), "evening": (0.38, 0.55)}
_PAYERS = {
    "aetna": 0.6, "anthem_blue_cross": 0.5, "blue_shield": 0.45, "cigna": 0.4, "united": 0.42,
    "kaiser": 0.15, "medicaid": 0.25, "medicare": 0.2, "tricare": 0.12,
}  # fmt: skip
_AT_THE_DOOR = {
    "step_free": 0.75, "accessible_toilet": 0.55, "parking": 0.6, "hearing_loop": 0.06,
    "low_sensory": 0.15, "assistance_animal": 0.3, "large_print": 0.12,
}  # fmt: skip
_ANYWHERE = {"sign_language_interpreter": 0.05, "captions": 0.35}
_NO_INSURANCE = 0.22  # of therapists: paid by the client alone
_SILENT_ABOUT_ACCESS = 0.12
# How long ago availability was confirmed, in days, with the share of therapists; None is never.
_CONFIRMED: dict[tuple[int, int] | None, float] = {
    (0, 14): 0.53, (15, 45): 0.2, (46, 89): 0.08, (90, 400): 0.1, None: 0.09,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Office:
    """Codes of the shared vocabulary, in its order; payers are the clinic's own strings."""

    formats: tuple[str, ...]
    schedule: tuple[str, ...]
    licences: tuple[Licence, ...]
    payers: tuple[str, ...]
    access: tuple[str, ...]


def draw_office(draw: Draw, discipline: str, *, associate: bool, today: date) -> Office:
    """One therapist's office. Who is licensed elsewhere only works from afar."""
    home = "US-CA" if associate else draw.one(_HOMES)
    near = home == "US-CA"
    formats = _formats(draw, near=near)
    return Office(
        formats=formats,
        schedule=_schedule(draw),
        licences=_licences(draw, home, discipline, associate=associate, today=today),
        payers=("self_pay",) if draw.chance(_NO_INSURANCE) else draw.some(_PAYERS),
        access=_access(draw, in_person="in_person" in formats),
    )


def draw_availability(draw: Draw, reference: str, today: date) -> AvailabilityRow:
    """How free one therapist is, seen on `today`; about three in ten are full."""
    limit = min(36, max(6, round(draw.normal(20, 6))))
    places = draw.one({0: 0.29, 1: 0.14, 2: 0.13, 3: 0.12, 5: 0.16, 8: 0.16})
    caseload = max(0, limit - places)
    if places == 0 and draw.chance(0.15):
        caseload += 1
    return AvailabilityRow(
        id=reference,
        active=not draw.chance(0.025),
        accepting=not draw.chance(0.1),
        caseload=caseload,
        caseload_limit=None if draw.chance(0.08) else limit,
        confirmed_at=_confirmed(draw, today),
        leaving_on=today + timedelta(draw.between(20, 75)) if draw.chance(0.01) else None,
    )


def _confirmed(draw: Draw, today: date) -> datetime | None:
    ages = draw.one(_CONFIRMED)
    if ages is None:
        return None
    day = today - timedelta(draw.between(*ages) + 1)
    return datetime.combine(day, time(draw.between(8, 18), draw.between(0, 59)), UTC)


def _formats(draw: Draw, *, near: bool) -> tuple[str, ...]:
    chances = {"video": 0.9, "phone": 0.4, "chat": 0.05}
    if near:
        chances |= {"in_person": 0.72, "home_visit": 0.03, "outdoors": 0.06}
    return in_order(draw.some(chances) or ("video",), SHARED["formats"])


def _schedule(draw: Draw) -> tuple[str, ...]:
    times = {part: share for part, (offered, share) in _TIMES.items() if draw.chance(offered)}
    days = [day for day, share in zip(_DAYS, _WORKS_ON, strict=True) if draw.chance(share)]
    slots = [f"{day}_{part}" for day in days for part in draw.some(times)]
    return in_order(slots or ["wed_afternoon"], SHARED["schedule"])


def _licences(
    draw: Draw, home: str, discipline: str, *, associate: bool, today: date
) -> tuple[Licence, ...]:
    kind: LicenceKind = "associate" if associate else "full"
    known = draw.chance(0.4)
    expires = today + timedelta(draw.between(40, 700)) if known else None
    if known and draw.chance(0.03):
        expires = today - timedelta(draw.between(5, 200))
    licences = [Licence(home, kind, expires)]
    if not associate and draw.chance(0.08):
        other = draw.any_of([code for code in _HOMES if code != home])
        licences.append(Licence(other))
    elif discipline == "psychologist" and home in _COMPACT and draw.chance(0.6):
        licences += [Licence(code, "compact") for code in _COMPACT if code != home]
    return tuple(licences)


def _access(draw: Draw, *, in_person: bool) -> tuple[str, ...]:
    if draw.chance(_SILENT_ABOUT_ACCESS):
        return ()
    door = draw.some(_AT_THE_DOOR) if in_person else ()
    return in_order([*door, *draw.some(_ANYWHERE)], SHARED["access"])
