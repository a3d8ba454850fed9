"""What a switch is measured by: the truth of a clinic, and the reasons that follow from it."""

from typing import Any

import numpy as np
import pytest

from bench.dataset import Dataset
from bench.seeded import seeded
from bench.switching import KINDS, Switching, overall, why
from bench.tastes import STYLE, Tastes, Truth, style_of, told, truth_of
from matching.reasons import REASONS

OWN = Tastes(name="own tastes", told=0.4, matters=0.8)


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return seeded("balanced", 3, therapists=20, ratings=0, unseen=30)


def test_where_all_is_as_told_the_truth_is_that_of_the_clinic(dataset: Dataset) -> None:
    truth = truth_of(dataset, Tastes(), np.random.default_rng(1))
    assert truth.fit == pytest.approx(dataset.true_fit, abs=1e-9)


def test_the_gap_is_between_the_style_met_and_the_style_wished(dataset: Dataset) -> None:
    truth, style = truth_of(dataset, Tastes(), np.random.default_rng(1)), style_of(dataset)
    for client, intake in enumerate(dataset.unseen):
        for axis, wish in enumerate(intake.style.axes):
            met = truth.gap[client, :, axis] + (np.nan if wish is None else wish)
            assert met == pytest.approx(style[axis] if wish is not None else met, nan_ok=True)


def test_own_tastes_leave_the_mean_and_move_the_pairs(dataset: Dataset) -> None:
    truth = truth_of(dataset, OWN, np.random.default_rng(1))
    known = [part for name, part in truth.parts.items() if name != "pair"]
    plain = truth_of(dataset, Tastes(), np.random.default_rng(1))
    level = dataset.true_fit - sum(
        (part for name, part in plain.parts.items() if name != "pair"), np.zeros(())
    )
    assert truth.fit == pytest.approx(level + sum(known, np.zeros(())), abs=1e-9)
    assert np.abs(truth.fit - dataset.true_fit).max() > 0.2
    assert truth.parts["therapist"] == pytest.approx(plain.parts["therapist"])


def test_wishes_as_told_are_off_by_as_much_as_said(dataset: Dataset) -> None:
    rng = np.random.default_rng(2)
    wished = np.array([one.style.axes for one in dataset.unseen], np.float64)
    for tastes, least, most in ((Tastes(), 0.0, 0.0), (OWN, 0.2, 0.5)):
        said = np.array([told(one, tastes, rng).style.axes for one in dataset.unseen], np.float64)
        assert (np.isnan(said) == np.isnan(wished)).all()
        assert least <= np.nanstd(said - wished) <= most


def _truth(gap: float, *, style: float = 0.0, **behind: float) -> Truth:
    """Of one client with three therapists, the first of whom falls behind by so many points."""
    names = ("therapist", "therapist_need", "therapist_style", "culture", "gender", "language",
             "needs", "modality", "pair")  # fmt: skip
    parts = {name: np.array([[-behind.get(name, 0.0), 0.0, 0.0]]) for name in names}
    axes = np.zeros((1, 3, 4))
    axes[0, 0, 1] = -style
    gaps = np.full((1, 3, 4), np.nan)
    gaps[0, :, 1], gaps[0, :, 0] = gap, 0.1
    return Truth({**parts, STYLE: axes.sum(2)}, axes, np.zeros((1, 3)), gaps)


@pytest.mark.parametrize(
    ("truth", "codes"),
    [
        (_truth(0.5, style=1.0), ["leads_too_much"]),
        (_truth(-0.5, style=1.0), ["leads_too_little"]),
        (_truth(0.5, style=1.5, culture=1.2), ["leads_too_much", "culture"]),
        (_truth(0.5, therapist=0.9, needs=0.1, therapist_need=0.2), ["trust"]),
        (_truth(0.5, needs=0.7, therapist_need=0.7, pair=0.9), ["needs", "no_click"]),
    ],
)
def test_reasons_are_the_parts_that_fall_most_behind(truth: Truth, codes: list[str]) -> None:
    assert why(truth, 0, 0) == codes
    assert set(codes) <= set(REASONS)


def test_what_a_client_says_of_the_style_met_follows_the_gap() -> None:
    assert _truth(0.5).seen(0, 0) == (0.0, -1.0, None, None)
    assert _truth(-0.5).seen(0, 0) == (0.0, 1.0, None, None)


def test_a_third_switches_and_is_compared_with_who_else_was_on_the_list() -> None:
    clinic = Switching.of("balanced", 3, OWN, therapists=20, ratings=0, unseen=30)
    assert clinic.learned is None
    gains = clinic.gains(served=True)
    assert gains["next"].size == gains["other"].size == gains["best"].size == 10
    # Nobody does better than the best of all who are left.
    assert gains["best"].max() <= 0
    again = Switching.of("balanced", 3, OWN, therapists=20, ratings=0, unseen=30)
    assert again.gains(served=False)["next"].tolist() == gains["next"].tolist()
    one = clinic.shown(clinic.intakes[0], None)
    new = clinic.alternative(0, one, ["leads_too_much"], None)
    assert one[0] not in new
    assert len(new) == 3


def test_over_all_worlds_a_seed_is_one_observation() -> None:
    def row(model: bool, *means: float | None) -> dict[str, Any]:
        names = ("next", "other", "best", *KINDS)
        return {
            "model": model,
            "seeds": dict.fromkeys(names, means),
            **{f"{n}_clients": 5 for n in names},
        }

    without, with_model = overall(
        [row(False, 0.1, 0.3), row(False, None, 0.5), row(True, 1.0, 2.0)]
    )
    assert without["next"][0] == pytest.approx((0.1 + 0.4) / 2)
    assert (without["next_clients"], with_model["next_clients"]) == (10, 5)
    assert with_model["next"][0] == pytest.approx(1.5)
