"""A training's life: asked for once, claimed under a lease, polled, taken up again, ended."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, NoReturn

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from api.auth.roles import Role
from api.models import jobs, worker
from matching.learning.train import Trained
from tests.api.test_leaks import all_that_is_written, lines
from tests.factories.clinics import ClinicApi, make_clinic
from tests.factories.hostile import CANARY
from tests.factories.models import (
    LEASE,
    ask,
    claimed,
    database_of,
    model_of,
    preferring,
    trained,
)

GONE = timedelta(seconds=-1)


def test_from_the_request_to_a_model_that_serves(staffed: ClinicApi) -> None:
    asked = staffed.post("/v1/models")
    assert asked.status_code == 202
    waiting = asked.json()
    assert asked.headers["Location"] == f"/v1/models/{waiting['id']}"
    assert (waiting["status"], waiting["progress"], waiting["serving"]) == ("queued", 0, False)
    held = claimed(staffed)
    begun = model_of(staffed, waiting["id"])
    assert (begun["status"], begun["attempts"]) == ("training", 1)
    worker.work(database_of(staffed), held, LEASE, preferring("t-1"))
    ended = model_of(staffed, waiting["id"])
    assert (ended["status"], ended["progress"], ended["serving"]) == ("ready", 1, True)
    assert ended["decision"]["outcome"] == "promote"
    assert ended["metrics"]["model"] > ended["metrics"]["content"]
    assert ended["trained_at"] > ended["started_at"] > ended["requested_at"]


def test_a_second_request_is_refused_and_names_the_first(clinic: ClinicApi) -> None:
    first = ask(clinic)["id"]
    second = clinic.post("/v1/models")
    assert second.status_code == 409
    assert second.json()["model_id"] == first
    claimed(clinic)
    assert clinic.post("/v1/models").status_code == 409


def test_of_two_requests_at_once_one_is_taken(clinic: ClinicApi) -> None:
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: clinic.post("/v1/models"), range(2)))
    assert sorted(answer.status_code for answer in answers) == [202, 409]
    assert len(clinic.get("/v1/models").json()["items"]) == 1


def test_one_idempotency_key_asks_once_however_often_it_is_sent(clinic: ClinicApi) -> None:
    def call(_number: int) -> bytes:
        asked = clinic.post("/v1/models", headers={"Idempotency-Key": "once"})
        assert asked.status_code == 202
        return asked.content

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(call, range(16)))) == 1


def test_the_database_itself_lets_one_be_under_way(clinic: ClinicApi) -> None:
    ask(clinic)
    copy = "INSERT INTO models (clinic_id, id, status, progress, seed, attempts, promotes,"
    copy += " requested_at) SELECT clinic_id, clinic_id, status, 0, 0, 0, promotes, requested_at"
    with pytest.raises(IntegrityError), database_of(clinic).writing() as connection:
        connection.execute(text(copy + " FROM models"))


def test_another_clinic_trains_at_the_same_time(clinic: ClinicApi) -> None:
    other = make_clinic(clinic.client, "Other")
    ask(clinic)
    ask(other)
    database = database_of(clinic)
    both = {jobs.TRAININGS.claim_any(database, LEASE), jobs.TRAININGS.claim_any(database, LEASE)}
    assert {held.clinic_id for held in both if held} == {clinic.clinic_id, other.clinic_id}
    assert jobs.TRAININGS.claim_any(database, LEASE) is None


def test_of_many_who_look_one_takes_it_up(clinic: ClinicApi) -> None:
    ask(clinic)
    with ThreadPoolExecutor(8) as pool:
        found = list(
            pool.map(lambda _: jobs.TRAININGS.claim_any(database_of(clinic), LEASE), range(8))
        )
    assert sum(held is not None for held in found) == 1


def test_what_is_held_is_left_alone_until_its_lease_runs_out(clinic: ClinicApi) -> None:
    ask(clinic)
    claimed(clinic, LEASE)
    assert jobs.TRAININGS.claim(database_of(clinic), clinic.clinic_id, LEASE) is None


def test_who_lost_a_claim_can_no_longer_write(staffed: ClinicApi) -> None:
    model_id = ask(staffed)["id"]
    first = claimed(staffed, GONE)
    second = claimed(staffed)
    assert (first.attempt, second.attempt) == (1, 2)
    database = database_of(staffed)
    assert not jobs.TRAININGS.renew(database, first, LEASE, {"stage": "fitting"})
    jobs.TRAININGS.fail(database, first, "error")
    jobs.TRAININGS.give_back(database, first, broken_off=True)
    worker.work(database, first, LEASE, preferring("t-1"))
    assert model_of(staffed, model_id)["status"] == "training"
    worker.work(database, second, LEASE, preferring("t-1"))
    assert model_of(staffed, model_id)["status"] == "ready"


def test_a_training_that_is_broken_off_three_times_is_given_up(clinic: ClinicApi) -> None:
    model_id = ask(clinic)["id"]
    for attempt in (1, 2, 3):
        assert claimed(clinic, GONE).attempt == attempt
    assert jobs.TRAININGS.claim_any(database_of(clinic), LEASE) is None
    ended = model_of(clinic, model_id)
    assert (ended["status"], ended["failure"]) == ("failed", "broken_off")
    ask(clinic)


def test_what_a_process_gives_back_can_be_taken_up_at_once(clinic: ClinicApi) -> None:
    model_id = ask(clinic)["id"]
    database = database_of(clinic)
    jobs.TRAININGS.give_back(database, claimed(clinic), broken_off=False)
    assert model_of(clinic, model_id)["status"] == "queued"
    # Being asked to stop is no attempt; dying is one.
    for attempt in (1, 2, 3):
        held = claimed(clinic)
        assert held.attempt == attempt
        jobs.TRAININGS.give_back(database, held, broken_off=True)
    assert model_of(clinic, model_id)["failure"] == "broken_off"


def test_how_far_it_is_can_be_polled_and_its_lease_is_kept(staffed: ClinicApi) -> None:
    model_id = ask(staffed)["id"]
    lease = timedelta(seconds=1)
    held = claimed(staffed, lease)
    seen: list[dict[str, Any]] = []

    def slow(*given: Any, progress: Any, **more: Any) -> Trained:
        progress("fitting", 0.4)
        deadline = time.monotonic() + 2 * lease.total_seconds()
        while time.monotonic() < deadline:
            assert jobs.TRAININGS.claim_any(database_of(staffed), LEASE) is None
            seen.append(model_of(staffed, model_id))
            time.sleep(0.1)
        return preferring("t-1")(*given, progress=progress, **more)

    worker.work(database_of(staffed), held, lease, slow)
    assert ("fitting", 0.4) in {(model["stage"], model["progress"]) for model in seen}
    assert model_of(staffed, model_id)["status"] == "ready"


def test_who_lost_a_claim_stops_at_the_next_sign_of_progress(staffed: ClinicApi) -> None:
    ask(staffed)
    lease = timedelta(seconds=1)
    held = claimed(staffed, lease)

    def endless(*_given: Any, progress: Any, **_more: Any) -> NoReturn:
        with database_of(staffed).writing() as connection:
            connection.exec_driver_sql("UPDATE models SET attempts = 2")
        while True:
            progress("fitting", 0.5)
            time.sleep(0.05)

    thread = threading.Thread(
        target=worker.work, args=(database_of(staffed), held, lease, endless), daemon=True
    )
    thread.start()
    thread.join(timeout=20)
    assert not thread.is_alive()


@pytest.mark.parametrize(
    ("error", "failure"),
    [(KeyError(CANARY), "error"), (MemoryError(CANARY), "memory")],
)
def test_a_fault_of_the_training_is_a_code_and_a_place(
    clinic: ClinicApi, error: Exception, failure: str
) -> None:
    def fail(*_given: object, **_more: object) -> NoReturn:
        raise error

    with all_that_is_written() as written:
        ended = trained(clinic, fail)
    assert (ended["status"], ended["failure"], ended["stage"]) == ("failed", failure, None)
    (logged,) = [line for line in lines(written) if line["event"] == "training failed"]
    assert logged["exception"] == type(error).__name__
    assert logged["model_id"] == ended["id"]
    assert any(" fail" in place for place in logged["at"])
    assert CANARY not in written.getvalue()
    with database_of(clinic).reading() as connection:
        stored = [
            connection.execute(text(f"SELECT * FROM {table}")).all()  # noqa: S608
            for table in ("models", "audit")
        ]
    assert CANARY not in repr(stored)


def test_a_database_that_does_not_answer_is_no_fault_of_the_training(clinic: ClinicApi) -> None:
    def cut_off(*_given: object, **_more: object) -> NoReturn:
        raise OperationalError("", {}, Exception())

    model_id = ask(clinic)["id"]
    with pytest.raises(OperationalError):
        worker.work(database_of(clinic), claimed(clinic), LEASE, cut_off)
    assert model_of(clinic, model_id)["status"] == "training"


def test_only_an_administrator_trains_and_those_who_review_read(clinic: ClinicApi) -> None:
    assert clinic.post("/v1/models", role=Role.STAFF).status_code == 403
    model_id = ask(clinic)["id"]
    for role in (Role.STAFF, Role.ADMIN, Role.AUDITOR):
        assert clinic.get(f"/v1/models/{model_id}", role).status_code == 200
