"""The trail read by an auditor: pages, filters, the head, and an export that verifies outside."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, update

from api.audit import sealing
from api.auth.roles import Role
from api.db.database import Database
from tests.architecture.test_docs import samples
from tests.factories.audit import ROWS, add_rows, sealed, tampering
from tests.factories.clinics import ClinicApi, make_clinic


def database_of(clinic: ClinicApi) -> Database:
    database: Database = clinic.client.app.state.database  # type: ignore[attr-defined]
    return database


def page(clinic: ClinicApi, **params: Any) -> dict[str, Any]:
    answered = clinic.get("/v1/audit", Role.AUDITOR, params=params)
    assert answered.status_code == 200, answered.text
    shown: dict[str, Any] = answered.json()
    return shown


def items(clinic: ClinicApi, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page(clinic, **params)["items"]
    return found


def export(clinic: ClinicApi, **params: Any) -> str:
    answered = clinic.get("/v1/audit/export", Role.AUDITOR, params=params)
    assert answered.status_code == 200
    assert answered.headers["content-type"] == "application/x-ndjson"
    text: str = answered.text
    return text


def verified_outside(tmp_path: Path, exported: str, *more: str) -> tuple[int, str]:
    """What the program in docs/audit.md says of an export, and its exit code."""
    (program,) = samples("audit.md", "python")
    file = tmp_path / "audit.ndjson"
    file.write_text(exported)
    command = [sys.executable, "-I", "-c", program, str(file), *more]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    assert done.stderr == ""
    return done.returncode, done.stdout.strip()


@pytest.fixture
def seals(clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch) -> ClinicApi:
    """A clinic with ten rows in seals of four, and two rows that wait."""
    monkeypatch.setattr(sealing, "MOST_ROWS", 4)
    database = database_of(clinic)
    add_rows(database, clinic.clinic_id, 10)
    sealed(database, clinic.clinic_id)
    add_rows(database, clinic.clinic_id, 2)
    return clinic


def test_rows_come_newest_first_each_with_its_seal(seals: ClinicApi) -> None:
    shown = items(seals)
    assert [row["seal"] for row in shown] == [None, None, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1]
    assert [row["id"] for row in shown] == sorted((row["id"] for row in shown), reverse=True)
    assert shown[0]["details"] == {"count": 1, "kind": "a", "by": {"b": 1}}
    assert set(shown[0]) == {
        *("id", "at", "action", "subject_id", "key_id", "key_name", "request_id", "details"),
        "seal",
    }


@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_pages_give_every_row_once(seals: ClinicApi, order: str) -> None:
    whole = items(seals, order=order)
    found: list[dict[str, Any]] = []
    more: dict[str, str] = {}
    # Reading adds rows at the end; they are not of interest here.
    until = datetime.fromisoformat(max(row["at"] for row in whole)) + timedelta(microseconds=1)
    while True:
        shown = page(seals, limit=5, order=order, until=until.isoformat(), **more)
        found += shown["items"]
        if shown["next_cursor"] is None:
            break
        more = {"cursor": shown["next_cursor"]}
    assert found == whole


def test_rows_are_found_by_time_action_subject_and_key(clinic: ClinicApi) -> None:
    match_id = clinic.match()["id"]
    clinic.get(f"/v1/matches/{match_id}")
    before = datetime.now(UTC).isoformat()
    clinic.post("/v1/matches", {"preferences": {}}, role=Role.INTAKE)
    first, read, second = items(clinic, order="oldest")
    assert [row["action"] for row in (first, read, second)] == [
        "match.created",
        "match.read",
        "match.created",
    ]
    assert items(clinic, action="match.read") == [read]
    assert items(clinic, subject_id=match_id, order="oldest")[:2] == [first, read]
    assert items(clinic, key_id=second["key_id"]) == [second]
    assert items(clinic, since=before, action="match.created") == [second]
    assert items(clinic, until=before, order="oldest") == [first, read]
    assert items(clinic, since=read["at"], until=before) == [read]


@pytest.mark.parametrize(
    "params",
    [
        {"since": "yesterday"},
        {"since": "2026-01-01T00:00:00"},
        {"until": "0001-01-01T00:00:00+14:00"},
        {"until": "9999-12-31T23:59:59Z"},
        {"action": "'; DROP TABLE audit"},
        {"subject_id": "t-1"},
        {"order": "random"},
        {"limit": "0"},
        {"cursor": "nothing of ours"},
    ],
)
def test_what_cannot_be_asked_for_is_refused_by_name(clinic: ClinicApi, params: Any) -> None:
    refused = clinic.get("/v1/audit", params=params)
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == list(params)
    assert next(iter(params.values())) not in refused.text


def test_who_looks_into_the_trail_stands_in_it(clinic: ClinicApi) -> None:
    clinic.match()
    items(clinic, action="match.created")
    export(clinic)
    newest = items(clinic)[:2]
    assert [row["action"] for row in newest] == ["audit.exported", "audit.listed"]
    assert newest[1]["details"] == {"items": 1}


def test_another_clinics_trail_is_not_there(seals: ClinicApi) -> None:
    other = make_clinic(seals.client, "Other")
    assert items(other) == []
    assert other.get("/v1/audit/head").json() == {"number": 0, "digest": None, "sealed_at": None}
    # The listing itself, which waits.
    kinds = [json.loads(line)["kind"] for line in export(other).splitlines()]
    assert set(kinds) == {"row", "end"}


def test_the_head_is_the_newest_seal(seals: ClinicApi) -> None:
    head = seals.get("/v1/audit/head", Role.AUDITOR).json()
    assert head["number"] == 3
    last = json.loads(export(seals).splitlines()[-1])
    assert last["head"] == {"number": 3, "digest": head["digest"]}
    sealed(database_of(seals), seals.clinic_id)
    assert seals.get("/v1/audit/head").json()["number"] > 3


def test_an_export_holds_every_row_and_verifies_outside(seals: ClinicApi, tmp_path: Path) -> None:
    lines = [json.loads(line) for line in export(seals).splitlines()]
    rows = [line for line in lines if line["kind"] == "row"]
    assert [row["seal"] for row in rows[:12]] == [1] * 4 + [2] * 4 + [3] * 2 + [None] * 2
    by_number = {line["seal"]: line["seal_digest"] for line in lines if line["kind"] == "seal"}
    assert all(row["seal_digest"] == by_number.get(row["seal"]) for row in rows)
    # Two rows, and those of the export itself.
    assert lines[-1]["rows"] == 10
    assert lines[-1]["waiting"] == len(rows) - 10 == 3
    code, said = verified_outside(tmp_path, export(seals))
    assert (code, said) == (0, f"sound: 3 seals, 10 rows, head {by_number[3]}")


def test_an_export_goes_on_where_one_before_it_ended(seals: ClinicApi, tmp_path: Path) -> None:
    whole, rest = export(seals), export(seals, after=2)
    lines = [json.loads(line) for line in rest.splitlines()]
    assert [line["seal"] for line in lines if line["kind"] == "seal"] == [3]
    digests = [json.loads(line).get("seal_digest") for line in whole.splitlines()]
    second = digests[5]
    assert verified_outside(tmp_path, rest, second)[0] == 0
    assert verified_outside(tmp_path, rest, "0" * 64)[0] == 1


@pytest.mark.parametrize("line", [0, 1, 5, 6, 12, -1])
@pytest.mark.parametrize("change", ["altered", "removed"])
def test_whatever_is_changed_in_an_export_is_found_outside(
    seals: ClinicApi, tmp_path: Path, line: int, change: str
) -> None:
    lines = export(seals).splitlines()
    if change == "removed":
        del lines[line]
    else:
        document = json.loads(lines[line])
        number = "rows" if "rows" in document else "action"
        document[number] = 3 if number == "rows" else "another.action"
        lines[line] = json.dumps(document)
    assert verified_outside(tmp_path, "\n".join(lines) + "\n")[0] == 1


def test_an_export_of_a_trail_that_was_tampered_with_says_so(
    seals: ClinicApi, tmp_path: Path
) -> None:
    rows = [json.loads(line) for line in export(seals).splitlines()]
    gone, altered = (UUID(rows[at]["id"]) for at in (1, 6))
    with tampering(database_of(seals)) as connection:
        connection.execute(delete(ROWS).where(ROWS.c.id == gone))
        connection.execute(update(ROWS).where(ROWS.c.id == altered).values(action="x.y"))
    exported = export(seals)
    lines = [json.loads(line) for line in exported.splitlines()]
    assert [line["id"] for line in lines if line["kind"] == "absent"] == [str(gone)]
    code, said = verified_outside(tmp_path, exported)
    assert (code, said.splitlines()[:2]) == (1, ["seal 1 does not hold", "seal 2 does not hold"])
