"""Scrubbing: what was erased stands in none of SQLite's files, and PostgreSQL is left alone."""

import threading
import time
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, func, select

from api.clinics.creation import create_clinic
from api.clock import utc_now
from api.db import scrubbing
from api.db.database import Database
from api.db.scrubbing import ScrubDuty, scrub, scrub_small
from api.db.tables import Client, Tombstone
from api.db.tables.base import table_of

WORD = "canary-in-a-page"

sqlite_only = pytest.mark.parametrize("backend", ["sqlite"])


@pytest.fixture
def clinic_id(database: Database) -> UUID:
    with database.writing() as connection:
        return create_clinic(connection, "Clinic")


def bury_one(connection: Any, clinic_id: UUID) -> None:
    row = {"clinic_id": clinic_id, "id": uuid4(), "erased_at": utc_now()}
    connection.execute(table_of(Tombstone).insert(), row)


def live_and_erase(database: Database, clinic_id: UUID) -> None:
    """Rows come, grow and go in no order, so that others move between pages; then some go."""
    clients, random = table_of(Client), Random(4)  # noqa: S311 - no secret
    others: list[UUID] = []
    with database.writing() as connection:
        for number in range(2000):
            erased = random.random() < 0.3
            text = (
                WORD * random.choice([1, 3, 20, 80])
                if erased
                else "o" * random.choice([5, 50, 700])
            )
            row: dict[str, Any] = {
                "clinic_id": clinic_id,
                "id": UUID(int=random.getrandbits(128)),
                "created_at": utc_now(),
                "reference": f"{random.random()}{text}",
            }
            connection.execute(clients.insert(), row)
            if not erased:
                others.append(row["id"])
            if others and random.random() < 0.3:
                gone = others.pop(random.randrange(len(others)))
                connection.execute(clients.delete().where(clients.c.id == gone))
            if others and random.random() < 0.2:
                longer = clients.c.reference + str(number) * random.choice([1, 100])
                grown = clients.c.id == random.choice(others)
                connection.execute(clients.update().where(grown).values(reference=longer))
    with database.writing() as connection:
        connection.execute(clients.delete().where(clients.c.reference.contains(WORD)))
        bury_one(connection, clinic_id)


def files_of(database: Database) -> list[Path]:
    file = Path(str(database.engine.url.database))
    return sorted(file.parent.glob(f"{file.name}*"))


def words_in_files(database: Database) -> dict[str, int]:
    found = {file.suffix: file.read_bytes().count(WORD.encode()) for file in files_of(database)}
    return {suffix: count for suffix, count in found.items() if count}


@sqlite_only
def test_what_was_erased_is_in_no_file(database: Database, clinic_id: UUID) -> None:
    live_and_erase(database, clinic_id)
    assert words_in_files(database), "nothing to scrub: the test proves nothing"
    assert scrub(database)
    assert words_in_files(database) == {}


@sqlite_only
def test_emptying_the_log_alone_would_leave_copies(database: Database, clinic_id: UUID) -> None:
    """What rewriting the file is for: overwriting what is deleted does not reach them."""
    live_and_erase(database, clinic_id)
    with database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA secure_delete").scalar_one() == 1
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    assert words_in_files(database)


@sqlite_only
def test_it_is_done_once_for_each_erasure(
    database: Database, clinic_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    emptied: list[int] = []
    log_is_emptied = scrubbing._log_is_emptied

    def count(connection: Connection) -> bool:
        emptied.append(1)
        return log_is_emptied(connection)

    monkeypatch.setattr(scrubbing, "_log_is_emptied", count)
    assert scrub(database)
    assert emptied == []
    for erasures in (1, 2):
        with database.writing() as connection:
            bury_one(connection, clinic_id)
        assert scrub(database)
        assert scrub(database)
        assert len(emptied) == 2 * erasures


@sqlite_only
def test_it_is_left_for_later_while_somebody_reads_what_was_there_before(
    database: Database, clinic_id: UUID
) -> None:
    with database.snapshot() as reader:
        reader.exec_driver_sql("SELECT count(*) FROM clients").one()
        live_and_erase(database, clinic_id)
        assert not scrub(database)
        assert words_in_files(database)
    ScrubDuty()(database)
    assert words_in_files(database) == {}


@sqlite_only
def test_another_process_finds_out_from_the_file(
    database: Database, clinic_id: UUID, database_url: str
) -> None:
    live_and_erase(database, clinic_id)
    database.dispose()
    later = Database(database_url)
    scrub_small(later)
    assert words_in_files(later) == {}
    later.dispose()


@sqlite_only
def test_a_large_file_is_left_to_the_duty(
    database: Database, clinic_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scrubbing, "SMALL_BYTES", 10)
    live_and_erase(database, clinic_id)
    scrub_small(database)
    assert words_in_files(database)
    ScrubDuty()(database)
    assert words_in_files(database) == {}


@sqlite_only
def test_a_locked_file_does_not_make_an_erasure_fail(database: Database, clinic_id: UUID) -> None:
    with database.writing() as connection:
        bury_one(connection, clinic_id)
    other = database.engine.connect()
    other.exec_driver_sql("BEGIN IMMEDIATE")
    scrub_small(database)
    other.rollback()
    other.close()
    scrub_small(database)
    with database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA user_version").scalar_one() == 1


@sqlite_only
def test_the_duty_rests_in_proportion(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    calls: list[float] = []

    def take_two_seconds(_database: Database) -> bool:
        calls.append(now[0])
        now[0] += 2
        return True

    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(scrubbing, "scrub", take_two_seconds)
    duty = ScrubDuty()
    for moment in (0.0, 3.0, 201.0, 203.0):
        now[0] = max(now[0], moment)
        duty(database)
    assert calls == [0.0, 203.0]


@sqlite_only
def test_writers_wait_meanwhile_and_lose_nothing(database: Database, clinic_id: UUID) -> None:
    clients = table_of(Client)

    def add(name: str) -> None:
        for number in range(40):
            with database.writing() as connection:
                row = {"clinic_id": clinic_id, "id": uuid4(), "created_at": utc_now()}
                connection.execute(clients.insert(), {**row, "reference": f"{name}-{number}"})
                bury_one(connection, clinic_id)

    writers = [threading.Thread(target=add, args=(name,)) for name in "abcd"]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        scrub(database)
    for writer in writers:
        writer.join()
    assert scrub(database)
    with database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(clients)).scalar_one() == 160


def test_postgresql_is_left_alone(database: Database, clinic_id: UUID) -> None:
    with database.writing() as connection:
        bury_one(connection, clinic_id)
    scrub_small(database)
    assert scrub(database)
    with database.no_writers():
        pass
