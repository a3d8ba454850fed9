"""Bayes-optimal is what it is called: exact where it says so, and right as often as it claims."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array

from bench.answers import fits_behind
from bench.clinics import clinic, simulate
from bench.dataset import Dataset, Floats
from bench.gain import attainable_gain
from bench.look_alikes import Heard, look_alikes
from bench.methods.registry import METHODS
from bench.reference import Observations, Prior, pair_design, pooled, posterior
from bench.worlds import WORLDS
from seed.clinic import DEFAULT_TODAY
from seed.tables import TherapistTable
from seed.therapists import Skew, draw_therapists, seen

EIGHTY = 1.2815515655446004


def coverage(dataset: Dataset) -> float:
    """The share of true fits within the reference's 80 % intervals."""
    believed = dataset.reference(None)
    inside = np.abs(believed.mean - dataset.true_fit) <= EIGHTY * believed.sd()
    return float(inside.mean())


def by_conditioning(
    prior: Prior, seen: Observations, leniency: float, asked: Floats
) -> tuple[Floats, Floats]:
    """Mean and sd of new fits by the textbook: the joint normal, conditioned on what was seen."""
    design = seen.design.toarray()
    same = (seen.client[:, None] == seen.client) & (seen.client[:, None] >= 0)
    among = design * prior.variance @ design.T + leniency * same + np.diag(seen.noise)
    across = asked * prior.variance @ design.T
    gain = np.linalg.solve(among, across.T).T
    mean = asked @ prior.mean + gain @ (seen.value - design @ prior.mean)
    covariance = asked * prior.variance @ asked.T - gain @ across.T
    return mean, np.sqrt(np.diag(covariance))


def test_the_posterior_is_the_joint_normal_conditioned_on_what_was_seen() -> None:
    rng = np.random.default_rng(0)
    prior = Prior(rng.normal(size=7), rng.uniform(0.2, 2.0, 7))
    design = rng.normal(size=(12, 7))
    design[:, 5] = 0.0  # nobody ever saw this one
    client = np.array([0, 0, 0, 1, 1, 2, 3, 4, 4, -1, -1, 5])
    seen = Observations(csr_array(design), rng.normal(size=12), rng.uniform(0.3, 1, 12), client)
    asked = rng.normal(size=(6, 7))
    mean, sd = by_conditioning(prior, seen, 0.7, asked)
    believed = posterior(prior, seen, 0.7).beliefs(csr_array(asked), (2, 3))
    assert believed.mean.ravel() == pytest.approx(mean)
    assert believed.sd().ravel() == pytest.approx(sd)


def test_several_looks_at_one_pair_are_pooled_by_their_noise() -> None:
    group = np.array([3, 8, 3])
    first, value, noise = pooled(group, np.array([1.0, 5.0, 4.0]), np.array([1.0, 2.0, 0.5]), 0.1)
    assert first.tolist() == [0, 1]
    assert value == pytest.approx([(1.0 + 2 * 4.0) / 3, 5.0])
    assert noise == pytest.approx([0.1 + 1 / 3, 2.1])


def test_a_pairs_own_columns_are_its_therapists() -> None:
    own = np.array([[1.0, 2.0], [3.0, 0.0]])
    design = pair_design(np.array([[9.0], [8.0]]), own, np.array([1, 0]), 2).toarray()
    assert design.tolist() == [[9, 0, 0, 1, 2], [8, 3, 0, 0, 0]]


@pytest.mark.slow
def test_with_very_much_seen_nothing_is_left_to_gain_and_intervals_hold() -> None:
    world = replace(WORLDS["simple_balanced"], new=0.0)
    dataset = simulate(world, 0, therapists=8, ratings=12_000, unseen=150)
    assert attainable_gain(dataset.reference(None).mean, dataset.true_fit) > 0.97
    assert 0.7 <= coverage(dataset) <= 0.9


@pytest.mark.slow
@pytest.mark.parametrize("world", ["simple_need", "simple_thresholds", "simple_shifted"])
def test_intervals_hold_what_they_claim_after_some_ratings(world: str) -> None:
    found = [
        coverage(simulate(WORLDS[world], seed, therapists=16, ratings=400, unseen=40))
        for seed in range(3)
    ]
    assert np.mean(found) == pytest.approx(0.8, abs=0.08)


@pytest.mark.slow
def test_intervals_hold_in_the_worlds_of_the_synthetic_clinic() -> None:
    found = [coverage(clinic("balanced", seed, therapists=15, ratings=500)) for seed in range(2)]
    assert np.mean(found) == pytest.approx(0.8, abs=0.08)


def test_nobody_does_better_than_the_reference() -> None:
    gains: dict[str, list[float]] = {"bayes": [], "content": [], "mean": [], "ridge": []}
    for seed in range(3):
        dataset = simulate(WORLDS["simple_balanced"], seed, therapists=30, ratings=1000)
        for name, found in gains.items():
            scores = METHODS[name](dataset)(dataset.unseen)
            found.append(attainable_gain(scores, dataset.true_fit))
    best = np.mean(gains.pop("bayes"))
    assert all(0.1 < np.mean(found) < best for found in gains.values())


def test_answers_at_the_end_of_the_scale_say_at_least_so_much() -> None:
    ones = np.ones(4)
    items = np.array([[10, 10, 10, 10], [7, 7, 7, 7], [7, np.nan, np.nan, np.nan]], np.float64)
    value, noise = fits_behind(items, ones, 0 * ones, ones, (7.0, 2.0))
    assert value[0] > 10.0
    assert value[1:] == pytest.approx([7.0, 7.0], abs=0.01)
    assert noise[1] == pytest.approx((1 + 1 / 12) / 4, rel=0.05)
    assert noise[2] == pytest.approx(1 + 1 / 12, rel=0.05)
    assert noise[0] > 1.5 * noise[1]


def test_the_fit_behind_answers_is_found_without_bias() -> None:
    rng = np.random.default_rng(0)
    fit = rng.normal(7.5, 1.5, 4000)
    loading, level, noise = np.array([1.1, 0.8, 1.0]), np.array([0.0, 1.0, 0.5]), np.ones(3)
    items = level + loading * fit[:, None] + rng.standard_normal((4000, 3))
    value, spread = fits_behind(np.clip(np.rint(items), 0, 10), loading, level, noise, (7.5, 1.5))
    # Shrunk by its own noise, what was told has the fits' mean and slope.
    told = 7.5 + (value - 7.5) * 1.5**2 / (1.5**2 + spread)
    assert float(np.mean(told - fit)) == pytest.approx(0.0, abs=0.05)
    assert np.polyfit(told, fit, 1)[0] == pytest.approx(1.0, abs=0.03)


def test_what_clients_say_of_a_style_moves_what_is_believed_of_it() -> None:
    skew = Skew()
    (person,) = draw_therapists(5, 1, DEFAULT_TODAY, skew)
    nothing = Heard(np.empty(0, int), np.empty(0), np.empty(0))
    before = look_alikes(person, skew, nothing).style.mean(0)
    wish = np.full(10, before[1])
    more = Heard(np.ones(10, int), wish, np.ones(10))
    right = Heard(np.ones(10, int), wish, np.zeros(10))
    after = look_alikes(person, skew, more).style
    assert after[:, 1].mean() < before[1] - 0.2
    assert after[:, 0].mean() == pytest.approx(before[0])
    assert (
        look_alikes(person, skew, right).style[:, 1].std()
        < look_alikes(person, skew, nothing).style[:, 1].std()
    )


def test_look_alikes_have_what_the_profile_tells() -> None:
    skew = Skew()
    nothing = Heard(np.empty(0, int), np.empty(0), np.empty(0))
    for person in draw_therapists(5, 30, DEFAULT_TODAY, skew):
        table, told = look_alikes(person, skew, nothing), seen(person)
        own = TherapistTable.of([told], np.zeros((1, 4)))
        for name, flags in own.has.items():
            if flags.any() and name != "culture":
                assert np.all(table.has[name] == flags)
        if not told.needs:
            assert len({row.tobytes() for row in table.has["needs"]}) > 10
