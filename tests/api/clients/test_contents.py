"""What stands about clients in which table: no table is forgotten in an export."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Table, select
from sqlmodel import SQLModel

from api.auth.roles import Role
from api.clients.contents import NOT_EXPORTED, SECTIONS
from tests.api.clients.life import Life, as_client, database_of, furnish, live
from tests.factories.clinics import ClinicApi

# Columns that name a client or a record of theirs, whatever table they stand in.
NAMES = {"client_id", "match_id", "pairing_id", "rating_id", "wait_id", "subject_id"}
# Told to nobody but the service itself.
SECRET = {"clinic_id", "secret_hash", "session_hash", "subjects"}


def tables_about_clients() -> set[str]:
    """Every table with such a column, and every table that refers to one of them."""
    tables = SQLModel.metadata.tables.values()
    found = {"clients"} | {table.name for table in tables if NAMES & set(table.c.keys())}
    while more := {
        table.name for table in tables if referred_to_by(table) & found and table.name not in found
    }:
        found |= more
    return found


def referred_to_by(table: Table) -> set[str]:
    return {key.referred_table.name for key in table.foreign_key_constraints}


def test_every_table_about_clients_is_exported_or_says_why_not() -> None:
    exported = {section.table.name for section in SECTIONS}
    assert tables_about_clients() == exported | NOT_EXPORTED.keys()
    assert not exported & NOT_EXPORTED.keys()
    assert all(len(reason) > 20 for reason in NOT_EXPORTED.values())


def test_a_new_table_about_clients_is_noticed() -> None:
    assert {"clients", "rating_notes", "staff_tasks", "deliveries"} <= tables_about_clients()
    assert not {"therapists", "weightings", "models", "webhooks"} & tables_about_clients()


@pytest.fixture
def life(clinic: ClinicApi) -> Life:
    furnish(clinic)
    return live(clinic)


def rows_of(clinic: ClinicApi, table: Table) -> Iterator[dict[str, object]]:
    with database_of(clinic).reading() as connection:
        for row in connection.execute(select(table)).mappings():
            yield dict(row)


def test_a_life_leaves_something_in_every_section(life: Life) -> None:
    exported = life.clinic.get(f"/v1/clients/{life.client_id}/export").json()
    assert [name for name in exported["sections"] if not exported[name]] == []
    assert set(exported["sections"]) == {section.name for section in SECTIONS}


def test_every_row_and_column_about_the_only_client_is_exported_to_staff(life: Life) -> None:
    exported = life.clinic.get(f"/v1/clients/{life.client_id}/export").json()
    for section in SECTIONS:
        if section.name in {"trail", "keys", "tasks"}:
            continue
        stored = list(rows_of(life.clinic, section.table))
        assert len(exported[section.name]) == len(stored), section.name
        for row in exported[section.name]:
            assert set(row) == set(section.table.c.keys()) - SECRET - set(section.confided)


def test_the_trail_has_every_row_that_names_the_client_or_a_record_of_theirs(life: Life) -> None:
    exported = life.clinic.get(f"/v1/clients/{life.client_id}/export").json()
    told = {row["id"] for row in exported["trail"]}
    trail = next(section.table for section in SECTIONS if section.name == "trail")
    about = {row["id"]: row["action"] for row in exported["trail"]}
    assert {"match.created", "pairing.accepted", "client.key_created"} <= set(about.values())
    for row in rows_of(life.clinic, trail):
        if str(row["subject_id"]) in life.ids() and row["action"] != "client.exported":
            assert str(row["id"]) in told, row["action"]


def test_a_clients_own_key_gets_everything_but_what_others_said_in_confidence(life: Life) -> None:
    path = f"/v1/clients/{life.client_id}/export"
    whole = life.clinic.get(path).json()
    own = as_client(life.clinic, life.key).get(path, role=Role.CLIENT).json()
    missing = {
        (name, column)
        for name in whole["sections"]
        for column in set(whole[name][0]) - set(own[name][0])
    }
    assert missing == {
        ("pairings", "decline_reason"),
        ("pairings", "override_reason"),
        ("tasks", "note"),
        ("trail", "details"),
    }
    # What the client confided to the named reader is in their own copy alone.
    assert own["rating_notes"][0]["comment"]
    assert "comment" not in whole["rating_notes"][0]
    shown = [candidate for match in own["matches"] for candidate in match["answer"]["candidates"]]
    assert shown
    assert not any("propensity" in candidate for candidate in shown)
