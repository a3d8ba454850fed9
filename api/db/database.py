"""The database as the service sees it: connections that read, and units of work that commit."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import Connection, Engine

from api.db.cache import LruCache
from api.db.engine import make_engine
from api.db.writer_lock import WriterLock, writer_lock


class UnitOfWork:
    """One transaction: reads first, then holds the write lock from `begin_write` on.

    Reads before `begin_write` each see what is committed then; the service reads by version, so
    they fit together all the same. Whoever opened the unit commits or undoes it; services never do.
    """

    def __init__(self, engine: Engine, lock: WriterLock) -> None:
        self._engine = engine
        self._lock = lock
        self._opened: Connection | None = None
        self._held: AbstractContextManager[None] | None = None

    @property
    def connection(self) -> Connection:
        """The unit's connection, taken from the pool when it is first needed."""
        if self._opened is None:
            self._opened = self._engine.connect()
        return self._opened

    @property
    def writing(self) -> bool:
        """Whether the write lock is held."""
        return self._held is not None

    def begin_write(self) -> Connection:
        """Take the write lock; what was read before may be out of date from here on."""
        if self._held is None:
            self.connection.rollback()
            held = self._lock.held()
            held.__enter__()
            self._held = held
            if self.connection.dialect.name == "sqlite":
                self.connection.exec_driver_sql("BEGIN IMMEDIATE")
        return self.connection

    def commit(self) -> None:
        """Make the writes durable and let the next writer in."""
        try:
            if self._opened is not None:
                self._opened.commit()
        finally:
            self._release()

    def rollback(self) -> None:
        """Undo the writes, let the next writer in, give the connection back until it is used."""
        self.close()

    def close(self) -> None:
        """Give the connection back; uncommitted writes are undone."""
        opened, self._opened = self._opened, None
        try:
            if opened is not None:
                opened.close()
        finally:
            self._release()

    def _release(self) -> None:
        if self._held is not None:
            held, self._held = self._held, None
            held.__exit__(None, None, None)


class Database:
    """One engine, its queue of writers, and what this process remembers of what it read."""

    def __init__(self, database_url: str, cache_cost: int = 2_000_000) -> None:
        self.engine = make_engine(database_url)
        self.cache = LruCache(cache_cost)
        self._lock = writer_lock(self.engine)

    def open_unit(self) -> UnitOfWork:
        """A unit of work that its opener commits and closes."""
        return UnitOfWork(self.engine, self._lock)

    @contextmanager
    def unit(self) -> Iterator[UnitOfWork]:
        """A unit of work, committed at the end of the block and undone by an exception."""
        unit = self.open_unit()
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
    def reading(self) -> Iterator[Connection]:
        """A connection whose work is never committed."""
        with self.engine.connect() as connection:
            yield connection

    def dispose(self) -> None:
        """Close every pooled connection and the queue."""
        self.engine.dispose()
        self._lock.close()
