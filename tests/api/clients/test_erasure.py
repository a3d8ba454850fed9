"""Erasure: of a client's life nothing is left but tombstones, wherever one looks."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from api.auth.roles import ROLE_TABLE, Role
from tests.api.clients.life import (
    CODE,
    TAG,
    WORD,
    Life,
    as_client,
    database_of,
    erase,
    furnish,
    live,
    uuids,
)
from tests.api.clients.traces import places_of, rows_of_every_table
from tests.api.test_leaks import all_that_is_written
from tests.factories.clinics import ClinicApi

# What keeps ids of what was erased: who did what, and that it is gone.
KEEPS_IDS = {"audit", "tombstones"}
# Codes are the clinic's own words, not the client's.
KEEPS_CODES = {"vocabulary_additions"}


@pytest.fixture
def life(clinic: ClinicApi) -> Life:
    furnish(clinic)
    return live(clinic)


def test_before_an_erasure_the_words_are_where_they_were_said(life: Life) -> None:
    said_in = {"clients", "matches", "pairings", "rating_notes", "idempotent_replies"}
    assert places_of(life.clinic, WORD) >= said_in
    assert "staff_tasks" in places_of(life.clinic, WORD)
    named_in = {"events", "waits", "ruled_out", "departures", "fit_ratings", "access_keys"}
    assert places_of(life.clinic, life.client_id) >= named_in
    assert "rating_wishes" in places_of(life.clinic, TAG)


def test_no_table_holds_a_word_or_an_id_of_who_was_erased(life: Life) -> None:
    erase(life.clinic, life.client_id)
    for word in (WORD, TAG):
        assert places_of(life.clinic, word) == set()
    assert places_of(life.clinic, CODE) == KEEPS_CODES
    for id_ in life.ids():
        assert places_of(life.clinic, id_) <= KEEPS_IDS, id_
        assert places_of(life.clinic, UUID(id_).bytes.decode("latin-1")) <= KEEPS_IDS


@pytest.mark.parametrize("backend", ["sqlite"])
def test_no_file_holds_a_word_of_who_was_erased(life: Life, database_url: str) -> None:
    file = Path(database_url.removeprefix("sqlite:///"))

    def found() -> set[str]:
        files = file.parent.glob(f"{file.name}*")
        return {one.suffix for one in files if WORD.encode() in one.read_bytes()}

    assert found()
    erase(life.clinic, life.client_id)
    assert found() == set()
    assert TAG.encode() not in file.read_bytes()


def test_nothing_said_is_logged_on_the_way(clinic: ClinicApi) -> None:
    with all_that_is_written() as written:
        furnish(clinic)
        life = live(clinic)
        as_client(clinic, life.key).get(f"/v1/clients/{life.client_id}/export", role=Role.CLIENT)
        erase(clinic, life.client_id)
    logged = written.getvalue()
    assert logged.count('"event": "request"') > 20
    assert not any(word in logged for word in (WORD, TAG, CODE, life.key))
    audited = " ".join(row for name, row in rows_of_every_table(clinic) if name == "audit")
    assert life.client_id in audited
    assert not any(word in audited for word in (WORD, TAG, CODE, life.key))


NAMED = {
    "client_id": ("client_id",),
    "match_id": ("match_id", "alternative_id", "waited_match_id"),
    "pairing_id": ("pairing_id", "next_pairing_id"),
    "wait_id": ("wait_id",),
}
SENT: dict[str, Any] = {
    "/v1/matches/{match_id}/selection": {"therapist_id": str(uuid4())},
    "/v1/pairings/{pairing_id}/decline": {"reason": "full"},
    "/v1/pairings/{pairing_id}/ratings": {"session_number": 9, "trust": 5},
    "/v1/pairings/{pairing_id}/ratings/{session_number}": {"share_with_therapist": "none"},
    "/v1/clients/{client_id}/keys": {"days": 1},
}


def test_every_route_that_names_what_was_erased_says_it_is_gone(life: Life) -> None:
    erase(life.clinic, life.client_id)
    asked = 0
    for method, path in ROLE_TABLE:
        for name, kinds in NAMED.items():
            if f"{{{name}}}" not in path:
                continue
            for kind in kinds:
                url = path.replace(f"{{{name}}}", getattr(life, kind))
                url = url.replace("{session_number}", "1")
                answer = life.clinic.call(Role.ADMIN, method, url, json=SENT.get(path, {}))
                assert answer.status_code == 410, (method, path, answer.text)
                asked += 1
    assert asked > 20


def test_the_client_erases_themselves_and_their_key_ends(life: Life) -> None:
    own = as_client(life.clinic, life.key)
    assert erase(own, life.client_id, Role.CLIENT)["matches"] == 3
    assert own.get(f"/v1/clients/{life.client_id}", role=Role.CLIENT).status_code == 401


def test_the_ids_that_a_life_makes_are_all_looked_for(life: Life) -> None:
    """The tests above go through `Life.ids`: each must be one that the database knows."""
    with database_of(life.clinic).reading() as connection:
        known = {
            row.id
            for table in SQLModel.metadata.sorted_tables
            if "id" in table.c
            for row in connection.execute(select(table.c.id))
        }
    assert set(uuids(life.ids())) <= known
