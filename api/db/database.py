"""The database as the service sees it: sessions that read, and units of work that commit."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import Engine
from sqlmodel import Session

from api.db.cache import LruCache
from api.db.engine import WRITE_OPTION, make_engine
from api.db.writer_lock import WriterLock, writer_lock


class UnitOfWork:
    """One transaction. It reads from the start, and holds the write lock from `begin_write` on.

    Whoever opened it commits or rolls back; services never do.
    """

    def __init__(self, engine: Engine, lock: WriterLock) -> None:
        self.session = Session(engine, autoflush=False, expire_on_commit=False)
        self._lock = lock
        self._held: AbstractContextManager[None] | None = None
        self.writing = False

    def begin_write(self) -> Session:
        """Take the write lock; what was read before may be out of date from here on."""
        if not self.writing:
            self.session.rollback()
            held = self._lock.held()
            held.__enter__()
            self._held = held
            self.writing = True
            self.session.connection(execution_options={WRITE_OPTION: True})
        return self.session

    def commit(self) -> None:
        """Make the writes durable and let the next writer in."""
        try:
            self.session.commit()
        finally:
            self._release()

    def rollback(self) -> None:
        """Undo the writes and let the next writer in."""
        try:
            self.session.rollback()
        finally:
            self._release()

    def close(self) -> None:
        """Give the connection back; uncommitted writes are undone."""
        try:
            self.session.close()
        finally:
            self._release()

    def _release(self) -> None:
        self.writing = False
        if self._held is not None:
            held, self._held = self._held, None
            held.__exit__(None, None, None)


class Database:
    """One engine, its queue of writers, and what this process remembers of what it read."""

    def __init__(self, database_url: str, cache_cost: int = 2_000_000) -> None:
        self.engine = make_engine(database_url)
        self.cache = LruCache(cache_cost)
        self._lock = writer_lock(self.engine)

    @contextmanager
    def unit(self) -> Iterator[UnitOfWork]:
        """A unit of work, committed at the end of the block and undone by an exception."""
        unit = UnitOfWork(self.engine, self._lock)
        try:
            yield unit
            unit.commit()
        finally:
            unit.close()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A unit of work that holds the write lock from its first statement."""
        with self.unit() as unit:
            yield unit.begin_write()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that is never committed."""
        with Session(self.engine, autoflush=False) as session:
            yield session

    def dispose(self) -> None:
        """Close every pooled connection and the queue."""
        self.engine.dispose()
        self._lock.close()
