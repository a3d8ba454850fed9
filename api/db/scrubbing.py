"""What was erased is gone from SQLite's files too, not only from its tables.

`secure_delete` overwrites a deleted row where it stands. Yet rows move between pages as a table
grows and shrinks, and where they stood before their bytes stay; so does the write-ahead log keep
pages as they were. Hence the file is written anew, and the log emptied, whenever something was
erased. `PRAGMA user_version` says in the file itself up to which tombstone that was done: a process
that is killed in between leaves it to the next.

PostgreSQL keeps dead rows until it vacuums, which is its operator's to arrange (`docs/rights.md`).
"""

import time
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from api.db.database import Database

# Written anew while the caller waits, in a fraction of a second; larger ones by the duty.
SMALL_BYTES = 64 * 1024 * 1024
# Others wait to write meanwhile, so at most a hundredth of the time is spent on it.
_REST = 100
_BUSY_MILLISECONDS = 250


def scrub(database: Database) -> bool:
    """Rewrite the file if anything was erased since it was last done; False: somebody was reading.

    Writers wait meanwhile; readers do not, but one who goes on reading what was there before keeps
    the log from being emptied.
    """
    if database.engine.dialect.name != "sqlite":
        return True
    with database.reading() as connection:
        if _is_done(connection):
            return True
    with database.no_writers(), database.engine.connect() as connection:
        # It is closed afterwards, and with it goes the short time-out.
        connection.detach()
        connection.exec_driver_sql(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
        # First, so that no file is rewritten in vain.
        if not _log_is_emptied(connection):
            return False
        connection.exec_driver_sql("VACUUM")
        if not _log_is_emptied(connection):
            return False
        last = _last_tombstone(connection)
        connection.exec_driver_sql(f"PRAGMA user_version={last}")
    return True


def scrub_small(database: Database) -> None:
    """Rewrite the file at once where that is quick; what is left is the duty's."""
    file = Path(database.engine.url.database or "")
    if database.engine.dialect.name == "sqlite" and file.stat().st_size <= SMALL_BYTES:
        # What was erased is committed: a locked file must not make it look otherwise.
        with suppress(OperationalError):
            scrub(database)


class ScrubDuty:
    """Sees to it that the file is rewritten soon after something was erased."""

    def __init__(self) -> None:
        self._not_before = 0.0

    def __call__(self, database: Database) -> None:
        """Rewrite the file if it is due, and rest in proportion to how long that took."""
        started = time.monotonic()
        if started < self._not_before:
            return
        try:
            scrub(database)
        finally:
            ended = time.monotonic()
            self._not_before = ended + _REST * (ended - started)


def _is_done(connection: Connection) -> bool:
    done: int = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    return done == _last_tombstone(connection)


def _last_tombstone(connection: Connection) -> int:
    """The number of the newest tombstone's row; rewriting the file may number them anew."""
    query = "SELECT coalesce(max(rowid), 0) FROM tombstones"
    last: int = connection.exec_driver_sql(query).scalar_one()
    return last


def _log_is_emptied(connection: Connection) -> bool:
    busy: int = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
    return busy == 0
