"""Past ratings by the command line and over HTTP: the synthetic clinic's, killed, and very many."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from api.auth.system import clinic_scope
from api.db.database import Database
from api.store.ratings import LearnableCounts, learnable_counts, learnable_ratings
from seed.clinic import ClinicSpec, generate
from seed.files import write_ndjson
from tests.factories.ratings import short_row
from tests.factories.servers import RAPPORT, environment, last_json, rapport, serving

ROWS = 100_000
# What receiving, reading and landing may add: the code that a first import loads, 500 rows at a
# time, and of each row the digest of its key; with what the allocator keeps, some 600 bytes a row.
LANDING_MIB = 100


def new_clinic(database_url: str, roster: Path) -> str:
    """A clinic with a roster, by way of the command line."""
    clinic_id: str = last_json(rapport(database_url, "clinics", "create", "Harbour"))["id"]
    imported = rapport(database_url, "import", "therapists", "--clinic", clinic_id, str(roster))
    assert last_json(imported)["rejected_count"] == 0
    return clinic_id


def small_roster(folder: Path) -> Path:
    path = folder / "roster.ndjson"
    path.write_text('{"reference": "t-1", "name": "Ana Ruiz"}\n')
    return path


def numbered(rows: int) -> list[dict[str, Any]]:
    return [short_row(client_reference=f"c-{n}") for n in range(rows)]


def count(database_url: str, clinic_id: str) -> LearnableCounts:
    database = Database(database_url)
    try:
        with clinic_scope(database, UUID(clinic_id)) as scope:
            return learnable_counts(scope)
    finally:
        database.dispose()


def import_ratings(database_url: str, clinic_id: str, path: Path) -> dict[str, Any]:
    return last_json(rapport(database_url, "import", "ratings", "--clinic", clinic_id, str(path)))


def test_the_synthetic_clinics_history_lands_whole_and_once(empty_url: str, tmp_path: Path) -> None:
    clinic = generate(ClinicSpec(therapists=30, past_clients=120, unseen_clients=0))
    roster, ratings = tmp_path / "therapists.ndjson", tmp_path / "ratings.ndjson"
    write_ndjson(clinic.therapists, roster)
    write_ndjson(clinic.ratings, ratings)
    clinic_id = new_clinic(empty_url, roster)
    first = import_ratings(empty_url, clinic_id, ratings)
    assert (first["created"], first["rejected_count"]) == (len(clinic.ratings), 0)
    second = import_ratings(empty_url, clinic_id, ratings)
    assert (second["unchanged"], second["created"]) == (len(clinic.ratings), 0)
    learnable = [row for row in clinic.ratings if row["learning"]]
    clients = {row["client_reference"] for row in learnable}
    assert count(empty_url, clinic_id) == LearnableCounts(len(clients), len(learnable))


def test_problems_are_told_by_line(empty_url: str, tmp_path: Path) -> None:
    clinic_id = new_clinic(empty_url, small_roster(tmp_path))
    path = tmp_path / "ratings.csv"
    path.write_text(
        "client_reference,therapist_reference,trust\nc-1,t-1,7\nc-1,t-2,7\nc-2,t-1,11\n"
    )
    done = rapport(empty_url, "import", "ratings", "--clinic", clinic_id, str(path))
    assert last_json(done)["created"] == 1
    assert done.stderr.splitlines() == [
        "line 3: therapist_reference is not on the clinic's roster: import the therapist first",
        "line 4: trust must be a number from 0 to 10",
    ]


def test_a_file_of_another_kind_is_one_clear_line(empty_url: str, tmp_path: Path) -> None:
    clinic_id = new_clinic(empty_url, small_roster(tmp_path))
    path = tmp_path / "ratings.json"
    path.write_text("{}")
    done = rapport(empty_url, "import", "ratings", "--clinic", clinic_id, str(path), check=False)
    assert done.returncode == 1
    assert done.stderr == "rapport: has a suffix that is not known: use .csv, .ndjson, .jsonl\n"


def test_a_killed_import_lost_nothing_and_is_finished_by_another(
    empty_url: str, tmp_path: Path
) -> None:
    clinic_id = new_clinic(empty_url, small_roster(tmp_path))
    path = tmp_path / "ratings.ndjson"
    rows = numbered(8_000)
    write_ndjson(rows, path)
    importing = subprocess.Popen(  # noqa: S603 - our own command
        [RAPPORT, "import", "ratings", "--clinic", clinic_id, str(path)],
        env=environment(empty_url),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while count(empty_url, clinic_id).ratings == 0:
        assert importing.poll() is None
        time.sleep(0.05)
    os.killpg(importing.pid, signal.SIGKILL)
    importing.wait()
    landed = count(empty_url, clinic_id).ratings
    assert 0 < landed < len(rows)
    assert landed % 500 == 0
    report = import_ratings(empty_url, clinic_id, path)
    assert report["created"] + report["unchanged"] == len(rows)
    assert report["unchanged"] >= landed
    assert count(empty_url, clinic_id) == LearnableCounts(len(rows), len(rows))


def test_what_was_acknowledged_outlives_a_kill(empty_url: str, tmp_path: Path) -> None:
    clinic_id = new_clinic(empty_url, small_roster(tmp_path))
    made = rapport(empty_url, "keys", "create", "--clinic", clinic_id, "--role", "admin")
    headers = {
        "Authorization": f"Bearer {last_json(made)['key']}",
        "Content-Type": "application/x-ndjson",
    }
    rows = numbered(1200)
    content = "".join(json.dumps(row) + "\n" for row in rows)
    with serving(empty_url, tmp_path / "log") as server:
        address = f"{server.address}/v1/imports/ratings"
        answered = httpx.post(address, content=content, headers=headers, timeout=60)
        server.kill()
    assert answered.json()["created"] == len(rows)
    assert count(empty_url, clinic_id).ratings == len(rows)


def test_a_long_history_lands_in_bounded_memory(empty_url: str, tmp_path: Path) -> None:
    clinic = generate(ClinicSpec(therapists=300, past_clients=20_000, unseen_clients=0))
    assert len(clinic.ratings) > ROWS
    roster, ratings = tmp_path / "therapists.ndjson", tmp_path / "ratings.ndjson"
    write_ndjson(clinic.therapists, roster)
    write_ndjson(clinic.ratings[:ROWS], ratings)
    clinic_id = new_clinic(empty_url, roster)
    made = rapport(empty_url, "keys", "create", "--clinic", clinic_id, "--role", "admin")
    key = last_json(made)["key"]
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/x-ndjson"}
    with serving(empty_url, tmp_path / "log") as server:
        server.post("/v1/matches", key, {"preferences": {}})
        before = peak_mib(server.process.pid)
        with ratings.open("rb") as body:
            answered = httpx.post(
                f"{server.address}/v1/imports/ratings", content=body, headers=headers, timeout=900
            )
        grown = peak_mib(server.process.pid) - before
    assert (answered.json()["created"], answered.json()["rejected_count"]) == (ROWS, 0)
    assert grown < LANDING_MIB
    database = Database(empty_url)
    with clinic_scope(database, UUID(clinic_id)) as scope:
        loaded = learnable_ratings(scope)
    database.dispose()
    assert len(loaded) == sum(row["learning"] is True for row in clinic.ratings[:ROWS])


def peak_mib(process_id: int) -> float:
    status = Path(f"/proc/{process_id}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024
