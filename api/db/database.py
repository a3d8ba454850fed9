"""The database as the service sees it: connections that read, and units of work that commit."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from api.db.cache import LruCache
from api.db.engine import make_engine
from api.db.writers import Turn, Writers, writers_of


class UnitOfWork:
    """One transaction: reads first, then writes from `begin_write` on.

    Reads before `begin_write` each see what is committed then; the service reads by version, so
    they fit together all the same. Whoever opened the unit commits or undoes it; services never do.
    """

    def __init__(self, engine: Engine, writers: Writers, *, alone: bool = False) -> None:
        self._engine = engine
        self._writers = writers
        self._alone = alone
        self._reading: Connection | None = None
        self._turn: Turn | None = None
        self._after: list[Callable[[], None]] = []

    @property
    def connection(self) -> Connection:
        """The unit's connection, taken from the pool when it is first needed."""
        if self._turn is not None:
            return self._turn.connection
        if self._reading is None:
            self._reading = self._engine.connect()
        return self._reading

    @property
    def writing(self) -> bool:
        """Whether `begin_write` was called."""
        return self._turn is not None

    def begin_write(self) -> Connection:
        """Wait for the turn to write; what was read before may be out of date from here on."""
        if self._turn is None:
            self.stop_reading()
            self._turn = self._writers.begin(alone=self._alone)
        return self._turn.connection

    def commit(self) -> None:
        """Return when the writes are durable, and what was to follow them is done."""
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.commit()
            after, self._after = self._after, []
            for work in after:
                work()

    def after_commit(self, work: Callable[[], None]) -> None:
        """Do `work` once the writes are durable; it must not fail, and is forgotten with them."""
        self._after.append(work)

    def stop_reading(self) -> None:
        """Give the connection back until it is used again, unless the unit is writing.

        For long work between reads: on PostgreSQL a connection that has read is in a transaction,
        whose locks keep migrations waiting.
        """
        reading, self._reading = self._reading, None
        if reading is not None:
            reading.close()

    def close(self) -> None:
        """Undo what was not committed, and give the connection back until it is used again."""
        self._after = []
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.rollback()
        self.stop_reading()


class Database:
    """One engine, its queue of writers, and what this process remembers of what it read."""

    def __init__(self, database_url: str, cache_cost: int = 2_000_000) -> None:
        self.engine = make_engine(database_url)
        self.cache = LruCache(cache_cost)
        self._writers = writers_of(self.engine)

    def open_unit(self, *, alone: bool = False) -> UnitOfWork:
        """A unit of work that its opener commits and closes; `alone` shares no commit."""
        return UnitOfWork(self.engine, self._writers, alone=alone)

    @contextmanager
    def unit(self, *, alone: bool = False) -> Iterator[UnitOfWork]:
        """A unit of work, committed at the end of the block and undone by an exception."""
        unit = self.open_unit(alone=alone)
        try:
            yield unit
            unit.commit()
        finally:
            unit.close()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection that holds the write lock from its first statement."""
        with self.unit() as unit:
            yield unit.begin_write()

    @contextmanager
    def no_writers(self) -> Iterator[None]:
        """Keep the writers of all processes waiting, with no transaction of theirs open.

        On SQLite alone: PostgreSQL's writers stand in no queue of ours.
        """
        with self._writers.held_off():
            yield

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection whose work is never committed."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection whose reads all see the database as it is at the first of them."""
        with self.engine.connect() as connection:
            if self.engine.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN")
                yield connection
            else:
                yield connection.execution_options(isolation_level="REPEATABLE READ")

    def dispose(self) -> None:
        """Close every pooled connection and the queue."""
        self.engine.dispose()
        self._writers.close()
