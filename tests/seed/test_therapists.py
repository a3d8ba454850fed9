"""Rows are well formed, shares are as documented, and what belongs together goes together."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.shared_codes import SHARED
from matching.vocabulary import STYLE_AXES
from seed.clinic import DEFAULT_TODAY, Clinic
from seed.demo import DEMO_REQUEST
from seed.sight import true_table, visible_table
from seed.therapists import BLANKS, Row, Skew, Therapist, draw_therapists, row, seen

FACETS = {
    "cultures": "cultures", "communities": "communities", "languages": "languages",
    "modalities": "modalities", "needs": "needs", "out_of_scope": "needs", "formats": "formats",
    "schedule": "schedule", "services": "services", "age_groups": "age_groups",
    "access": "access",
}  # fmt: skip
COLUMNS = {
    "reference", "name", "active", "gender", "pronouns", "licences", "payers", "style",
    "discipline", "associate", "caseload_limit", "caseload", "accepting",
    "availability_confirmed_at", "leaving_on", *FACETS,
}  # fmt: skip


def share(therapists: Iterable[Therapist], holds: Callable[[Therapist], bool]) -> float:
    return float(np.mean([holds(one) for one in therapists]))


def full(one: Therapist) -> bool:
    limit = one.availability.caseload_limit
    return limit is not None and one.availability.caseload >= limit


def codes(one: Row, column: str) -> list[str]:
    value = one.get(column, [])
    assert isinstance(value, list)
    return value


@given(seed=st.integers(0, 10**6), past=st.integers(0, 20_000))
def test_every_row_keeps_to_the_contract(seed: int, past: int) -> None:
    today = date(2026, 6, 1) + timedelta(past)
    for therapist in draw_therapists(seed, 3, today, Skew()):
        one = row(therapist)
        assert set(one) <= COLUMNS
        assert one["reference"]
        assert one["name"]
        for column, facet in FACETS.items():
            listed = codes(one, column)
            assert set(listed) <= set(SHARED[facet]), column
            assert len(set(listed)) == len(listed)
            assert column not in one or listed, "an unknown list is left out, not empty"
        assert one.get("gender", "woman") in SHARED["genders"]
        assert not set(codes(one, "needs")) & set(codes(one, "out_of_scope"))
        style = one.get("style", {})
        assert isinstance(style, dict)
        assert set(style) in (set(), set(STYLE_AXES))
        assert all(value is None or -1 <= value <= 1 for value in style.values())
        caseload = one["caseload"]
        assert isinstance(caseload, int)
        assert caseload >= 0


def test_references_count_from_one(clinic: Clinic) -> None:
    assert [one["reference"] for one in clinic.therapists] == [f"t-{n}" for n in range(1, 121)]


@pytest.mark.parametrize(
    ("low", "high", "holds"),
    [
        (0.67, 0.75, lambda one: one.profile.gender == "woman"),
        (0.18, 0.25, lambda one: one.profile.gender == "man"),
        (0.20, 0.30, lambda one: "es" in one.profile.languages),
        (0.16, 0.25, lambda one: bool(one.blank)),
        (0.25, 0.36, full),
        (0.07, 0.13, lambda one: not one.availability.accepting),
        (0.01, 0.04, lambda one: not one.availability.active),
        (0.003, 0.02, lambda one: one.availability.leaving_on is not None),
        (0.06, 0.12, lambda one: one.availability.confirmed_at is None),
        (0.04, 0.11, lambda one: one.profile.associate),
        (0.03, 0.08, lambda one: "chat" in one.profile.formats),
        (0.85, 0.92, lambda one: "US-CA" in [two.jurisdiction for two in one.profile.licences]),
        (0.005, 0.04, lambda one: "compact" in [two.kind for two in one.profile.licences]),
    ],
)
def test_shares_are_as_documented(
    many: list[Therapist], low: float, high: float, holds: Callable[[Therapist], bool]
) -> None:
    assert low <= share(many, holds) <= high


def test_availability_is_fresh_ageing_stale_and_never(many: list[Therapist]) -> None:
    confirmed = [one.availability.confirmed_at for one in many]
    ages = np.array([(DEFAULT_TODAY - at.date()).days for at in confirmed if at])
    assert ages.min() >= 1
    assert 0.45 <= np.mean(ages <= 15) <= 0.7
    assert 0.05 <= np.mean(ages >= 90) <= 0.16


def test_evenings_and_weekends_are_scarce(many: list[Therapist]) -> None:
    def offers(part: str) -> float:
        return share(many, lambda one: any(part in slot for slot in one.profile.schedule))

    assert offers("evening") < 0.5 * offers("afternoon")
    assert offers("sun") < 0.25 * offers("evening")


def test_a_blank_profile_follows_a_pattern_and_says_nothing_else_less(
    many: list[Therapist],
) -> None:
    for one in many:
        assert one.blank in {(), *BLANKS}
        told, truth = seen(one), one.profile
        for field in ("cultures", "needs", "modalities", "languages", "style", "gender"):
            expected = truth if field not in one.blank else None
            if expected:
                assert getattr(told, field) == getattr(truth, field)
            else:
                assert not any(getattr(told, field) or ())
    unconfirmed = [one for one in many if one.availability.confirmed_at is None]
    assert share(unconfirmed, lambda one: bool(one.blank)) > 0.45


def test_pronouns_go_with_gender(many: list[Therapist]) -> None:
    for one in many:
        profile = one.profile
        if profile.pronouns and profile.gender in {"woman", "trans_woman"}:
            assert profile.pronouns.startswith("she")
        if profile.pronouns and profile.gender in {"man", "trans_man"}:
            assert profile.pronouns.startswith("he")


@pytest.mark.parametrize(
    ("language", "culture"),
    [("es", "latine"), ("zh", "east_asian"), ("vi", "southeast_asian"), ("he", "jewish")],
)
def test_languages_go_with_cultures(many: list[Therapist], language: str, culture: str) -> None:
    speak = share(
        [one for one in many if culture in one.profile.cultures],
        lambda one: language in one.profile.languages,
    )
    others = share(
        [one for one in many if culture not in one.profile.cultures],
        lambda one: language in one.profile.languages,
    )
    assert speak > 3 * others


@pytest.mark.parametrize(
    ("modality", "need"),
    [("emdr", "trauma"), ("exposure", "phobias"), ("gottman", "couple_conflict"),
     ("psychodynamic", "self_understanding"), ("dbt", "self_harm")],
)  # fmt: skip
def test_needs_go_with_modalities(many: list[Therapist], modality: str, need: str) -> None:
    practise = [one for one in many if modality in one.profile.modalities]
    others = [one for one in many if modality not in one.profile.modalities]
    assert share(practise, lambda one: need in one.profile.needs) > 1.5 * share(
        others, lambda one: need in one.profile.needs
    )


def test_styles_go_with_schools(many: list[Therapist]) -> None:
    def mean(modality: str) -> dict[str, float]:
        rows = [one.style_met for one in many if modality in one.profile.modalities]
        return dict(zip(STYLE_AXES, np.mean(rows, axis=0), strict=True))

    cognitive, dynamic, person = mean("exposure"), mean("psychodynamic"), mean("humanistic")
    assert cognitive["therapist_directiveness"] > 0.3 > dynamic["therapist_directiveness"]
    assert dynamic["past_orientation"] > 0.3 > cognitive["past_orientation"]
    assert person["warm_support"] > cognitive["warm_support"] + 0.4


def test_who_offers_couples_also_works_with_their_needs(many: list[Therapist]) -> None:
    couples = [one for one in many if "couple" in one.profile.services]
    assert share(couples, lambda one: "couple_conflict" in one.profile.needs) > 0.9
    assert share(couples, lambda one: "relationships" in one.profile.needs) > 0.9


def test_who_plays_sees_children(many: list[Therapist]) -> None:
    play = [one for one in many if "play" in one.profile.modalities]
    assert share(play, lambda one: "child" in one.profile.age_groups) > 0.9


def test_associates_are_licensed_as_such_in_one_state(many: list[Therapist]) -> None:
    for one in many:
        kinds = [licence.kind for licence in one.profile.licences]
        assert (kinds == ["associate"]) == one.profile.associate


def test_only_who_works_in_the_home_state_can_be_met_in_person(many: list[Therapist]) -> None:
    for one in many:
        if "in_person" in one.profile.formats:
            assert one.profile.licences[0].jurisdiction == "US-CA"


def test_self_descriptions_are_less_directive_and_more_intense(many: list[Therapist]) -> None:
    gap = np.nanmean(visible_table(many).style - true_table(many).style, axis=0)
    told = dict(zip(STYLE_AXES, gap, strict=True))
    assert -0.25 < told["therapist_directiveness"] < -0.13
    assert 0.13 < told["emotional_intensity"] < 0.25
    assert abs(told["warm_support"]) < 0.05
    assert abs(told["past_orientation"]) < 0.05


def test_several_who_differ_are_eligible_for_the_demo(clinic: Clinic) -> None:
    """Those who meet every requirement of the demo's request and have a place."""
    eligible = [one for one in clinic.truth.therapists if meets_the_demo(one)]
    assert 5 <= len(eligible) <= 12
    references = {one.profile.reference for one in eligible}
    assert set(DEMO_REQUEST["referred_to"]) <= references  # type: ignore[call-overload]
    assert len({one.school for one in eligible}) >= 4
    needs = {len({"anxiety", "grief"} & set(seen(one).needs)) for one in eligible}
    assert needs == {1, 2}
    methods = {bool({"cbt", "act"} & set(seen(one).modalities)) for one in eligible}
    assert methods == {True, False}
    assert {"latine" in seen(one).cultures for one in eligible} == {True, False}
    assert {"style" in one.blank for one in eligible} == {True, False}


def meets_the_demo(one: Therapist) -> bool:
    told, free = seen(one), one.availability
    fresh = free.confirmed_at is None or (DEFAULT_TODAY - free.confirmed_at.date()).days < 60
    return (
        free.active and free.accepting and free.leaving_on is None and fresh and not full(one)
        and told.gender in {"woman", "non_binary"} and "es" in told.languages
        and "individual" in told.services and "adult" in told.age_groups
        and "US-CA" in [licence.jurisdiction for licence in told.licences]
        and not {"anxiety", "grief"} & set(told.out_of_scope)
        and (not told.payers or "aetna" in told.payers)
    )  # fmt: skip
