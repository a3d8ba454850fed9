"""After an erasure: places are free, others go on, and the next model never heard of it."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from api.auth.roles import Role
from api.auth.system import clinic_scope
from api.ranking import queries
from api.store.ratings import learnable_counts, learnable_ratings
from tests.api.clients.life import (
    WORD,
    Life,
    client_id_of,
    created,
    database_of,
    erase,
    furnish,
    held,
    id_of,
    intake,
    live,
    trained_model,
)
from tests.api.clients.traces import places_of
from tests.factories.clinics import ClinicApi, make_clinic
from tests.factories.ratings import rating_row, send


@pytest.fixture
def life(clinic: ClinicApi) -> Life:
    furnish(clinic)
    return live(clinic)


def test_places_are_free_again(clinic: ClinicApi) -> None:
    furnish(clinic)
    for reference in ("c-1", "c-2"):
        matched = clinic.match(**intake(reference))
        chosen = {"therapist_id": id_of(clinic, "t-1")}
        created(clinic.post(f"/v1/matches/{matched['id']}/selection", chosen))
    assert held(clinic) == 2
    assert erase(clinic, client_id_of(clinic, "c-1"))["places_freed"] == 1
    assert held(clinic) == 1


def test_nothing_of_others_goes_with_it(clinic: ClinicApi) -> None:
    furnish(clinic)
    other, life = live(clinic, "c-other"), live(clinic)
    before = clinic.get(f"/v1/clients/{other.client_id}").json()
    exported = clinic.get(f"/v1/clients/{other.client_id}/export").json()
    erase(clinic, life.client_id)
    assert clinic.get(f"/v1/clients/{other.client_id}").json() == before
    again = clinic.get(f"/v1/clients/{other.client_id}/export").json()
    # Reading them is recorded too, and nothing else came or went.
    assert {**again, "made_at": None, "trail": None} == {**exported, "made_at": None, "trail": None}
    replayed = clinic.post(f"/v1/matches/{other.match_id}/replay").json()
    assert replayed == {"identical": True}


def test_a_reference_that_was_erased_can_come_again(life: Life) -> None:
    erase(life.clinic, life.client_id)
    life.clinic.match(**intake(f"c-{WORD}"))
    assert client_id_of(life.clinic, f"c-{WORD}") != life.client_id


@pytest.mark.parametrize("resolution", [None, "kept"])
def test_a_therapist_on_hold_keeps_a_safety_task_about_them_alone(
    clinic: ClinicApi, resolution: str | None
) -> None:
    furnish(clinic)
    matched = clinic.match(**intake("c-1"))
    chosen = {"therapist_id": matched["candidates"][0]["therapist"]["id"]}
    pairing = created(clinic.post(f"/v1/matches/{matched['id']}/selection", chosen))
    created(clinic.post(f"/v1/pairings/{pairing['id']}/accept"))
    created(clinic.post(f"/v1/pairings/{pairing['id']}/alternatives", {"reasons": ["boundary"]}))
    (task,) = clinic.get("/v1/tasks", params={"kind": "safety"}).json()["items"]
    if resolution:
        created(clinic.post(f"/v1/tasks/{task['id']}/resolve", {"resolution": resolution}))
    erase(clinic, client_id_of(clinic, "c-1"))
    (left,) = clinic.get("/v1/tasks", params={"kind": "safety"}).json()["items"]
    shown = (left["status"], left["therapist_id"], left["client_id"], left["pairing_id"])
    assert shown == ("open", chosen["therapist_id"], None, None)
    created(clinic.post(f"/v1/tasks/{left['id']}/resolve", {"resolution": "cleared"}))
    assert chosen["therapist_id"] in {
        candidate["therapist"]["id"] for candidate in clinic.match(limit=5)["candidates"]
    }


def test_what_was_erased_is_not_learned_from(life: Life) -> None:
    clinic = life.clinic
    send(clinic, rating_row(client_reference="c-other", therapist_reference="t-1"))
    with clinic_scope(database_of(clinic), clinic.clinic_id) as scope:
        before = learnable_counts(scope)
        assert life.client_id in learnable_ratings(scope).client_keys
    erased = erase(clinic, life.client_id)
    with clinic_scope(database_of(clinic), clinic.clinic_id) as scope:
        after, ratings = learnable_counts(scope), learnable_ratings(scope)
    assert erased["ratings"] == 6
    assert (after.clients, after.ratings) == (1, 1)
    assert before.clients == 2
    assert life.client_id not in ratings.client_keys


def test_the_next_model_is_as_if_they_had_never_been_there(clinic: ClinicApi) -> None:
    furnish(clinic)
    rows = [
        rating_row(client_reference=f"c-{n}", therapist_reference=f"t-{n % 3 + 1}", trust=n % 11)
        for n in range(29)
    ]
    send(clinic, *rows)
    without = trained_model(clinic)
    more = [
        rating_row(client_reference=f"c-more-{n}", therapist_reference="t-3", trust=0)
        for n in range(5)
    ]
    send(clinic, *more)
    assert trained_model(clinic) != without
    # The four who are left wait until five others have said something new.
    erase(clinic, client_id_of(clinic, "c-more-0"))
    assert trained_model(clinic) == without


def test_a_client_of_another_clinic_is_not_there(clinic: ClinicApi) -> None:
    furnish(clinic)
    clinic.match(**intake("c-1"))
    other, path = make_clinic(clinic.client, "Other"), f"/v1/clients/{client_id_of(clinic, 'c-1')}"
    assert other.call(Role.ADMIN, "DELETE", path).status_code == 404
    assert clinic.get(path).status_code == 200


def test_others_who_ask_meanwhile_are_told_or_start_anew(clinic: ClinicApi) -> None:
    """A client who is erased again and again while an intake form and the client go on."""
    furnish(clinic)
    clinic.match(**intake("c-1"))
    answered: Counter[int] = Counter()
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            matched = clinic.post("/v1/matches", intake("c-1"))
            answered[matched.status_code] += 1
            if matched.status_code == 201 and matched.json()["candidates"]:
                chosen = {"therapist_id": matched.json()["candidates"][0]["therapist"]["id"]}
                path = f"/v1/matches/{matched.json()['id']}/selection"
                answered[clinic.post(path, chosen).status_code] += 1

    with ThreadPoolExecutor(3) as others:
        asking = [others.submit(ask) for _ in range(3)]
        for _ in range(12):
            for item in clinic.get("/v1/clients").json()["items"]:
                erase(clinic, item["id"])
        done.set()
    assert [one.exception() for one in asking] == [None, None, None]
    assert set(answered) <= {201, 409, 410}
    for item in clinic.get("/v1/clients").json()["items"]:
        erase(clinic, item["id"])
    assert held(clinic) == 0


@pytest.mark.parametrize(
    ("wrong", "status"), [({"client_id": uuid4()}, 409), ({"selection_mode": "nobody"}, 500)]
)
def test_only_what_refers_to_nobody_is_a_conflict(
    clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, Any], status: int
) -> None:
    insert = queries.insert_match
    monkeypatch.setattr(queries, "insert_match", lambda scope, row: insert(scope, row | wrong))
    assert clinic.post("/v1/matches", {"preferences": {}}).status_code == status


class TestOfAMatch:
    """A match whose client the clinic gave no reference."""

    def test_one_without_a_client_goes(self, clinic: ClinicApi) -> None:
        clinic.add(reference="t-1")
        answer = clinic.post("/v1/matches", {"preferences": {}, "payer": WORD})
        path = f"/v1/matches/{answer.json()['id']}"
        assert clinic.call(Role.STAFF, "DELETE", path).json()["matches"] == 1
        assert clinic.get(path).status_code == 410
        assert clinic.call(Role.STAFF, "DELETE", path).status_code == 410
        assert places_of(clinic, WORD) == set()

    def test_one_that_led_to_a_pairing_goes_with_it(self, clinic: ClinicApi) -> None:
        clinic.add(reference="t-1")
        matched = clinic.match(payer=WORD)
        chosen = {"therapist_id": id_of(clinic, "t-1")}
        pairing = created(clinic.post(f"/v1/matches/{matched['id']}/selection", chosen))
        erased = clinic.call(Role.ADMIN, "DELETE", f"/v1/matches/{matched['id']}").json()
        assert (erased["pairings"], erased["places_freed"]) == (1, 1)
        assert clinic.get(f"/v1/pairings/{pairing['id']}").status_code == 410
        assert clinic.get("/v1/clients").json()["items"] == []
        assert places_of(clinic, WORD) == set()

    def test_one_of_a_client_with_a_reference_stays(self, clinic: ClinicApi) -> None:
        clinic.add(reference="t-1")
        matched = clinic.match(client={"reference": "c-1"})
        refused = clinic.call(Role.ADMIN, "DELETE", f"/v1/matches/{matched['id']}")
        assert refused.status_code == 409
        assert refused.json()["client_id"] == client_id_of(clinic, "c-1")
        assert clinic.get(f"/v1/matches/{matched['id']}").status_code == 200
