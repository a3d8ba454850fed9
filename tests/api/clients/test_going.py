"""Who goes from what trainings have told goes with four others, who wait until five are there."""

from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from api.store.learning_consent import agree_to_learning
from api.store.ratings import learnable_ratings
from matching.learning.told import NEVER, told_of_therapists
from matching.learning.train import Trained, train
from tests.api.clients.life import client_id_of, erase, furnish, id_of, trained_model
from tests.factories.clinics import ClinicApi
from tests.factories.pairings import in_scope
from tests.factories.ratings import rating_row, send

SIZES = {"t-1": 12, "t-2": 6, "t-3": 5}


@pytest.fixture
def told(clinic: ClinicApi) -> ClinicApi:
    """A clinic whose training has told of twelve clients of t-1, six of t-2 and five of t-3."""
    furnish(clinic)
    send(clinic, *(_row(therapist, n) for therapist, size in SIZES.items() for n in range(size)))
    trained_model(clinic)
    return clinic


def _row(therapist: str, number: int, trust: int = 7) -> dict[str, object]:
    client = f"c-{therapist}-{number}"
    return rating_row(client_reference=client, therapist_reference=therapist, trust=trust)


def _there(clinic: ClinicApi) -> dict[str, tuple[int, int]]:
    """Of each therapist how many ratings were there for the training, and how many came later."""
    with in_scope(clinic) as scope:
        ratings = learnable_ratings(scope)
    found = Counter(zip(ratings.therapist.tolist(), (ratings.since > 0).tolist(), strict=True))
    names = {row["id"]: row["reference"] for row in clinic.get("/v1/therapists").json()["items"]}
    return {
        names[id_]: (found[place, False], found[place, True])
        for place, id_ in enumerate(ratings.therapist_ids)
    }


def _erased(clinic: ClinicApi, reference: str) -> None:
    erase(clinic, client_id_of(clinic, reference))


def _taken_back(clinic: ClinicApi, reference: str) -> None:
    with in_scope(clinic) as scope:
        client_id = UUID(client_id_of(clinic, reference))
        agree_to_learning(scope, client_id, learning=False)


Going = Callable[[ClinicApi, str], None]


@pytest.mark.parametrize("goes", [_erased, _taken_back])
def test_with_one_who_goes_four_others_wait(told: ClinicApi, goes: Going) -> None:
    goes(told, "c-t-1-0")
    assert _there(told) == {"t-1": (7, 4), "t-2": (6, 0), "t-3": (5, 0)}
    goes(told, "c-t-2-5")
    assert _there(told)["t-2"] == (1, 4)
    # Fewer than five are told of nobody: now none of them is.
    goes(told, "c-t-3-2")
    assert _there(told)["t-3"] == (0, 4)


def test_with_one_who_is_corrected_four_others_wait_and_with_five_nobody(told: ClinicApi) -> None:
    send(told, _row("t-1", 3, trust=2))
    assert _there(told)["t-1"] == (7, 5)
    send(told, *(_row("t-2", number, trust=1) for number in range(5)))
    assert _there(told)["t-2"] == (1, 5)


def test_those_who_were_not_told_of_go_alone(told: ClinicApi) -> None:
    send(told, _row("t-1", 12))
    assert _there(told)["t-1"] == (12, 1)
    _erased(told, "c-t-1-12")
    assert _there(told)["t-1"] == (12, 0)


def test_before_the_first_training_nobody_waits(clinic: ClinicApi) -> None:
    furnish(clinic)
    send(clinic, *(_row("t-1", number) for number in range(8)))
    _erased(clinic, "c-t-1-0")
    assert _there(clinic) == {"t-1": (7, 0)}


def _told(clinic: ClinicApi, training: int) -> dict[str, set[str]]:
    """Of each therapist the clients whom that training has told of, the first being 0."""
    with in_scope(clinic) as scope:
        ratings = learnable_ratings(scope)
    seen = ratings.part(np.flatnonzero(ratings.since <= training))
    told = told_of_therapists(seen.therapist, seen.client, seen.since, seen.again)
    found: dict[str, set[str]] = {id_of(clinic, reference): set() for reference in SIZES}
    for row in np.flatnonzero(told < NEVER).tolist():
        found[seen.therapist_ids[seen.therapist[row]]].add(seen.client_keys[seen.client[row]])
    return {reference: found[id_of(clinic, reference)] for reference in SIZES}


@pytest.mark.parametrize("goes", [_erased, _taken_back])
@pytest.mark.parametrize("more", [0, 1, 4, 5])
@pytest.mark.parametrize("waiting", [0, 3])
def test_what_is_told_falls_or_changes_by_five(
    told: ClinicApi, goes: Going, more: int, waiting: int
) -> None:
    """Whoever waited, whoever comes: nobody is missed alone at the next training."""
    if waiting:
        send(told, *(_row("t-1", number) for number in range(12, 12 + waiting)))
        trained_model(told)
    training = int(waiting > 0)
    before, gone = _told(told, training), client_id_of(told, "c-t-1-0")
    assert gone in before["t-1"]
    goes(told, "c-t-1-0")
    goes(told, "c-t-2-0")
    fresh = {"t-1": more, "t-3": 5}
    send(told, *(_row(of, 20 + number) for of, size in fresh.items() for number in range(size)))
    trained_model(told)
    after = _told(told, training + 1)
    assert gone not in after["t-1"]
    for reference in SIZES:
        changed = before[reference] ^ after[reference]
        assert len(changed) == 0 or len(changed) >= 5


def test_what_is_told_of_one_who_was_corrected_changes_with_four_others(told: ClinicApi) -> None:
    before = _told(told, 0)
    send(told, _row("t-1", 0, trust=1), *(_row("t-3", number) for number in range(20, 25)))
    trained_model(told)
    assert len(before["t-1"] - _told(told, 1)["t-1"]) == 5
    send(told, *(_row("t-1", number) for number in range(20, 24)))
    send(told, _row("t-3", 25))
    trained_model(told)
    assert len(_told(told, 2)["t-1"] - before["t-1"]) == 4


def test_two_who_go_between_trainings_do_not_make_up_for_each_other(told: ClinicApi) -> None:
    before = _told(told, 0)
    for number in (0, 1):
        _erased(told, f"c-t-1-{number}")
    send(told, *(_row("t-3", number) for number in range(20, 25)))
    trained_model(told)
    assert len(before["t-1"]) == 12
    assert not _told(told, 1)["t-1"]


def test_who_goes_while_a_training_is_under_way_goes_from_what_it_tells(clinic: ClinicApi) -> None:
    furnish(clinic)
    send(clinic, *(_row(therapist, n) for therapist, size in SIZES.items() for n in range(size)))

    def training(*read: Any, **options: Any) -> Trained:
        _erased(clinic, "c-t-1-0")
        return train(*read, **options)

    trained_model(clinic, training)
    assert _there(clinic) == {"t-1": (7, 4), "t-2": (6, 0), "t-3": (5, 0)}
