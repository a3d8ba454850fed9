"""Engines for SQLite and PostgreSQL, set up so that no acknowledged write is lost."""

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

# SQLite writers queue on a lock of ours before they reach the database's; this is the long stop.
SQLITE_BUSY_SECONDS = 30
LOCK_TIMEOUT_MS = 10_000
STATEMENT_TIMEOUT_MS = 60_000


def make_engine(database_url: str) -> Engine:
    """An engine for `database_url`; a plain `postgresql://` uses the psycopg driver.

    Errors never carry bound parameters: they could be a client's words.
    """
    try:
        url = make_url(database_url)
    except ArgumentError:
        raise ValueError(
            "RAPPORT_DATABASE_URL must look like sqlite:///FILE or"
            " postgresql://USER:PASSWORD@HOST/NAME"
        ) from None
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url)
    if url.get_backend_name() != "postgresql":
        raise ValueError("the database must be SQLite or PostgreSQL")
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    return _postgresql_engine(url)


def _sqlite_engine(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise ValueError("SQLite needs a file: sqlite:///FILE")
    file = Path(url.database)
    if not file.parent.is_dir():
        raise ValueError("the folder of the SQLite file does not exist: make it first")
    # Clients' wishes are in it: nobody else on the machine may read it.
    if not file.exists():
        file.touch(mode=0o600)
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=20,
        max_overflow=40,
        connect_args={"check_same_thread": False, "timeout": SQLITE_BUSY_SECONDS},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver would begin transactions too late to be trusted; `UnitOfWork` begins them.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # an acknowledged write survives a power cut
        "foreign_keys=ON",
        f"busy_timeout={SQLITE_BUSY_SECONDS * 1000}",
        "secure_delete=ON",  # what is erased is overwritten, not just unlinked
    ):
        connection.execute(f"PRAGMA {pragma}")


def _postgresql_engine(url: URL) -> Engine:
    return create_engine(
        url,
        hide_parameters=True,
        pool_size=20,
        max_overflow=40,
        pool_pre_ping=True,
        connect_args={
            "options": f"-c lock_timeout={LOCK_TIMEOUT_MS}"
            f" -c statement_timeout={STATEMENT_TIMEOUT_MS} -c timezone=UTC"
        },
    )
