"""What a key is called: given with it, bounded, and shown wherever somebody did something."""

import json
import re

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from api import terminal
from api.auth.keys import create_key
from api.auth.roles import Role
from api.cli import cli
from api.db.tables import AuditRow
from api.db.tables.base import table_of
from api.settings import Settings
from tests.factories.clinics import ClinicApi, make_clinic
from tests.factories.pages import console
from tests.factories.pairings import database_of, match_of

NAME = "Ana Reyes, front desk"


def named(clinic: ClinicApi, role: Role, name: str | None = NAME) -> str:
    """Somebody new whose key has a name; the clinic's calls of that role are theirs from now on."""
    with database_of(clinic).writing() as connection:
        key_id, clinic.keys[role] = create_key(connection, clinic.clinic_id, role, name)
    return str(key_id)


def test_the_console_asks_for_a_name_and_lists_it(clinic: ClinicApi) -> None:
    browser = console(clinic)
    page = browser.open("/console/keys")
    made = browser.press(page, "Make a key", role="auditor", name=f"  {NAME} ")
    assert NAME in browser.open("/console/keys").lines
    (clinic.keys[Role.AUDITOR],) = re.findall(r"rapport_[\w-]{43}", made.text)
    browser.press(page, "Make a key", role="intake", name="")
    listed = browser.open("/console/keys")
    assert sum(line.startswith("Intake form, key …") for line in listed.lines) == 2


@pytest.mark.parametrize("name", ["x" * 81, "two\nlines", "turned \u202e round"])
def test_a_name_that_cannot_be_taken_makes_no_key_and_stays_in_the_form(
    clinic: ClinicApi, name: str
) -> None:
    browser = console(clinic)
    page = browser.open("/console/keys")
    refused = browser.press(page, "Make a key", role="staff", name=name)
    assert refused.code == 422
    assert "Write at most 80 characters" in refused.text
    assert "rapport_" not in refused.text
    sent = refused.form("Make a key").sent("Make a key")
    assert ("role", "staff") in sent
    assert dict(sent)["name"].split() == name.split()
    assert browser.open("/console/keys").text.count("Live") == page.text.count("Live")


def test_a_name_stands_where_somebody_did_something_and_never_in_the_trail(
    clinic: ClinicApi,
) -> None:
    clinic.add(reference="t-1")
    key_id = named(clinic, Role.ADMIN)
    match = match_of(clinic, "c-1")
    version = clinic.post("/v1/weightings", {"near_tie": 0.03}).json()
    named(clinic, Role.AUDITOR, None)
    browser = console(clinic, Role.AUDITOR)
    for path in (
        "/console/audit",
        "/console/matches",
        f"/console/matches/{match['id']}",
        "/console/weighting",
        f"/console/weighting/{version['id']}",
    ):
        assert NAME in browser.open(path).text, path
    (row,) = clinic.get("/v1/audit", params={"action": "match.created"}).json()["items"]
    assert (row["key_id"], row["key_name"]) == (key_id, NAME)
    export = clinic.get("/v1/audit/export", Role.AUDITOR)
    assert NAME not in export.text
    rows = table_of(AuditRow)
    with database_of(clinic).reading() as connection:
        details = [json.dumps(one) for one in connection.execute(select(rows.c.details)).scalars()]
    assert not any("Ana" in one for one in details)


def test_a_name_of_one_clinic_is_not_shown_in_another(clinic: ClinicApi) -> None:
    other = make_clinic(clinic.client)
    named(other, Role.ADMIN)
    other.add(reference="t-1")
    browser = console(clinic)
    for path in ("/console/audit", "/console/keys"):
        assert NAME not in browser.open(path).text


def test_the_command_line_takes_a_name_and_lists_it(
    clinic: ClinicApi, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "get_settings", lambda: Settings(database_url=database_url))
    own = ("--clinic", str(clinic.clinic_id))

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(cli, words, catch_exceptions=False)
        return done.exit_code, done.stdout

    code, said = run("keys", "create", *own, "--role", "staff", "--name", NAME)
    made = json.loads(said)
    assert code == 0
    assert made.keys() == {"id", "key"}
    listed = json.loads(run("keys", "list", *own)[1])["keys"]
    assert {one["id"]: one["name"] for one in listed}[made["id"]] == NAME
    for wrong in ("", " ", "x" * 81, "two\nlines"):
        assert run("keys", "create", *own, "--role", "staff", "--name", wrong)[0] == 1
    assert len(json.loads(run("keys", "list", *own)[1])["keys"]) == len(listed)
