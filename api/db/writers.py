"""Who may write, and when a write is durable.

PostgreSQL sees to both itself. SQLite lets one writer in at a time, and making a commit durable
takes several times as long as the writes in it. So its writers stand in one queue, and those who
find others waiting behind them leave the transaction open for the next: the last one commits for
all of them, and only then is any of them told that its work is done. A writer that fails is undone
by itself, through a savepoint.

SQLite's own waiting is sleeping and trying again: writers that meet wait for up to a hundred times
as long as they need. The queue wakes the next one at once, across processes too.
"""

import fcntl
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Engine

# How many writers share a commit at most, so that the first of them does not wait for long.
MAX_GROUP = 32


class Turn(Protocol):
    """One unit of work's turn to write. It ends with `commit` or `rollback`, once."""

    connection: Connection

    def commit(self) -> None:
        """Return when the writes are durable; raise where they are not."""

    def rollback(self) -> None:
        """Undo the writes."""


class Writers(Protocol):
    """A database's writers."""

    def begin(self, *, alone: bool) -> Turn:
        """Wait for a turn; `alone` commits by itself, as long work should."""

    def held_off(self) -> AbstractContextManager[None]:
        """Keep writers waiting for the block, where they stand in a queue of ours."""

    def close(self) -> None:
        """Let go of what is held; no turn can begin after it."""


class PostgresTurn:
    """A transaction on a connection of its own."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def commit(self) -> None:
        """Commit, and give the connection back."""
        with self.connection:
            self.connection.commit()

    def rollback(self) -> None:
        """Undo, and give the connection back."""
        self.connection.close()


class PostgresWriters:
    """PostgreSQL needs no queue of ours."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(self, *, alone: bool) -> PostgresTurn:  # noqa: ARG002 - each is alone here
        """A transaction; nothing to wait for."""
        return PostgresTurn(self._engine.connect())

    def held_off(self) -> AbstractContextManager[None]:
        """There is no queue of ours."""
        return nullcontext()

    def close(self) -> None:
        """Nothing to let go of."""


class FileLock:
    """A lock on a file, held by one process at a time; waiting for it is woken, not polled."""

    def __init__(self, path: Path) -> None:
        path.touch(mode=0o600, exist_ok=True)
        self._file = path.open("rb")

    def acquire(self) -> None:
        """Wait for the lock."""
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def release(self) -> None:
        """Let the next process in."""
        fcntl.flock(self._file, fcntl.LOCK_UN)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock for the block."""
        self.acquire()
        try:
            yield
        finally:
            self.release()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


class _Group:
    """An open transaction and how many units of work have written to it and wait for its commit."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.waiting_for_commit = 0
        self.done = threading.Event()
        self.failure: BaseException | None = None


class SqliteTurn:
    """A part of a group's transaction."""

    def __init__(self, writers: "SqliteWriters", group: _Group, *, alone: bool) -> None:
        self.connection = group.connection
        self._writers = writers
        self._group = group
        self._alone = alone
        # The first of a group is undone with its transaction.
        self._savepoint = group.waiting_for_commit > 0
        if self._savepoint:
            self.connection.exec_driver_sql("SAVEPOINT turn")

    def commit(self) -> None:
        """Return when the group's commit is durable.

        Raises:
            Exception: what made the commit fail; the writes are undone.
        """
        group = self._group
        try:
            if self._savepoint:
                self.connection.exec_driver_sql("RELEASE turn")
        except BaseException as error:
            group.failure = error
        group.waiting_for_commit += 1
        self._writers.pass_on(group, finish=self._alone)
        group.done.wait()
        if group.failure is not None:
            raise group.failure

    def rollback(self) -> None:
        """Undo this part; those who wrote before it are committed all the same."""
        group = self._group
        try:
            if self._savepoint:
                self.connection.exec_driver_sql("ROLLBACK TO turn")
                self.connection.exec_driver_sql("RELEASE turn")
            else:
                self.connection.rollback()
        except BaseException as error:
            group.failure = error
        self._writers.pass_on(group, finish=not self._savepoint)


class SqliteWriters:
    """The queue of SQLite's writers."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._processes = sqlite_process_lock(engine)
        self._turn = threading.Lock()
        self._counting = threading.Lock()
        self._queued = 0
        self._group: _Group | None = None

    def begin(self, *, alone: bool) -> SqliteTurn:
        """Wait for a turn; join the open transaction, or begin one."""
        self._wait_for_turn(between_groups=alone)
        try:
            self._group = self._group or self._open()
            return SqliteTurn(self, self._group, alone=alone)
        except BaseException as error:
            self._give_up(error)
            raise

    def pass_on(self, group: _Group, *, finish: bool) -> None:
        """End a turn: leave the transaction to whoever is queued, or commit it for the group."""
        with self._counting:
            others = self._queued > 0
        full = group.waiting_for_commit >= MAX_GROUP
        if finish or full or not others or group.failure is not None:
            self._finish(group)
        else:
            self._turn.release()

    @contextmanager
    def held_off(self) -> Iterator[None]:
        """Keep writers waiting, those of other processes too, with no transaction open."""
        self._wait_for_turn(between_groups=True)
        try:
            with self._processes.held():
                yield
        finally:
            self._turn.release()

    def close(self) -> None:
        """Let go of the lock's file."""
        self._processes.close()

    def _wait_for_turn(self, *, between_groups: bool) -> None:
        """Wait for the turn; `between_groups` ends an open transaction rather than join it."""
        while True:
            with self._counting:
                self._queued += 1
            self._turn.acquire()
            with self._counting:
                self._queued -= 1
            if not between_groups or self._group is None:
                return
            self._finish(self._group)

    def _open(self) -> _Group:
        self._processes.acquire()
        try:
            connection = self._engine.connect()
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            except BaseException:
                connection.close()
                raise
        except BaseException:
            self._processes.release()
            raise
        return _Group(connection)

    def _give_up(self, error: BaseException) -> None:
        group = self._group
        if group is None:
            self._turn.release()
        else:
            group.failure = error
            self._finish(group)

    def _finish(self, group: _Group) -> None:
        """Commit for all who wait for it, tell them, and let the next writer begin anew."""
        try:
            if group.failure is None and group.waiting_for_commit:
                _require_transaction(group.connection)
                group.connection.commit()
        except BaseException as error:
            group.failure = error
        finally:
            _close_quietly(group)
            self._group = None
            self._processes.release()
            self._turn.release()
            group.done.set()


def _close_quietly(group: _Group) -> None:
    """Give the connection back; whatever happens, the next writer must get its turn."""
    try:
        group.connection.close()
    except BaseException as error:
        group.failure = group.failure or error


def _require_transaction(connection: Connection) -> None:
    """A full disk makes SQLite end a transaction by itself, and with it what was written."""
    driver: Any = connection.connection.driver_connection
    if not driver.in_transaction:
        raise RuntimeError("the transaction ended before its commit")


def writers_of(engine: Engine) -> Writers:
    """The writers of `engine`'s database."""
    return SqliteWriters(engine) if engine.dialect.name == "sqlite" else PostgresWriters(engine)


def sqlite_process_lock(engine: Engine) -> FileLock:
    """The lock that SQLite's writers of all processes share, beside the database's file."""
    return FileLock(Path(f"{engine.url.database}.lock"))
