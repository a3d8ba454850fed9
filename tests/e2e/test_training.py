"""Learning as an operator and an administrator see it: real servers, real ratings, real kills."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from api.auth.keys import create_key
from api.auth.roles import Role
from api.auth.system import clinic_scope
from api.clinics.creation import create_clinic
from api.db.database import Database
from api.limits import MIB
from api.models import jobs, queries
from api.ratings.landing import RATINGS
from api.roster.landing import THERAPISTS
from seed.clinic import ClinicSpec, generate
from seed.files import write_ndjson
from tests.factories.servers import RAPPORT, Server, environment, last_json, rapport, serving

PATIENCE = 120
SPEC = ClinicSpec(therapists=30, past_clients=300, unseen_clients=0)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic clinic's roster and history."""
    folder = tmp_path_factory.mktemp("seed")
    made = generate(SPEC)
    write_ndjson(made.therapists, folder / "therapists")
    write_ndjson(made.ratings, folder / "ratings")
    return folder


@pytest.fixture
def rated(database_url: str, files: Path) -> tuple[str, str]:
    """A clinic with ratings, and its administrator's key."""
    database = Database(database_url)
    try:
        with database.writing() as connection:
            clinic_id = create_clinic(connection, "Harbour")
            _, key = create_key(connection, clinic_id, Role.ADMIN)
        for name, landing in (("therapists", THERAPISTS), ("ratings", RATINGS)):
            with clinic_scope(database, clinic_id) as scope:
                landed = landing.land(scope, files / name, "application/x-ndjson", 100 * MIB)
                assert landed.rejected_count == 0
    finally:
        database.dispose()
    return str(clinic_id), key


def awaited(server: Server, key: str, model_id: str, so: Callable[[Any], bool]) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE
    while not so(model := server.get(f"/v1/models/{model_id}", key).json()):
        assert time.monotonic() < deadline, model
        time.sleep(0.05)
    shown: dict[str, Any] = model
    return shown


def has_ended(model: dict[str, Any]) -> bool:
    return model["status"] not in {"queued", "training"}


def match_models(server: Server, key: str) -> set[str | None]:
    """The models that several matches were ranked with, in whichever workers."""
    answers = [server.post("/v1/matches", key, {"preferences": {}}).json() for _ in range(6)]
    for answer in answers:
        for candidate in answer["candidates"]:
            assert (candidate["expected_fit"] is None) == (answer["model"] is None)
    return {answer["model"]["id"] if answer["model"] else None for answer in answers}


def test_every_worker_ranks_with_what_was_learned_until_it_is_switched_off(
    database_url: str, rated: tuple[str, str], tmp_path: Path
) -> None:
    _, key = rated
    with serving(database_url, tmp_path / "log", "--workers", "2") as server:
        assert match_models(server, key) == {None}
        asked = server.post("/v1/models", key, None)
        assert asked.status_code == 202
        model = awaited(server, key, asked.json()["id"], has_ended)
        assert (model["status"], model["serving"]) == ("ready", True)
        assert match_models(server, key) == {model["id"]}
        card = server.get(f"/v1/models/{model['id']}/card", key).json()
        # Some left before they rated, or would not be learned from.
        assert SPEC.past_clients / 2 < card["window"]["clients"] < SPEC.past_clients
        assert server.post("/v1/models/off", key, None).status_code == 200
        assert match_models(server, key) == {None}
        assert server.post(f"/v1/models/{model['id']}/promote", key, None).status_code == 200
        assert match_models(server, key) == {model["id"]}


def test_a_training_outlives_a_power_cut(
    database_url: str, rated: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, key = rated
    monkeypatch.setenv("RAPPORT_TRAINING_LEASE_SECONDS", "2")
    with serving(database_url, tmp_path / "log") as server:
        model_id = server.post("/v1/models", key, None).json()["id"]
        awaited(server, key, model_id, lambda model: model["status"] == "training")
        # The server's process and the training's, both at once.
        server.kill()
    with serving(database_url, tmp_path / "log") as server:
        assert server.get(f"/v1/models/{model_id}", key).json()["status"] == "training"
        model = awaited(server, key, model_id, has_ended)
    assert (model["status"], model["attempts"], model["serving"]) == ("ready", 2, True)


def test_a_training_goes_on_where_only_its_server_was_killed(
    database_url: str, rated: tuple[str, str], tmp_path: Path
) -> None:
    clinic_id, key = rated
    with serving(database_url, tmp_path / "log") as server:
        model_id = server.post("/v1/models", key, None).json()["id"]
        awaited(server, key, model_id, lambda model: model["status"] == "training")
        server.process.kill()
        server.process.wait()
        database, deadline = Database(database_url), time.monotonic() + PATIENCE
        try:
            ended = None
            while ended is None or ended.status == "training":
                assert time.monotonic() < deadline
                time.sleep(0.1)
                with clinic_scope(database, UUID(clinic_id)) as scope:
                    ended = queries.by_id(scope, UUID(model_id))
        finally:
            database.dispose()
    assert (ended.status, ended.attempts) == ("ready", 1)


def test_the_command_line_trains_like_the_service(
    database_url: str, rated: tuple[str, str], tmp_path: Path
) -> None:
    clinic_id, key = rated
    done = rapport(database_url, "train", "--clinic", clinic_id)
    said = last_json(done)
    assert len(done.stdout.strip().splitlines()) == 1
    assert "…" in done.stderr
    assert (said["status"], said["serving"]) == ("ready", True)
    assert said["decision"]["outcome"] in {"promote", "promote_uncertain"}
    assert 0 < said["metrics"]["model"] < 1
    with serving(database_url, tmp_path / "log") as server:
        again = server.post("/v1/models", key, None).json()["id"]
        second = awaited(server, key, again, has_ended)
        first = server.get(f"/v1/models/{said['id']}", key).json()
    assert second["sha256"] == first["sha256"]


def test_training_without_ratings_is_no_failure(database_url: str) -> None:
    clinic_id = last_json(rapport(database_url, "clinics", "create", "New"))["id"]
    said = last_json(rapport(database_url, "train", "--clinic", clinic_id))
    assert (said["status"], said["serving"], said["metrics"]) == ("refused", False, None)
    assert said["decision"] == {"outcome": "refuse", "because": "too_few_clients"}


def test_what_cannot_be_trained_is_one_clear_line(database_url: str) -> None:
    nowhere = rapport(database_url, "train", "--clinic", str(UUID(int=1)), check=False)
    assert (nowhere.returncode, "no such clinic" in nowhere.stderr) == (1, True)
    clinic_id = last_json(rapport(database_url, "clinics", "create", "Busy"))["id"]
    database = Database(database_url)
    try:
        with clinic_scope(database, UUID(clinic_id)) as scope:
            model_id = jobs.ask(scope)
        assert jobs.TRAININGS.claim(database, UUID(clinic_id), timedelta(minutes=5))
        busy = rapport(database_url, "train", "--clinic", clinic_id, check=False)
    finally:
        database.dispose()
    for done in (nowhere, busy):
        assert done.returncode == 1
        assert len(done.stderr.strip().splitlines()) == 1
    assert str(model_id) in busy.stderr


def _heed_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_stopping_the_command_line_stops_its_training(
    database_url: str, rated: tuple[str, str]
) -> None:
    clinic_id, _ = rated
    process = subprocess.Popen(  # noqa: S603 - our own command
        [RAPPORT, "train", "--clinic", clinic_id],
        env=environment(database_url),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # What is started in the background ignores Ctrl-C, and hands that on; a terminal does not.
        preexec_fn=_heed_interrupts,  # noqa: PLW1509 - nothing else runs in this process
    )
    assert process.stderr is not None
    assert process.stderr.readline() == "starting…\n"
    # As Ctrl-C does: to every process of the terminal.
    os.killpg(process.pid, signal.SIGINT)
    said, told = process.communicate(timeout=30)
    assert (process.returncode, said) == (1, "")
    assert told.splitlines()[-1] == "rapport: stopped"
    assert json.loads(rapport(database_url, "train", "--clinic", clinic_id).stdout)["serving"]
