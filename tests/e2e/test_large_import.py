"""A hundred thousand rows through the API: in bounded memory, while matches go on."""

import json
import threading
from pathlib import Path
from typing import Any

import httpx

from seed.fast import therapist_rows
from tests.factories.servers import Server, last_json, rapport, serving

ROWS = 100_000
# What reading and landing may add; the file itself has about 100 MB.
READING_MIB = 160
# The compiled roster that matches are ranked on is kept besides: arrays, ids, references, names.
COMPILED_MIB = 260


def peak_mib(server: Server) -> float:
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def send(server: Server, key: str, roster: Path, reports: list[dict[str, Any]]) -> None:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/x-ndjson"}
    with roster.open("rb") as body:
        answered = httpx.post(
            f"{server.address}/v1/imports/therapists", content=body, headers=headers, timeout=900
        )
    reports.append(answered.json())


def test_a_large_roster_lands_while_matches_go_on(empty_url: str, tmp_path: Path) -> None:
    clinic_id = last_json(rapport(empty_url, "clinics", "create", "Large"))["id"]
    made = rapport(empty_url, "keys", "create", "--clinic", clinic_id, "--role", "admin")
    key = last_json(made)["key"]
    roster = tmp_path / "roster.ndjson"
    with roster.open("w") as file:
        file.writelines(json.dumps(row) + "\n" for row in therapist_rows(ROWS))

    with serving(empty_url, tmp_path / "log") as server:
        server.post("/v1/matches", key, {"preferences": {}})
        before = peak_mib(server)
        reports: list[dict[str, Any]] = []
        landing = threading.Thread(target=send, args=(server, key, roster, reports))
        landing.start()
        considered = []
        while landing.is_alive():
            answered = server.post("/v1/matches", key, {"preferences": {}, "needs": ["grief"]})
            assert answered.status_code == 201
            considered.append(answered.json()["considered"])
        landing.join()
        grown = peak_mib(server) - before

    assert reports[0]["created"] == ROWS
    assert reports[0]["rejected_count"] == 0
    assert considered == sorted(considered)
    # Matches were ranked on many stages of the roster, not only before and after.
    assert len(set(considered)) > 20
    assert grown < READING_MIB + COMPILED_MIB
