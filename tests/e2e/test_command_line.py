"""The command line and the server as an operator uses them."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from api.db.database import Database
from tests.factories.servers import RAPPORT, last_json, rapport, serving

NO_CLINIC = "01890000-0000-7000-8000-000000000000"
ROW = {"reference": "t-1", "name": "Ana Ruiz", "gender": "woman", "needs": ["grief"]}


def new_clinic(database_url: str) -> tuple[str, str]:
    """A clinic and its admin key, by way of the command line."""
    clinic_id = last_json(rapport(database_url, "clinics", "create", "Harbour"))["id"]
    made = rapport(database_url, "keys", "create", "--clinic", clinic_id, "--role", "admin")
    return clinic_id, last_json(made)["key"]


@pytest.mark.everyday
def test_from_nothing_to_a_match(empty_url: str, tmp_path: Path) -> None:
    clinic_id, key = new_clinic(empty_url)
    roster = tmp_path / "roster.ndjson"
    roster.write_text(json.dumps(ROW) + '\n{"reference": "t-2"}\n')
    imported = rapport(empty_url, "import", "therapists", "--clinic", clinic_id, str(roster))
    assert last_json(imported)["created"] == 1
    assert "line 2: name" in imported.stderr
    with serving(empty_url, tmp_path / "log") as server:
        answered = server.post("/v1/matches", key, {"preferences": {}, "needs": ["grief"]})
    assert answered.status_code == 201
    assert answered.json()["candidates"][0]["therapist"]["reference"] == "t-1"


def test_what_was_acknowledged_outlives_a_kill(empty_url: str, tmp_path: Path) -> None:
    _, key = new_clinic(empty_url)
    with serving(empty_url, tmp_path / "log") as server:
        server.post("/v1/therapists", key, ROW)
        answered = server.post("/v1/matches", key, {"preferences": {}, "needs": ["grief"]})
        server.kill()
    path = f"/v1/matches/{answered.json()['id']}"
    with serving(empty_url, tmp_path / "log") as server:
        assert server.get(path, key).content == answered.content
        assert server.post(f"{path}/replay", key, None).json() == {"identical": True}


def test_every_worker_sees_a_change_with_its_next_request(empty_url: str, tmp_path: Path) -> None:
    _, key = new_clinic(empty_url)
    with serving(empty_url, tmp_path / "log", "--workers", "2") as server:
        for number in range(12):
            row = {**ROW, "reference": f"t-{number}"}
            assert server.post("/v1/therapists", key, row).status_code == 201
            seen = {
                server.post("/v1/matches", key, {"preferences": {}}).json()["considered"]
                for _ in range(6)
            }
            assert seen == {number + 1}


def test_workers_count_together(empty_url: str, tmp_path: Path) -> None:
    _, key = new_clinic(empty_url)
    line = 'rapport_requests_total{method="POST",route="/v1/matches",status="201"} 40.0'
    with serving(empty_url, tmp_path / "log", "--workers", "2") as server:
        for _ in range(40):
            server.post("/v1/matches", key, {"preferences": {}})
        # Whichever worker is asked; a request is counted when its answer is on its way.
        for _ in range(6):
            assert line in server.get("/metrics", key).text.splitlines()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["keys", "create", "--clinic", "not-a-uuid", "--role", "admin"], "not-a-uuid"),
        (
            ["keys", "create", "--role", "admin", "--clinic", NO_CLINIC],
            "no such clinic",
        ),
        (["clinics", "create", ""], "1 to 200"),
        (["no-such-command"], "No such command"),
        (["serve", "--port", "0"], "--port"),
        (["keys", "list"], "--clinic"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(empty_url: str, words: list[str], says: str) -> None:
    done = rapport(empty_url, *words, check=False)
    assert done.returncode != 0
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_a_file_that_cannot_be_read_is_one_clear_line(empty_url: str, tmp_path: Path) -> None:
    clinic_id, _ = new_clinic(empty_url)
    roster = tmp_path / "roster.csv"
    roster.write_text("reference,gender\nt-1,woman\n")
    words = ["import", "therapists", "--clinic", clinic_id, str(roster)]
    done = rapport(empty_url, *words, check=False)
    assert done.returncode == 1
    assert "name" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_database_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'no' / 'such' / 'folder' / 'a.db'}"
    done = rapport(url, "clinics", "create", "Harbour", check=False)
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_taken_port_is_one_clear_line(empty_url: str, tmp_path: Path) -> None:
    with serving(empty_url, tmp_path / "log") as server:
        done = rapport(empty_url, "serve", "--port", str(server.port), check=False)
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.everyday
def test_help_names_every_command() -> None:
    shown = subprocess.run([RAPPORT, "--help"], capture_output=True, text=True, check=True)  # noqa: S603
    for command in ("serve", "migrate", "clinics", "keys", "import", "train", "demo"):
        assert command in shown.stdout


def test_a_revoked_key_is_not_known_from_the_next_request_on(
    empty_url: str, tmp_path: Path
) -> None:
    clinic_id, key = new_clinic(empty_url)
    made = last_json(
        rapport(empty_url, "keys", "create", "--clinic", clinic_id, "--role", "intake")
    )
    revoke = ["keys", "revoke", "--clinic", clinic_id, made["id"]]
    with serving(empty_url, tmp_path / "log") as server:
        assert server.get("/v1/vocabulary", made["key"]).status_code == 200
        rapport(empty_url, *revoke)
        assert server.get("/v1/vocabulary", made["key"]).status_code == 401
        assert server.get("/v1/vocabulary", key).status_code == 200
    again = rapport(empty_url, *revoke, check=False)
    assert (again.returncode, "no live key" in again.stderr) == (1, True)


def test_many_more_requests_than_threads_are_all_answered(empty_url: str, tmp_path: Path) -> None:
    _, key = new_clinic(empty_url)
    with serving(empty_url, tmp_path / "log") as server, ThreadPoolExecutor(150) as pool:
        asked = [
            pool.submit(server.post, "/v1/matches", key, {"preferences": {}}) for _ in range(150)
        ]
        statuses = {future.result().status_code for future in asked}
    assert statuses == {201}


def test_clinics_and_keys_are_listed_without_secrets(empty_url: str) -> None:
    clinic_id, key = new_clinic(empty_url)
    assert last_json(rapport(empty_url, "clinics", "list")) == {
        "clinics": [{"id": clinic_id, "name": "Harbour"}]
    }
    listed = rapport(empty_url, "keys", "list", "--clinic", clinic_id)
    (shown,) = last_json(listed)["keys"]
    assert (shown["role"], shown["revoked_at"]) == ("admin", None)
    assert key not in listed.stdout


def test_a_setting_that_makes_no_sense_is_one_clear_line(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAPPORT_MAX_BODY_BYTES", "1MB")
    done = rapport(empty_url, "clinics", "list", check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("rapport: RAPPORT_MAX_BODY_BYTES must be a whole number")
    assert len(done.stderr.strip().splitlines()) == 1


def test_the_database_file_is_the_owners_alone(tmp_path: Path) -> None:
    rapport(f"sqlite:///{tmp_path / 'a.db'}", "migrate")
    assert (tmp_path / "a.db").stat().st_mode & 0o077 == 0


def test_an_import_with_a_key_goes_on_among_more_callers_than_threads(
    empty_url: str, tmp_path: Path
) -> None:
    _, key = new_clinic(empty_url)
    rows = "".join(json.dumps({**ROW, "reference": f"t-{n}"}) + "\n" for n in range(5))
    with serving(empty_url, tmp_path / "log") as server, ThreadPoolExecutor(60) as pool:
        asked = [
            pool.submit(server.post, "/v1/matches", key, {"preferences": {}}) for _ in range(300)
        ]
        for number in range(5):
            headers = {
                "Authorization": f"Bearer {key}",
                "Content-Type": "application/x-ndjson",
                "Idempotency-Key": f"import-{number}",
            }
            address = f"{server.address}/v1/imports/therapists"
            landed = httpx.post(address, content=rows, headers=headers, timeout=60)
            assert landed.status_code == 200
        assert {future.result().status_code for future in asked} == {201}


INTERRUPTED = """
import os
from sqlalchemy import event
from api.db.database import Database
from api.db.migrate import upgrade
import sys
database = Database(sys.argv[1])
made = []
def count(_connection, _cursor, statement, *_more):
    if statement.strip().startswith("CREATE TABLE"):
        made.append(statement)
        if len(made) == 5:
            os._exit(9)
event.listen(database.engine, "before_cursor_execute", count)
upgrade(database.engine)
"""


def test_a_migration_that_was_killed_is_done_again(empty_url: str) -> None:
    killed = subprocess.run([sys.executable, "-c", INTERRUPTED, empty_url], check=False)  # noqa: S603
    assert killed.returncode == 9
    new_clinic(empty_url)


def test_a_database_of_another_release_is_one_clear_line(
    empty_url: str,
) -> None:
    rapport(empty_url, "migrate")
    database = Database(empty_url)
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'to_come'")
    database.dispose()
    done = rapport(empty_url, "clinics", "list", check=False)
    assert done.returncode == 1
    assert "another release" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
