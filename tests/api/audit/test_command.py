"""`rapport audit` and what the command line records: sealed, verified, and tampered with."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, select, update

from api import terminal
from api.cli import cli
from api.db.database import Database
from api.problems import NotFound
from api.settings import Settings
from tests.factories.audit import ROWS, tampering

NO_CLINIC = "01890000-0000-7000-8000-000000000000"
NO_DIGEST = "0" * 64

Run = Callable[..., Result]


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `rapport` with some words, in this process."""
    monkeypatch.setattr(terminal, "get_settings", lambda: Settings(database_url=database_url))

    def run_words(*words: str) -> Result:
        return CliRunner().invoke(cli, words, catch_exceptions=False)

    return run_words


def last_json(done: Result) -> dict[str, Any]:
    """The line that a command ends with."""
    assert done.exit_code in {0, 1}, done.output
    document: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return document


@pytest.fixture
def clinic_id(run: Run) -> str:
    made: str = last_json(run("clinics", "create", "Harbour"))["id"]
    run("keys", "create", "--clinic", made, "--role", "auditor")
    return made


def test_what_the_command_line_changes_is_recorded_and_sealed(
    database: Database, run: Run, clinic_id: str
) -> None:
    own = ("--clinic", clinic_id)
    made = last_json(run("keys", "create", *own, "--role", "staff"))
    run("keys", "revoke", *own, made["id"])
    assert last_json(run("audit", "seal", *own))["sealed"] == 4
    head = last_json(run("audit", "head", *own))
    with database.reading() as connection:
        rows = connection.execute(ROWS.select().order_by(ROWS.c.id)).all()
    assert [row.action for row in rows] == [
        "clinic.created",
        "key.created",
        "key.created",
        "key.revoked",
    ]
    assert made["key"] not in repr(rows)
    noted = f"{head['number']}:{head['digest']}"
    found = last_json(run("audit", "verify", *own, "--head", noted))
    assert found["sound"]
    assert found["clinics"][0]["head"] == {"number": 1, "digest": head["digest"]}


def test_verifying_says_what_was_tampered_with_and_fails(
    database: Database, run: Run, clinic_id: str
) -> None:
    run("audit", "seal", "--clinic", clinic_id)
    with database.reading() as connection:
        ids = list(connection.execute(select(ROWS.c.id)).scalars())
    with tampering(database) as connection:
        connection.execute(update(ROWS).where(ROWS.c.action == "clinic.created").values(details={}))
        connection.execute(update(ROWS).values(action="key.listed"))
    done = run("audit", "verify")
    assert done.exit_code == 1
    (found,) = json.loads(done.stdout.splitlines()[-1])["clinics"]
    assert found["problem_count"] == len(ids) == 2
    assert {one["what"] for one in found["problems"]} == {"row_altered"}
    assert done.stderr.count(": the row is not as it was sealed (row_altered)") == 2
    assert "Traceback" not in done.stderr


def test_an_end_cut_off_is_found_against_a_head_noted_before(
    database: Database, run: Run, clinic_id: str
) -> None:
    own = ("--clinic", clinic_id)
    sealed = last_json(run("audit", "seal", *own))
    with tampering(database) as connection:
        connection.exec_driver_sql("DELETE FROM audit_seals")
        connection.execute(delete(ROWS))
    assert run("audit", "verify", *own).exit_code == 0
    noted = f"{sealed['number']}:{sealed['digest']}"
    done = run("audit", "verify", *own, "--head", noted)
    assert done.exit_code == 1
    assert "there is no seal of this number (seal_missing)" in done.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--head", f"1:{NO_DIGEST}"], "name it with --clinic"),
        (["--clinic", NO_CLINIC, "--head", "1"], "64 hexadecimal digits"),
        (["--clinic", NO_CLINIC, "--head", f"0:{NO_DIGEST}"], "64 hexadecimal digits"),
    ],
)
def test_what_cannot_be_verified_is_said(run: Run, words: list[str], says: str) -> None:
    done = run("audit", "verify", *words)
    assert done.exit_code != 0
    assert says in done.stderr


def test_a_clinic_that_is_not_there_cannot_be_verified(run: Run) -> None:
    with pytest.raises(NotFound, match="not-found"):
        run("audit", "verify", "--clinic", NO_CLINIC)
