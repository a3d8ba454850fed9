"""SQLite's writers share commits: each is told when its own work is durable, or that it is not."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from api.db.database import Database
from api.db.writers import SqliteWriters


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'a.db'}")
    with made.writing() as connection:
        connection.execute(text("CREATE TABLE marks (mark INTEGER UNIQUE)"))
    yield made
    made.dispose()


def put(database: Database, mark: int) -> None:
    with database.writing() as connection:
        connection.execute(text("INSERT INTO marks VALUES (:mark)"), {"mark": mark})


def marks(database: Database) -> set[int]:
    with database.reading() as connection:
        return set(connection.execute(text("SELECT mark FROM marks")).scalars())


class Refused(Exception):  # noqa: N818 - only a mark
    pass


def put_and_refuse(database: Database, mark: int) -> None:
    with database.writing() as connection:
        connection.execute(text("INSERT INTO marks VALUES (:mark)"), {"mark": mark})
        raise Refused


def test_whoever_is_told_so_can_be_read_at_once(database: Database) -> None:
    def put_and_look(mark: int) -> bool:
        put(database, mark)
        return mark in marks(database)

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(put_and_look, range(300)))


def test_those_who_fail_are_undone_alone(database: Database) -> None:
    def put_or_refuse(mark: int) -> None:
        if mark % 3:
            put(database, mark)
        else:
            with pytest.raises(Refused):
                put_and_refuse(database, mark)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(put_or_refuse, range(300)))
    assert marks(database) == {mark for mark in range(300) if mark % 3}


def test_commits_are_shared_by_those_who_queue(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished = []
    finish = SqliteWriters._finish

    def counted(writers: SqliteWriters, group: object) -> None:
        finished.append(group)
        finish(writers, group)  # type: ignore[arg-type]

    monkeypatch.setattr(SqliteWriters, "_finish", counted)
    queue_up(database, 10)
    assert marks(database) == set(range(11))
    assert len(finished) < 5


def queue_up(database: Database, count: int) -> list[BaseException | None]:
    """One writer holds its turn until `count` others are queued behind it."""
    raised: list[BaseException | None] = []

    def write(mark: int) -> None:
        try:
            put(database, mark)
            raised.append(None)
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=write, args=(mark,)) for mark in range(1, count + 1)]
    with database.unit() as unit:
        unit.begin_write().execute(text("INSERT INTO marks VALUES (0)"))
        for thread in threads:
            thread.start()
        writers = database._writers
        assert isinstance(writers, SqliteWriters)
        while writers._queued < count:
            threading.Event().wait(0.005)
    for thread in threads:
        thread.join()
    return raised


def test_nobody_is_told_so_where_the_commit_fails(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(_connection: object) -> None:
        raise Refused

    monkeypatch.setattr("api.db.writers._require_transaction", full_disk)
    with pytest.raises(Refused):
        queue_up(database, 5)
    assert marks(database) == set()
    monkeypatch.undo()
    put(database, 7)
    assert marks(database) == {7}


def test_a_transaction_that_the_database_ended_is_no_success(database: Database) -> None:
    unit = database.open_unit()
    unit.begin_write().execute(text("INSERT INTO marks VALUES (1)"))
    unit.connection.exec_driver_sql("ROLLBACK")
    with pytest.raises(RuntimeError, match="ended before"):
        unit.commit()
    put(database, 2)
    assert marks(database) == {2}


def test_long_work_commits_by_itself(database: Database) -> None:
    told = threading.Event()
    in_time: list[bool] = []

    def long_work() -> None:
        with database.unit(alone=True) as unit:
            unit.begin_write()
            # Whoever wrote before it is told now, not when the long work is done.
            in_time.append(told.wait(timeout=30))

    writers = database._writers
    assert isinstance(writers, SqliteWriters)
    long = threading.Thread(target=long_work)
    with database.writing() as connection:
        connection.execute(text("INSERT INTO marks VALUES (1)"))
        long.start()
        while writers._queued < 1:
            threading.Event().wait(0.005)
    told.set()
    long.join()
    assert in_time == [True]
    assert marks(database) == {1}


def test_the_queue_goes_on_where_a_transaction_cannot_begin(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(_writers: SqliteWriters) -> None:
        raise Refused

    with monkeypatch.context() as patched:
        patched.setattr(SqliteWriters, "_open", cannot)
        with pytest.raises(Refused):
            put(database, 1)
    put(database, 2)
    assert marks(database) == {2}
