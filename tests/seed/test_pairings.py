"""Who saw whom is no accident, and who stayed is none either."""

import numpy as np
import pytest

from matching.intake import AnyOf, Importance, Intake
from seed.clinic import DEFAULT_TODAY, Clinic, ClinicSpec, generate
from seed.pairings import MOST_SESSIONS, WINDOW_DAYS, dropout
from seed.sight import look, pair_effects, possible
from seed.tables import Floats
from seed.therapists import Skew, Therapist, draw_therapists


@pytest.fixture(scope="module")
def therapists() -> list[Therapist]:
    return draw_therapists(7, 60, DEFAULT_TODAY, Skew())


def of_pairings(clinic: Clinic, table: Floats) -> Floats:
    """A table (clients, therapists) at the pairs that met."""
    pairings = clinic.truth.pairings
    met: Floats = table[[one.client for one in pairings], [one.therapist for one in pairings]]
    return met


def test_every_past_client_saw_one_to_three_different_therapists(clinic: Clinic) -> None:
    seen: dict[int, list[int]] = {}
    for one in clinic.truth.pairings:
        seen.setdefault(one.client, []).append(one.therapist)
    assert sorted(seen) == list(range(1500))
    numbers = [len(met) for met in seen.values()]
    assert max(numbers) == 3
    assert 0.08 <= np.mean([number > 1 for number in numbers]) <= 0.2
    assert all(len(set(met)) == len(met) for met in seen.values())


def test_sessions_and_days_stay_within_the_window(clinic: Clinic) -> None:
    for one in clinic.truth.pairings:
        assert 1 <= one.sessions <= MOST_SESSIONS
        assert one.day >= 0
        assert one.day + 7 * (one.sessions - 1) < WINDOW_DAYS


def test_a_fifth_drops_out_and_more_where_fit_is_low(clinic: Clinic) -> None:
    pairings = clinic.truth.pairings
    left = np.array([one.dropped_out for one in pairings])
    fit = np.array([one.fit for one in pairings])
    assert left.mean() == pytest.approx(0.197, abs=0.03)
    low = fit < np.median(fit)
    assert left[low].mean() > 1.5 * left[~low].mean()
    assert dropout(-1.0) > dropout(0.0) > dropout(1.0) > 0


def test_meeting_preferences_lowers_dropout_about_as_much_as_trials_found(clinic: Clinic) -> None:
    truth = clinic.truth
    effects = pair_effects(
        truth.therapists, [one.intake for one in truth.clients], truth.effects, truth.world
    )
    met = of_pairings(clinic, effects)
    left = np.array([one.dropped_out for one in truth.pairings])
    well = met > np.median(met)
    assert 0.4 <= left[well].mean() / left[~well].mean() <= 0.9


def test_clients_met_those_who_looked_right_on_paper(clinic: Clinic) -> None:
    truth = clinic.truth
    intakes = [one.intake for one in truth.clients]
    shown, able = look(truth.therapists, intakes), possible(truth.therapists, intakes)
    average = (shown * able).sum(axis=1) / able.sum(axis=1)
    chosen = of_pairings(clinic, shown)
    assert chosen.mean() > average[[one.client for one in truth.pairings]].mean() + 0.15


def test_nobody_met_a_therapist_who_cannot_see_them(clinic: Clinic) -> None:
    truth = clinic.truth
    able = possible(truth.therapists, [one.intake for one in truth.clients])
    assert of_pairings(clinic, able.astype(np.float64)).all()


def test_ratings_are_spread_unevenly_and_some_are_new(clinic: Clinic) -> None:
    number = np.bincount([one.therapist for one in clinic.truth.pairings], minlength=120)
    assert number.std() > 0.5 * number.mean()
    assert 0.05 <= np.mean(number < 3) <= 0.35


def test_requirements_scope_and_licences_decide_who_may_see_whom(
    therapists: list[Therapist],
) -> None:
    intakes = [
        Intake(gender=AnyOf(("man",), Importance.MUST), age_group="adult", jurisdiction="US-CA"),
        Intake(service="couple", age_group="adult", jurisdiction="US-CA"),
        Intake(needs=("psychosis",), age_group="adult", jurisdiction="US-NY"),
    ]
    able = possible(therapists, intakes)
    for column, one in enumerate(therapists):
        profile = one.profile
        states = {licence.jurisdiction for licence in profile.licences}
        adult, here = "adult" in profile.age_groups, "US-CA" in states
        alone = adult and "individual" in profile.services
        assert able[0, column] == (alone and here and profile.gender == "man")
        assert able[1, column] == (adult and here and "couple" in profile.services)
        in_scope = "psychosis" not in profile.out_of_scope
        assert able[2, column] == (alone and "US-NY" in states and in_scope)


def test_what_a_profile_leaves_blank_is_not_looked_at(therapists: list[Therapist]) -> None:
    """By the profile alone; the truth behind a blank is known to nobody who chooses."""
    for one in therapists:
        if "needs" in one.blank:
            intakes = [Intake(needs=(need,)) for need in ("anxiety", "gambling")]
            assert np.allclose(look([one], intakes), 0.5)
        else:
            need = one.profile.needs[0]
            assert look([one], [Intake(needs=(need,))])[0, 0] == pytest.approx(1.0)
    assert any("needs" in one.blank for one in therapists)


def test_staff_find_somebody_for_those_whom_nobody_fits(therapists: list[Therapist]) -> None:
    nobody = Intake(
        language=AnyOf(("bfi",), Importance.MUST), age_group="adult", jurisdiction="US-TX"
    )
    assert possible(therapists, [nobody])[0].tolist() == [
        "individual" in one.profile.services for one in therapists
    ]


def test_a_clinic_of_one_therapist_still_works() -> None:
    clinic = generate(ClinicSpec(therapists=1, past_clients=12, unseen_clients=1))
    assert {one["therapist_reference"] for one in clinic.ratings} == {"t-1"}
    assert len({one["client_reference"] for one in clinic.ratings}) == 12


@pytest.mark.parametrize(
    "numbers", [{"therapists": 0}, {"past_clients": -1}, {"unseen_clients": -1}, {"seed": -1}]
)
def test_a_clinic_that_cannot_be_is_refused(numbers: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"must not be negative|at least one therapist"):
        ClinicSpec(**numbers)  # type: ignore[arg-type]
