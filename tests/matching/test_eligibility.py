"""Each hard requirement by itself, at its boundary, and who comes first of several."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from matching.availability import Availability, AvailabilityRules
from matching.eligibility import REASONS, suited
from matching.intake import AnyOf, Importance, Intake, StyleWish
from matching.profile import AvailabilityRow, Licence
from matching.query import Query
from matching.ranking import Ranking
from matching.roster import Roster
from matching.vocabulary import Vocabulary
from tests.factories.matching import NOW, profile, ranked, weighting

MUST = Importance.MUST
TODAY = NOW.date()


@dataclass(frozen=True)
class Case:
    """A requirement, what fails it and what just meets it."""

    reason: str
    ask: dict[str, Any] = field(default_factory=dict)
    fails: dict[str, Any] = field(default_factory=dict)
    meets: dict[str, Any] = field(default_factory=dict)
    shut: dict[str, Any] = field(default_factory=dict)
    open: dict[str, Any] = field(default_factory=dict)


def _must(name: str, code: str, column: str, other: str) -> Case:
    return Case(
        f"must_{name}",
        {name: AnyOf((code,), MUST)},
        {column: (other,)},
        {column: (other, code)},
    )


CASES = [
    Case("inactive", shut={"active": False}),
    Case("not_accepting", shut={"accepting": False}),
    Case(
        "full",
        shut={"caseload": 8, "caseload_limit": 8},
        open={"caseload": 7, "caseload_limit": 8},
    ),
    Case("full", shut={"caseload_limit": 0}, open={"caseload": 999}),
    Case(
        "leaving",
        shut={"leaving_on": TODAY + timedelta(60)},
        open={"leaving_on": TODAY + timedelta(61)},
    ),
    Case("leaving", shut={"leaving_on": TODAY - timedelta(1)}),
    Case(
        "availability_stale",
        shut={"confirmed_at": NOW - timedelta(days=90, microseconds=1)},
        open={"confirmed_at": NOW - timedelta(days=90)},
    ),
    Case("current_therapist", {"with_now": ("id-0000",)}, meets={"id": "id-0001"}),
    Case("left_before", {"left_before": ("id-0000", "id-0002")}, meets={"id": "id-0001"}),
    Case("excluded_by_client", {"exclude_therapists": ("t-0",)}, meets={"reference": "t-9"}),
    Case("out_of_scope", {"needs": ("work", "grief")}, {"out_of_scope": ("grief", "sleep")}),
    Case("service", fails={"services": ("couple",)}),
    Case("service", fails={"services": ()}),
    Case("service", {"service": "group"}, meets={"services": ("group",)}),
    Case(
        "age_group", {"age_group": "adult"}, {"age_groups": ("child",)}, {"age_groups": ("adult",)}
    ),
    Case("age_group", {"age_group": "adult"}, meets={"age_groups": ("adult",)}),
    Case(
        "jurisdiction",
        {"jurisdiction": "US-CA"},
        {"licences": (Licence("US-CA", expires_on=TODAY - timedelta(1)),)},
        {"licences": (Licence("us-ca", expires_on=TODAY),)},
    ),
    Case(
        "jurisdiction",
        {"jurisdiction": "US-CA"},
        {"licences": (Licence("US"), Licence("US-NY"))},
        {"licences": (Licence("US-CA", "compact"), Licence("US-CA", "full", TODAY - timedelta(9)))},
    ),
    Case("associate", {"accepts_associate": "no"}, {"associate": True}),
    Case(
        "associate",
        {"accepts_associate": "no", "jurisdiction": "US-CA"},
        {"licences": (Licence("US-CA", "associate"), Licence("US-NY"))},
        {"licences": (Licence("US-CA", "associate"), Licence("US-CA"))},
    ),
    Case(
        "associate",
        {"accepts_associate": "no", "jurisdiction": "US-CA"},
        {
            "licences": (
                Licence("US-CA", "associate"),
                Licence("US-CA", "full", TODAY - timedelta(1)),
            )
        },
        {"licences": (Licence("US-CA", "compact"),)},
    ),
    Case(
        "access",
        {"access": ("step_free", "parking")},
        {"access": ("step_free",)},
        {"access": ("parking", "step_free", "captions")},
    ),
    Case("payer", {"payer": "Aetna"}, {"payers": ("cigna",)}, {"payers": ("AETNA",)}),
    Case("payer", {"payer": "aetna"}, {"payers": ("cigna",)}, {"payers": ()}),
    _must("language", "es", "languages", "en"),
    Case(
        "must_language",
        {"language": AnyOf(("es-MX",), MUST)},
        {"languages": ("es", "es-mxa")},
        {"languages": ("ES-mx-x-old",)},
    ),
    Case(
        "must_gender", {"gender": AnyOf(("woman",), MUST)}, {"gender": "man"}, {"gender": "woman"}
    ),
    _must("culture", "latine", "cultures", "jewish"),
    _must("culture", "lgbtq", "communities", "muslim"),
    _must("modality", "cbt", "modalities", "act"),
    _must("format", "video", "formats", "phone"),
    _must("schedule", "tue_evening", "schedule", "wed_morning"),
    Case(
        "must_communication_style",
        {"style": StyleWish((0.5, None, 0.0, None), MUST)},
        {"style": (-0.26, 0.0, 0.0, 0.0)},
        {"style": (-0.25, None, -0.5, None)},
    ),
    Case(
        "must_communication_style",
        {"style": StyleWish((0.5, None, 0.0, None), MUST)},
        {"style": (0.5, 0.0, None, 0.0)},
        {"style": (0.5, None, 0.5, None)},
    ),
]


def _ranked(case: Case, fields: dict[str, Any], state: dict[str, Any]) -> Ranking:
    roster = Roster.compile([profile(0, **fields)])
    free = Availability.compile(roster, [AvailabilityRow(id=roster.ids[0], **state)])
    return ranked(roster, free, Intake(**case.ask))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.reason)
def test_who_fails_is_left_out_and_counted(case: Case) -> None:
    ranking = _ranked(case, case.fails, case.shut)
    assert ranking.candidates == ()
    assert ranking.excluded == {case.reason: 1}
    assert (ranking.considered, ranking.eligible) == (1, 0)


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.meets or case.open], ids=lambda case: case.reason
)
def test_who_just_meets_it_is_shown(case: Case) -> None:
    ranking = _ranked(case, case.meets, case.open)
    assert ranking.excluded == {}
    assert [candidate.rank for candidate in ranking.candidates] == [1]


@pytest.mark.parametrize(
    "case",
    [
        case
        for case in CASES
        if case.ask and case.fails and case.reason not in {"payer", "associate"}
    ],
    ids=lambda case: case.reason,
)
def test_a_blank_profile_does_not_meet_what_is_required(case: Case) -> None:
    # Saying nothing of what is out of scope, or of being an associate, rules nothing out.
    expected = {} if case.reason == "out_of_scope" else {case.reason: 1}
    assert _ranked(case, {}, {}).excluded == expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.reason)
def test_who_is_not_free_is_suited_all_the_same(case: Case) -> None:
    """Only what a place that becomes free changes."""
    free_again = {"not_accepting", "full", "availability_stale"}
    assert _suited(case, case.fails, case.shut) == (case.reason in free_again)
    if case.meets or case.open:
        assert _suited(case, case.meets, case.open)


def _suited(case: Case, fields: dict[str, Any], state: dict[str, Any]) -> bool:
    roster = Roster.compile([profile(0, **fields)])
    free = Availability.compile(roster, [AvailabilityRow(id=roster.ids[0], **state)])
    query = Query.of(Intake(**case.ask), roster, weighting(), Vocabulary.shared())
    return bool(suited(query, roster, free, AvailabilityRules(), NOW)[0])


def test_every_reason_has_a_case() -> None:
    assert {case.reason for case in CASES} == set(REASONS)


def test_a_therapist_is_counted_once_under_the_first_reason() -> None:
    asked = Intake(
        gender=AnyOf(("woman",), MUST),
        language=AnyOf(("es",), MUST),
        age_group="adult",
        exclude_therapists=("t-0",),
    )
    roster = Roster.compile([profile(0), profile(1), profile(2, age_groups=("adult",))])
    assert ranked(roster, intake=asked).excluded == {
        "excluded_by_client": 1,
        "age_group": 1,
        "must_language": 1,
    }


def test_whom_the_client_is_with_comes_before_whom_they_left_and_whom_they_ruled_out() -> None:
    roster = Roster.compile([profile(number) for number in range(4)])
    asked = Intake(
        with_now=("id-0000", "id-9999"),
        left_before=("id-0000", "id-0001"),
        exclude_therapists=("t-0", "t-1", "t-2"),
    )
    answer = ranked(roster, intake=asked)
    assert list(answer.excluded.items()) == [
        ("current_therapist", 1),
        ("left_before", 1),
        ("excluded_by_client", 1),
    ]
    assert [candidate.reference for candidate in answer.candidates] == ["t-3"]


def test_a_must_holds_where_the_clinic_gives_the_dimension_no_weight() -> None:
    roster = Roster.compile([profile(0, gender="man"), profile(1, gender="woman")])
    asked = Intake(gender=AnyOf(("woman",), MUST), needs=("grief",))
    ranking = ranked(roster, intake=asked, weighting=weighting(needs=1.0))
    assert [candidate.reference for candidate in ranking.candidates] == ["t-1"]
    assert ranking.candidates[0].contributions[1].state == "not_asked"


def test_an_associate_is_shown_with_a_caveat_unless_refused() -> None:
    roster = Roster.compile([profile(0, associate=True)])
    for answer in ("yes", "not_sure", None):
        (candidate,) = ranked(roster, intake=Intake(accepts_associate=answer)).candidates
        assert any("supervisor" in caveat for caveat in candidate.caveats)
