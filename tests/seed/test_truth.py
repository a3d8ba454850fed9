"""Fit is made by the documented formula, with the documented shares."""

import numpy as np
import pytest

from matching.intake import AnyOf, Importance, Intake, StyleWish
from matching.profile import Profile
from seed.clinic import Clinic, ClinicSpec, generate
from seed.sight import pair_effects, true_table, visible_table
from seed.tables import CODES, ClientTable, Floats, TherapistTable, met
from seed.truth import Effects, expected_fit, fit_parts, growth
from seed.world import WORLDS, World


def table(*therapists: Profile, style: tuple[float, ...] = (0.5, 0.5, 0.0, 0.0)) -> TherapistTable:
    return TherapistTable.of(therapists, np.array([style] * len(therapists)))


def therapist(**fields: tuple[str, ...]) -> Profile:
    return Profile(id="t", reference="t", name="T", gender="woman", **fields)  # type: ignore[arg-type]


def no_effects(therapists: int = 1) -> Effects:
    zeros = np.zeros(therapists)
    return Effects(
        zeros, np.zeros((therapists, len(CODES["needs"]))), np.zeros((therapists, 4)), zeros, zeros
    )


def within_clients(part: Floats) -> float:
    """The variance between the therapists of one client, on average over clients."""
    return float(part.var(axis=1).mean())


def test_a_wish_is_met_by_any_code_and_needs_by_their_share() -> None:
    intake = Intake(
        language=AnyOf(("es", "fr")),
        culture=AnyOf(("lgbtq", "latine")),
        needs=("anxiety", "grief"),
    )
    someone = therapist(languages=("fr",), communities=("lgbtq",), needs=("grief", "ocd"))
    scores = met(ClientTable.of([intake]), table(someone))
    assert scores["language"][0, 0] == 1
    assert scores["culture"][0, 0] == 1
    assert scores["needs"][0, 0] == 0.5
    assert scores["modality"][0, 0] == 0


def test_a_style_is_met_by_its_distance_over_the_axes_stated() -> None:
    wish = Intake(style=StyleWish((0.5, -0.1, None, None)))
    assert met(ClientTable.of([wish]), table(therapist()))["communication_style"][0, 0] == (
        pytest.approx(1 - (0.0 + 0.6) / 2)
    )
    nothing = met(ClientTable.of([Intake()]), table(therapist()))["communication_style"]
    assert np.isnan(nothing).all()


def test_the_parts_of_a_fit_by_hand() -> None:
    intake = Intake(
        style=StyleWish((0.6, None, 0.8, None), Importance.STRONG),
        gender=AnyOf(("man",), Importance.MUST),
        needs=("anxiety", "grief", "ocd"),
    )
    need = np.zeros((1, len(CODES["needs"])))
    need[0, [CODES["needs"].index(code) for code in ("anxiety", "grief", "ocd")]] = 0.6, 0.3, -0.3
    ones = np.ones(1)
    effects = Effects(0.4 * ones, need, np.array([[1.0, 9.0, -0.5, 9.0]]), ones, ones)
    world = World(name="by hand", accommodation_scale=2.0)
    parts = fit_parts(ClientTable.of([intake]), table(therapist(needs=("grief",))), effects, world)
    assert parts["therapist"][0, 0] == 0.4
    assert parts["therapist_need"][0, 0] == pytest.approx((2 * 0.6 + 0.3 - 0.3) / 6**0.5)
    assert parts["therapist_style"][0, 0] == pytest.approx(0.6 * 1.0 - 0.8 * 0.5)
    assert parts["gender"][0, 0] == pytest.approx(2 * 0.35 * 1.5 * (0 - 0.5))
    assert parts["communication_style"][0, 0] == pytest.approx(2 * 1.7 * (1 - 0.45 - 0.5))
    assert parts["needs"][0, 0] == pytest.approx(2 * 0.75 * (1 / 3 - 0.5))
    assert parts["language"][0, 0] == 0
    total = sum(part[0, 0] for part in parts.values())
    fit = expected_fit(ClientTable.of([intake]), table(therapist(needs=("grief",))), effects, world)
    assert fit[0, 0] == pytest.approx(6.9 + 0.6 * (1 - np.exp(-5 / 4)) + total)


def test_culture_is_mostly_respect_and_a_little_background() -> None:
    clients = ClientTable.of([Intake(culture=AnyOf(("latine",), Importance.STRONG))])
    both = table(therapist(cultures=("latine",)), therapist(cultures=("european",)))
    effects = no_effects(2)
    equal = fit_parts(clients, both, effects, WORLDS["balanced"])["culture"][0]
    assert equal[0] - equal[1] == pytest.approx(0.1 * 1.4)
    respected = Effects(
        effects.therapist, effects.need, effects.style, np.array([0.0, 0.5]), effects.therapist
    )
    unequal = fit_parts(clients, both, respected, WORLDS["balanced"])["culture"][0]
    assert unequal[1] - equal[1] == pytest.approx(0.9 * 0.5 * 1.4)


def test_in_a_world_of_thresholds_near_enough_is_as_good_as_exact() -> None:
    clients = ClientTable.of(
        [Intake(style=StyleWish((wish, None, None, None))) for wish in (0.5, 0.15, 0.05, -1.0)]
    )
    world = WORLDS["thresholds"]
    parts = fit_parts(clients, table(therapist()), no_effects(), world)["communication_style"]
    exact, near, far, opposite = parts[:, 0]
    assert exact == near > 0 > far == opposite


def test_trust_grows_and_slows() -> None:
    grown = growth(np.arange(1.0, 30.0))
    assert grown[0] == 0
    assert np.all(np.diff(grown) > 0)
    assert np.all(np.diff(grown, 2) < 0)
    assert grown[-1] < 0.6


def test_shares_of_variance_are_as_stated(clinic: Clinic) -> None:
    truth = clinic.truth
    world = truth.world
    clients = ClientTable.of([one.intake for one in truth.clients])
    parts = fit_parts(clients, true_table(truth.therapists), truth.effects, world)
    share = {name: within_clients(part) / world.variance for name, part in parts.items()}
    assert share["therapist"] == pytest.approx(world.therapist, rel=0.25)
    assert share["therapist_need"] == pytest.approx(world.therapist_need, rel=0.25)
    asked = np.isfinite(clients.style).any(axis=1).mean()
    assert share["therapist_style"] == pytest.approx(world.therapist_style * asked, rel=0.25)
    assert np.var(truth.leniency) / world.variance == pytest.approx(world.leniency, rel=0.1)
    accommodation = sum(within_clients(parts[name]) for name in world.accommodation)
    assert 0.05 <= accommodation / world.variance <= 0.09
    assert np.var(truth.sessions.fit) == pytest.approx(world.variance, rel=0.15)
    met_by = np.array([one.therapist for one in truth.pairings])[truth.sessions.pairing]
    of_sessions = np.var(truth.effects.therapist[met_by]) / np.var(truth.sessions.fit)
    assert 0.05 <= of_sessions <= 0.08, "therapists' share of outcome variance in the literature"


@pytest.mark.parametrize(
    ("name", "largest"),
    [("preference", "accommodation"), ("therapist", "therapist"),
     ("therapist_need", "therapist_need")],
)  # fmt: skip
def test_a_world_is_mostly_what_its_name_says(name: str, largest: str) -> None:
    world = WORLDS[name]
    truth = generate(ClinicSpec(world=world, past_clients=300, unseen_clients=0)).truth
    clients = ClientTable.of([one.intake for one in truth.clients])
    parts = fit_parts(clients, true_table(truth.therapists), truth.effects, world)
    wishes = sum((parts[name] for name in world.accommodation), np.zeros(()))
    variance = {
        "accommodation": within_clients(wishes),
        **{name: within_clients(parts[name]) for name in ("therapist", "therapist_need")},
    }
    others = sum(variance.values()) - variance[largest]
    assert variance[largest] > 2 * others


def test_the_skewed_world_shifts_what_profiles_say_and_nothing_true() -> None:
    plain, skewed = (
        generate(ClinicSpec(world=WORLDS[name], past_clients=0, unseen_clients=0)).truth
        for name in ("balanced", "skewed")
    )
    assert [one.style_met for one in plain.therapists] == [
        one.style_met for one in skewed.therapists
    ]
    gaps = [
        np.nanmean(visible_table(one.therapists).style - true_table(one.therapists).style, axis=0)
        for one in (plain, skewed)
    ]
    assert gaps[1][1] < gaps[0][1] - 0.15
    assert gaps[1][2] > gaps[0][2] + 0.15


def test_what_is_true_of_unseen_clients_is_what_ratings_show(clinic: Clinic) -> None:
    """Session fits regress on the expected fit of their pair with a slope of 1."""
    truth = clinic.truth
    intakes = [one.intake for one in truth.clients]
    expected = pair_effects(truth.therapists, intakes, truth.effects, truth.world)
    client = np.array([one.client for one in truth.pairings])[truth.sessions.pairing]
    met_by = np.array([one.therapist for one in truth.pairings])[truth.sessions.pairing]
    shown = truth.sessions.fit - growth(truth.sessions.number.astype(float))
    slope, level = np.polyfit(expected[client, met_by], shown - truth.leniency[client], 1)
    assert slope == pytest.approx(1.0, abs=0.12)
    assert level == pytest.approx(truth.world.mean, abs=0.15)


def test_true_fit_is_a_fit_for_every_therapist(clinic: Clinic) -> None:
    fits = np.array([one.true_fit for one in clinic.unseen])
    assert fits.shape == (200, 120)
    assert fits.min() >= 0
    assert fits.max() <= 10
    assert 6.8 < fits.mean() < 7.6
    assert 0.5 < fits.std(axis=1).mean() < 0.9
