"""Bring a database to the newest migration, one process at a time."""

import logging
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine

import migrations
from api.db.writers import sqlite_process_lock

logger = logging.getLogger(__name__)

# Any number that nothing else in the database uses as an advisory lock.
ADVISORY_LOCK = 7_263_900_418


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's configuration for the `migrations` package."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def newest_revision() -> str:
    """The revision that this release expects."""
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    if head is None:
        raise RuntimeError("the migrations package holds no migration")
    return head


def current_revision(engine: Engine) -> str | None:
    """The revision that the database is at, None where it has no tables yet."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run what is missing up to `revision`; a second process waits and then finds nothing to do."""
    with _alone(engine) as connection:
        try:
            command.upgrade(alembic_config(connection), revision)
        except CommandError:
            raise ValueError(
                "the database belongs to another release of Rapport: use that release, or one after"
            ) from None


def downgrade(engine: Engine, revision: str) -> None:
    """Run migrations backwards; for tests only, since landed migrations go forward."""
    with _alone(engine) as connection:
        command.downgrade(alembic_config(connection), revision)


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    if engine.dialect.name == "sqlite":
        with closing(sqlite_process_lock(engine)) as lock, lock.held(), engine.connect() as only:
            # The driver begins nothing by itself: without this each table would commit alone.
            only.exec_driver_sql("BEGIN IMMEDIATE")
            yield only
            only.commit()
        return
    with engine.connect() as connection, engine.connect() as guard:
        guard.exec_driver_sql("SET lock_timeout = 0")
        guard.exec_driver_sql("SET statement_timeout = 0")
        guard.exec_driver_sql(f"SELECT pg_advisory_lock({ADVISORY_LOCK})")
        try:
            yield connection
            connection.commit()
        finally:
            # The session keeps an advisory lock through a commit; only this gives it back.
            guard.exec_driver_sql(f"SELECT pg_advisory_unlock({ADVISORY_LOCK})")
            guard.invalidate()
