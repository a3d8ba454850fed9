"""Every field that a client or a therapist can fill in can change who is shown or in what order."""

from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Any

import pytest

from matching.availability import Availability
from matching.intake import AnyOf, Importance, Intake, StyleWish
from matching.profile import AvailabilityRow, Licence, Profile
from matching.roster import Roster
from tests.factories.matching import NOW, profile, ranked, weighting

# Fields that say who or how it is shown, and must change no order.
DISPLAY = {
    Intake: {"limit", "client_reference", "staff_review"},
    Profile: {"id", "reference", "name", "pronouns", "discipline"},
    AvailabilityRow: {"id"},
}
SOME = ("x", "y")


@dataclass(frozen=True)
class Case:
    """Two therapists, a request and their availability, with and without one field."""

    ask: dict[str, Any] = field(default_factory=dict)
    first: dict[str, Any] = field(default_factory=dict)
    second: dict[str, Any] = field(default_factory=dict)
    free: dict[str, Any] = field(default_factory=dict)

    def order(self, kind: type, name: str, *, filled: bool) -> tuple[str, ...]:
        ask, first, free = ({**part} for part in (self.ask, self.first, self.free))
        if not filled:
            {Intake: ask, Profile: first, AvailabilityRow: free}[kind].pop(name)
        roster = Roster.compile([profile(0, **first), profile(1, **self.second)])
        rows = Availability.compile(roster, [AvailabilityRow(id=roster.ids[0], **free)])
        answer = ranked(roster, rows, Intake(**ask), weighting())
        return tuple(candidate.reference for candidate in answer.candidates)


def _wish(name: str, column: str) -> tuple[Case, Case]:
    """A wish that one of two meets: as the request's field, and as the profile's."""
    ask = {name: AnyOf(("x",), Importance.MUST)}
    value: Any = "x" if column == "gender" else ("x",)
    other: Any = "y" if column == "gender" else ("y",)
    return Case(ask, {column: value}, {column: other}), Case(ask, {column: value}, {column: value})


_SECOND = Case().order(Profile, "", filled=True)[1]
_WISHES = {
    "gender": _wish("gender", "gender"),
    "culture": _wish("culture", "cultures"),
    "language": _wish("language", "languages"),
    "modality": _wish("modality", "modalities"),
    "format": _wish("format", "formats"),
    "schedule": _wish("schedule", "schedule"),
}

CASES: dict[tuple[type, str], Case] = {
    **{(Intake, name): ask for name, (ask, _) in _WISHES.items()},
    (Intake, "style"): Case(
        {"style": StyleWish((1.0, None, None, None), Importance.MUST)},
        {"style": (1.0, None, None, None)},
        {"style": (-1.0, None, None, None)},
    ),
    (Intake, "needs"): Case({"needs": ("x",)}, {}, {"out_of_scope": ("x",)}),
    (Intake, "service"): Case({"service": "couple"}, {"services": ("individual",)}),
    (Intake, "age_group"): Case({"age_group": "adult"}, {"age_groups": ("adult",)}),
    (Intake, "jurisdiction"): Case({"jurisdiction": "US-CA"}, {"licences": (Licence("US-CA"),)}),
    (Intake, "payer"): Case({"payer": "aetna"}, {"payers": ("cigna",)}),
    (Intake, "access"): Case({"access": ("x",)}, {"access": ("x",)}),
    (Intake, "accepts_associate"): Case({"accepts_associate": "no"}, {"associate": True}),
    (Intake, "exclude_therapists"): Case({"exclude_therapists": ("t-0",)}),
    (Intake, "with_now"): Case({"with_now": ("id-0000",)}),
    (Intake, "left_before"): Case({"left_before": ("id-0000",)}),
    # One of two meets the one wish, the other the other.
    (Intake, "emphasis"): Case(
        {
            "gender": AnyOf(("x",)),
            "modality": AnyOf(("x",)),
            "emphasis": (("gender", 3.0),),
        },
        {"gender": "x", "modalities": ("y",)},
        {"gender": "y", "modalities": ("x",)},
    ),
    # Whoever stands second without a word from a friend stands first with it.
    (Intake, "referred_to"): Case({"referred_to": (_SECOND,)}),
    (Profile, "gender"): _WISHES["gender"][1],
    (Profile, "cultures"): _WISHES["culture"][1],
    (Profile, "communities"): _wish("culture", "communities")[1],
    (Profile, "languages"): _WISHES["language"][1],
    (Profile, "modalities"): _WISHES["modality"][1],
    (Profile, "formats"): _WISHES["format"][1],
    (Profile, "schedule"): _WISHES["schedule"][1],
    (Profile, "needs"): Case({"needs": SOME}, {"needs": ("z",)}, {"needs": SOME}),
    (Profile, "out_of_scope"): Case({"needs": ("x",)}, {"out_of_scope": ("x",)}),
    (Profile, "services"): Case({}, {"services": ("couple",)}),
    (Profile, "age_groups"): Case({"age_group": "adult"}, {"age_groups": ("adult",)}),
    (Profile, "licences"): Case({"jurisdiction": "US-CA"}, {"licences": (Licence("US-CA"),)}),
    (Profile, "payers"): Case({"payer": "aetna"}, {"payers": ("cigna",)}),
    (Profile, "access"): Case({"access": ("x",)}, {"access": ("x",)}),
    (Profile, "style"): Case(
        {"style": StyleWish((1.0, None, None, None), Importance.MUST)},
        {"style": (1.0, None, None, None)},
    ),
    (Profile, "associate"): Case({"accepts_associate": "no"}, {"associate": True}),
    (AvailabilityRow, "active"): Case(free={"active": False}),
    (AvailabilityRow, "accepting"): Case(free={"accepting": False}),
    (AvailabilityRow, "caseload"): Case(free={"caseload": 3, "caseload_limit": 3}),
    (AvailabilityRow, "caseload_limit"): Case(free={"caseload": 3, "caseload_limit": 3}),
    (AvailabilityRow, "confirmed_at"): Case(free={"confirmed_at": NOW - timedelta(days=365)}),
    (AvailabilityRow, "leaving_on"): Case(free={"leaving_on": NOW.date()}),
}

EVERY = [
    (kind, one.name)
    for kind, display in DISPLAY.items()
    for one in fields(kind)
    if one.name not in display
]


@pytest.mark.parametrize(
    ("kind", "name"), EVERY, ids=lambda value: getattr(value, "__name__", value)
)
def test_a_field_that_is_filled_in_changes_who_is_shown(kind: type, name: str) -> None:
    case = CASES[kind, name]
    assert case.order(kind, name, filled=True) != case.order(kind, name, filled=False)


def test_every_case_is_of_a_field() -> None:
    assert sorted(CASES, key=str) == sorted(EVERY, key=str)


# Wishes that are no requirement change the order among those who stay eligible.
SOFT: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "style": (
        {"style": StyleWish((1.0, None, None, None))},
        {"style": (1.0, None, None, None)},
        {"style": (-1.0, None, None, None)},
    ),
    "gender": ({"gender": AnyOf(("x",))}, {"gender": "x"}, {"gender": "y"}),
    "culture": ({"culture": AnyOf(("latine",))}, {"cultures": ("latine",)}, {"cultures": ("y",)}),
    "community": (
        {"culture": AnyOf(("lgbtq",))},
        {"communities": ("lgbtq",)},
        {"communities": ("y",)},
    ),
    "language": ({"language": AnyOf(("es",))}, {"languages": ("es",)}, {"languages": ("en",)}),
    "modality": ({"modality": AnyOf(("x",))}, {"modalities": ("x",)}, {"modalities": ("y",)}),
    "needs": ({"needs": SOME}, {"needs": SOME}, {"needs": ("x",)}),
    "format": ({"format": AnyOf(("x",))}, {"formats": ("x",)}, {"formats": ("y",)}),
    "schedule": ({"schedule": AnyOf(("x",))}, {"schedule": ("x",)}, {"schedule": ("y",)}),
    "referred_to": ({"referred_to": ("t-0",)}, {}, {"reference": "t-1"}),
}


@pytest.mark.parametrize("name", SOFT)
def test_whoever_meets_a_wish_comes_first_whatever_the_ids(name: str) -> None:
    ask, better, worse = SOFT[name]
    for ids in (("a", "b"), ("b", "a")):
        people = [
            profile(0, **{**better, "id": ids[0]}),
            profile(1, **{**worse, "id": ids[1]}),
        ]
        answer = ranked(Roster.compile(people), intake=Intake(**ask), weighting=weighting())
        assert [candidate.reference for candidate in answer.candidates] == ["t-0", "t-1"]
