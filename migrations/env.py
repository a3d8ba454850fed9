"""Runs migrations on a connection it is handed, each in a transaction of its own."""

from alembic import context
from sqlalchemy import Connection
from sqlmodel import SQLModel

import api.db.tables  # noqa: F401 - fills the metadata

# A migration that cannot get its lock gives up rather than queue every reader behind it.
LOCK_TIMEOUT = "5s"
STATEMENT_TIMEOUT = "15min"


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        compare_type=True,
        compare_server_default=True,
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=True,
    )
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
        connection.exec_driver_sql(f"SET statement_timeout = '{STATEMENT_TIMEOUT}'")
        connection.commit()
    with context.begin_transaction():
        context.run_migrations()


handed_over = context.config.attributes.get("connection")
if handed_over is None:
    raise SystemExit("run migrations with `rapport migrate`, which brings the connection")
run(handed_over)
