"""One queue for SQLite's writers, in this process and across processes.

SQLite's own waiting is sleeping and trying again: writers that meet wait for up to a hundred times
as long as they need. A lock in front of `BEGIN IMMEDIATE` wakes the next writer at once.
"""

import fcntl
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from sqlalchemy import Engine


class FileWriterLock:
    """Held by one thread of one process at a time, by way of a lock on `path`."""

    def __init__(self, path: Path) -> None:
        self._thread_lock = threading.Lock()
        path.touch(mode=0o600, exist_ok=True)
        self._file = path.open("rb")

    @contextmanager
    def held(self) -> Iterator[None]:
        """Wait for the turn, hold it for the block."""
        with self._thread_lock:
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go of the file; the lock cannot be held again."""
        self._file.close()


class NoWriterLock:
    """PostgreSQL needs no queue of ours."""

    def held(self) -> AbstractContextManager[None]:
        """Nothing to wait for."""
        return nullcontext()

    def close(self) -> None:
        """Nothing to let go of."""


WriterLock = FileWriterLock | NoWriterLock


def writer_lock(engine: Engine) -> WriterLock:
    """The queue that `engine`'s writers stand in."""
    if engine.dialect.name != "sqlite":
        return NoWriterLock()
    return FileWriterLock(Path(f"{engine.url.database}.lock"))
