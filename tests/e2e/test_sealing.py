"""The server seals the trail by itself, and its log says the head."""

import json
import time
from pathlib import Path

import pytest

from tests.factories.servers import last_json, rapport, serving


@pytest.mark.slow
def test_the_server_seals_by_itself_and_writes_the_head_into_its_log(
    empty_url: str, tmp_path: Path
) -> None:
    clinic_id = last_json(rapport(empty_url, "clinics", "create", "Harbour"))["id"]
    words = ("--clinic", clinic_id, "--role", "auditor")
    key = last_json(rapport(empty_url, "keys", "create", *words))["key"]
    with serving(empty_url, tmp_path / "log") as server:
        until = time.monotonic() + 30
        while (head := server.get("/v1/audit/head", key).json())["number"] == 0:
            assert time.monotonic() < until
            time.sleep(0.1)
        exported = server.get("/v1/audit/export", key)
        page = server.get("/v1/audit", key).json()
    lines = [
        json.loads(line) for line in (tmp_path / "log").read_text().splitlines() if line[0] == "{"
    ]
    told = [line for line in lines if line.get("event") == "audit sealed"]
    assert told[-1]["digest"] == head["digest"]
    assert told[-1]["clinic_id"] == clinic_id
    assert json.loads(exported.text.splitlines()[-1])["head"]["digest"] == head["digest"]
    assert page["items"][0]["action"] == "audit.exported"
    assert page["items"][0]["seal"] is None
