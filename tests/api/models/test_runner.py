"""The thread that takes trainings up: each in a process of its own, which ends with the service."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from api.jobs.runner import Runner
from api.models.runner import trainings
from api.settings import Settings
from tests.factories.clinics import ClinicApi, service
from tests.factories.models import ask, database_of, model_of

PROCESS = (sys.executable, "-m", "tests.factories.training_process")
PATIENCE = 60


@contextmanager
def running(clinic: ClinicApi, url: str, kind: str, seconds: int = 600) -> Iterator[Runner]:
    settings = Settings(database_url=url, training_lease_seconds=8, training_seconds=seconds)
    runner = trainings(database_of(clinic), settings, (*PROCESS, kind))
    runner.start()
    try:
        yield runner
    finally:
        runner.stop()


def awaited(clinic: ClinicApi, model_id: str, so: Callable[[dict[str, Any]], bool]) -> Any:
    """The model as it is answered, once it is as said."""
    deadline = time.monotonic() + PATIENCE
    while not so(model := model_of(clinic, model_id)):
        assert time.monotonic() < deadline, model
        time.sleep(0.1)
    return model


def ended(clinic: ClinicApi, model_id: str) -> Any:
    return awaited(clinic, model_id, lambda model: model["status"] not in {"queued", "training"})


def process_of(clinic: ClinicApi, model_id: str) -> int:
    """The process that an endless training says it is."""
    so = awaited(clinic, model_id, lambda model: "process" in (model["stage"] or ""))
    return int(so["stage"].split()[1])


def lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_what_is_asked_for_is_trained(staffed: ClinicApi, database_url: str) -> None:
    with running(staffed, database_url, "quick"):
        model = ended(staffed, ask(staffed)["id"])
    assert (model["status"], model["serving"], model["attempts"]) == ("ready", True, 1)


@pytest.mark.slow
def test_a_process_that_is_killed_is_followed_by_another(
    staffed: ClinicApi, database_url: str
) -> None:
    with running(staffed, database_url, "killed once"):
        model = ended(staffed, ask(staffed)["id"])
    assert (model["status"], model["attempts"]) == ("ready", 2)


def test_a_training_that_takes_too_long_is_ended(staffed: ClinicApi, database_url: str) -> None:
    model_id = ask(staffed)["id"]
    with running(staffed, database_url, "endless", seconds=3):
        model = ended(staffed, model_id)
    assert (model["status"], model["failure"]) == ("failed", "took_too_long")


@pytest.mark.slow
def test_a_process_that_is_asked_to_end_has_made_no_attempt(
    staffed: ClinicApi, database_url: str
) -> None:
    model_id = ask(staffed)["id"]
    with running(staffed, database_url, "endless"):
        process = process_of(staffed, model_id)
        os.kill(process, signal.SIGTERM)
        awaited(staffed, model_id, lambda _: process_of(staffed, model_id) != process)
        assert model_of(staffed, model_id)["attempts"] == 1


@pytest.mark.slow
def test_a_service_that_ends_leaves_no_process_and_a_training_to_take_up(
    staffed: ClinicApi, database_url: str
) -> None:
    model_id = ask(staffed)["id"]
    with running(staffed, database_url, "endless") as runner:
        process = process_of(staffed, model_id)
        assert lives(process)
        started = time.monotonic()
        runner.stop()
        assert time.monotonic() - started < 8
    assert not lives(process)
    left = model_of(staffed, model_id)
    assert (left["status"], left["stage"], left["attempts"]) == ("queued", None, 0)
    with running(staffed, database_url, "quick"):
        assert ended(staffed, model_id)["status"] == "ready"


@pytest.mark.slow
def test_a_process_keeps_its_lease_by_itself_and_loses_it_with_its_life(
    staffed: ClinicApi, database_url: str
) -> None:
    model_id = ask(staffed)["id"]
    with running(staffed, database_url, "endless"):
        process = process_of(staffed, model_id)
        begun = time.monotonic()
        # Longer than a lease; matches go on meanwhile.
        while time.monotonic() - begun < 3:
            assert staffed.match()["model"] is None
        assert process_of(staffed, model_id) == process
        os.kill(process, signal.SIGKILL)
        awaited(staffed, model_id, lambda model: model["attempts"] == 2)


def test_a_served_application_trains_where_it_is_told_to(
    staffed: ClinicApi, database_url: str
) -> None:
    model_id = ask(staffed)["id"]
    with service(database_url, runs_training=True) as started:
        again = ClinicApi(started, staffed.clinic_id, staffed.keys)
        model = ended(again, model_id)
    # The clinic has no ratings.
    assert (model["status"], model["decision"]["because"]) == ("refused", "too_few_clients")
