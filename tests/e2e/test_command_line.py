"""The command line and the server as an operator uses them."""

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.factories.servers import RAPPORT, last_json, rapport, serving

NO_CLINIC = "01890000-0000-7000-8000-000000000000"
ROW = {"reference": "t-1", "name": "Ana Ruiz", "gender": "woman", "needs": ["grief"]}


def new_clinic(database_url: str) -> tuple[str, str]:
    """A clinic and its admin key, by way of the command line."""
    clinic_id = last_json(rapport(database_url, "clinics", "create", "Harbour"))["id"]
    made = rapport(database_url, "keys", "create", "--clinic", clinic_id, "--role", "admin")
    return clinic_id, last_json(made)["key"]


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


def test_help_names_every_command() -> None:
    shown = subprocess.run([RAPPORT, "--help"], capture_output=True, text=True, check=True)  # noqa: S603
    for command in ("serve", "migrate", "clinics", "keys", "import", "demo"):
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
