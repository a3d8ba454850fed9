"""Simple clinics: repeatable, in the contract's words, and as their names say."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bench.clinics import clinic, simulate
from bench.contract_rows import match_bodies, rating_rows, therapist_rows
from bench.dataset import Dataset
from bench.histories import draw_history
from bench.worlds import (
    WORLDS,
    World,
    draw_clients,
    draw_effects,
    draw_therapists,
    expected_fit,
    on_paper,
)
from matching.weighting import DEFAULT_WEIGHTS


def small(world: str = "simple_balanced", seed: int = 3, ratings: int = 120) -> Dataset:
    return simulate(WORLDS[world], seed, therapists=12, ratings=ratings, unseen=10)


def test_the_same_seed_gives_the_same_clinic_and_another_gives_another() -> None:
    one, again, other = small(), small(), small(seed=4)
    assert np.array_equal(one.ratings.items, again.ratings.items, equal_nan=True)
    assert np.array_equal(one.ratings.therapist, again.ratings.therapist)
    assert one.unseen == again.unseen
    assert np.array_equal(one.true_fit, again.true_fit)
    assert np.array_equal(one.reference(None).mean, again.reference(None).mean)
    assert not np.array_equal(one.true_fit, other.true_fit)


@pytest.mark.parametrize("world", ["simple_shifted", "balanced"])
def test_the_truth_is_the_same_whatever_the_number_of_ratings(world: str) -> None:
    none, some = (clinic(world, 3, therapists=12, ratings=count) for count in (0, 60))
    assert np.array_equal(none.true_fit, some.true_fit)
    assert none.unseen == some.unseen
    assert (len(none.ratings), len(some.ratings)) == (0, 60)


def test_clients_rate_one_to_three_therapists_in_order_of_time() -> None:
    past = small(ratings=600).ratings
    pairs = {*zip(past.client.tolist(), past.therapist.tolist(), strict=True)}
    met = np.bincount([client for client, _ in pairs])
    assert set(met.tolist()) == {1, 2, 3}
    assert np.all(np.diff(past.at) >= 0)
    assert np.nanmin(past.items) >= 0
    assert np.nanmax(past.items) <= 10


def test_clients_choose_who_looks_well_on_paper() -> None:
    """Missing ratings are not missing at random, as in a clinic."""
    rng, world = np.random.default_rng(0), WORLDS["simple_balanced"]
    therapists, clients = draw_therapists(rng, 30, world), draw_clients(rng, 300)
    history = draw_history(rng, therapists, clients, 300, 0.0)
    looks = on_paper(clients, therapists)
    chosen = looks[history.client, history.therapist].mean()
    assert chosen > looks.mean() + looks.std(axis=1).mean()


def test_new_therapists_have_hardly_any_ratings() -> None:
    past = simulate(WORLDS["simple_balanced"], 1, therapists=60, ratings=2000, unseen=1).ratings
    number = np.bincount(past.therapist, minlength=60)
    assert 5 <= np.count_nonzero(number <= 5) <= 20


def test_hidden_weights_are_not_the_clinics() -> None:
    world = WORLDS["simple_balanced"]
    weights = draw_effects(np.random.default_rng(0), 5, world).weights
    theirs = np.array([DEFAULT_WEIGHTS[name] for name in ("communication_style", "needs")])
    assert weights[0] / weights[4] != pytest.approx(theirs[0] / theirs[1], rel=0.05)


@pytest.mark.parametrize(
    ("name", "part"), [("simple_therapist", "therapist"), ("simple_need", "need")]
)
def test_a_world_is_more_of_what_its_name_says_than_others_are(name: str, part: str) -> None:
    assert explained(WORLDS[name], part) > 1.5 * explained(WORLDS["simple_balanced"], part)


def explained(world: World, part: str) -> float:
    """The share of what differs within clients that comes from one part."""
    nothing: dict[str, Any] = {part: 0.0}
    rng = np.random.default_rng(1)
    clients, therapists = draw_clients(rng, 200), draw_therapists(rng, 100, world)
    whole, rest = (
        expected_fit(clients, therapists, draw_effects(np.random.default_rng(2), 100, one), one)
        .var(axis=1)
        .mean()
        for one in (world, replace(world, **nothing))
    )
    return float(1 - rest / whole)


def test_therapists_of_the_shifted_world_tell_another_style_than_they_have() -> None:
    plain, shifted = (
        draw_therapists(np.random.default_rng(0), 300, WORLDS[name])
        for name in ("simple_balanced", "simple_shifted")
    )
    assert np.array_equal(plain.told, plain.met)
    apart = (shifted.told - shifted.met).mean(0)
    assert apart[1] < -0.3
    assert apart[2] > 0.3


def test_everything_is_written_in_json() -> None:
    rng, world = np.random.default_rng(0), WORLDS["simple_balanced"]
    therapists, clients = draw_therapists(rng, 5, world), draw_clients(rng, 20)
    history = draw_history(rng, therapists, clients, 30, 0.0)
    answers = np.full((30, 9), 7.0)
    answers[:, 4:] = np.nan
    rows = rating_rows(clients, history, answers)
    assert set(rows[0]) >= {"client_reference", "therapist_reference", "trust", "preferences"}
    assert "overall" not in rows[0]
    json.dumps([therapist_rows(therapists), rows, match_bodies(clients)], allow_nan=False)
