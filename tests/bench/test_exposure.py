"""The clinic in which the cost of an arrangement by exposure is measured."""

import numpy as np
import pytest

from bench import exposure
from bench.exposure import ROOMY, THERAPISTS, TIGHT, Clinic, _Course
from matching.attention import attention
from matching.weighting import Weighting

CLIENTS = 150


@pytest.fixture(scope="module")
def clinic() -> Clinic:
    return Clinic.of("balanced", 3, CLIENTS, served=False)


@pytest.mark.parametrize("value", [0.0, 0.3])
def test_nobody_takes_more_than_their_places_and_lists_hold_all_their_attention(
    clinic: Clinic, value: float
) -> None:
    course = _Course(clinic, Weighting(exposure=value))
    for client in range(CLIENTS):
        shown, chosen, best, chance = course.client(client)
        assert max(shown, chance) <= best + 1e-9
        assert chosen in clinic.dataset.true_fit[client]
        assert course.taken.max() <= clinic.places
        assert course.taken.sum() == len(course.until)
    total = course.counted(0)
    assert total.received.sum() == pytest.approx(total.warranted.sum())
    assert total.received.sum() <= CLIENTS * attention(3).sum() + 1e-9
    assert course.shortfall is not None
    assert course.shortfall.any()


def test_without_exposure_what_was_measured_changes_nothing(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, again = clinic.run(0.0), clinic.run(0.3)
    assert plain != again
    monkeypatch.setattr(exposure, "RENEWED_AFTER", 10)
    assert clinic.run(0.0) == plain


def test_a_fifth_is_new_and_groups_are_those_of_some_size(clinic: Clinic) -> None:
    assert clinic.new.sum() == THERAPISTS / 5
    assert clinic.places == ROOMY[0]
    assert (clinic.groups.sum(1) >= exposure.LEAST_GROUP).all()
    assert len(clinic.groups) >= 2
    assert not (np.cumsum(clinic.groups, axis=0) > 1).any()


def test_costs_are_set_against_the_same_clients_without_exposure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exposure, "QUICK_CLIENTS", 120)
    monkeypatch.setattr(exposure, "QUICK_SEEDS", 1)
    monkeypatch.setattr(exposure, "VALUES", (0.0, 0.3))
    plain, lifted = exposure.rows_of("balanced", TIGHT, served=False, quick=True)
    assert plain["shown_cost"] == (0.0, None)
    cost = plain["shown"][0] - lifted["shown"][0]
    assert lifted["shown_cost"][0] == pytest.approx(cost)
    assert len(exposure.line(lifted)) == len(exposure.head())
