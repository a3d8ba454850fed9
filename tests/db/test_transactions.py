"""No acknowledged write is lost, and none is acknowledged that was not kept."""

import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated
from uuid import UUID

import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text

from api.clinics.creation import create_clinic
from api.db.database import Database, UnitOfWork


def count_up(database: Database) -> None:
    """Read, then write what was read and one more: what a lost update would show in."""
    with database.unit() as unit:
        connection = unit.begin_write()
        lock = "" if connection.dialect.name == "sqlite" else " FOR UPDATE"
        query = text(f"SELECT roster_version FROM clinics{lock}")  # noqa: S608 - no input in it
        version = connection.execute(query).scalar_one()
        connection.execute(text("UPDATE clinics SET roster_version = :v"), {"v": version + 1})


def version_of(database: Database) -> int:
    with database.reading() as connection:
        query = text("SELECT roster_version FROM clinics")
        version: int = connection.execute(query).scalar_one()
        return version


@pytest.fixture
def clinic_id(database: Database) -> UUID:
    with database.writing() as connection:
        return create_clinic(connection, "Clinic")


@pytest.mark.usefixtures("clinic_id")
def test_threads_lose_no_update(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: count_up(database), range(200)))
    assert version_of(database) == 200


COUNT_IN_A_PROCESS = textwrap.dedent(
    """
    import sys
    from api.db.database import Database
    from tests.db.test_transactions import count_up
    database = Database(sys.argv[1])
    for _ in range(50):
        count_up(database)
    database.dispose()
    """
)


@pytest.mark.usefixtures("clinic_id")
def test_processes_lose_no_update(database: Database, database_url: str) -> None:
    command = [sys.executable, "-c", COUNT_IN_A_PROCESS, database_url]
    processes = [subprocess.Popen(command) for _ in range(3)]  # noqa: S603 - our own words
    assert [process.wait(timeout=120) for process in processes] == [0, 0, 0]
    assert version_of(database) == 150


@pytest.mark.usefixtures("clinic_id")
def test_an_exception_undoes_the_unit_and_lets_the_next_writer_in(database: Database) -> None:
    def divide_by_zero_after_writing() -> None:
        with database.unit() as unit:
            unit.begin_write().execute(text("UPDATE clinics SET roster_version = 9"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        divide_by_zero_after_writing()
    assert version_of(database) == 0
    count_up(database)
    assert version_of(database) == 1


@pytest.mark.usefixtures("clinic_id")
def test_a_reader_is_not_held_up_by_a_writer(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("UPDATE clinics SET roster_version = 5"))
        seen: list[int] = []
        reader = threading.Thread(target=lambda: seen.append(version_of(database)))
        reader.start()
        reader.join(timeout=10)
        assert seen == [0]
    assert version_of(database) == 5


@pytest.mark.usefixtures("clinic_id")
def test_a_commit_that_fails_is_never_acknowledged(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = FastAPI()

    def unit() -> Iterator[UnitOfWork]:
        with database.unit() as opened:
            yield opened

    @app.post("/change", status_code=201)
    def change(opened: Annotated[UnitOfWork, Depends(unit, scope="function")]) -> str:
        opened.begin_write().execute(text("UPDATE clinics SET roster_version = 7"))
        return "done"

    def failing_commit(_unit: UnitOfWork) -> None:
        raise OSError

    monkeypatch.setattr(UnitOfWork, "commit", failing_commit)
    with TestClient(app, raise_server_exceptions=False) as client:
        assert client.post("/change").status_code == 500
    assert version_of(database) == 0


@pytest.mark.usefixtures("clinic_id")
def test_a_snapshot_stays_as_it_was_while_others_write(database: Database) -> None:
    query = text("SELECT roster_version FROM clinics")
    with database.snapshot() as connection:
        assert connection.execute(query).scalar_one() == 0
        count_up(database)
        assert connection.execute(query).scalar_one() == 0
    assert version_of(database) == 1
    # The connection went back to the pool without what made it a snapshot.
    with database.snapshot() as connection:
        assert connection.execute(query).scalar_one() == 1
    count_up(database)
    assert version_of(database) == 2


@pytest.mark.usefixtures("clinic_id")
def test_a_unit_lets_go_of_what_it_read_and_not_of_what_it_writes(database: Database) -> None:
    with database.unit() as unit:
        first = unit.connection
        unit.stop_reading()
        assert first.closed
        unit.begin_write().execute(text("UPDATE clinics SET roster_version = 3"))
        unit.stop_reading()
        assert unit.writing
    assert version_of(database) == 3
