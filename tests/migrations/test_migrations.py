"""Migrations and tables say the same, in both directions, empty and with rows."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlmodel import SQLModel

import api.db.tables  # noqa: F401 - fills the metadata
from api.auth.keys import create_key
from api.auth.roles import Role
from api.clinics.creation import create_clinic
from api.db.database import Database
from api.db.migrate import current_revision, downgrade, newest_revision, upgrade


def drift(engine: Engine) -> list[object]:
    options = {"compare_type": True, "compare_server_default": True}
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, SQLModel.metadata))


def test_migrations_and_tables_agree(empty_url: str) -> None:
    database = Database(empty_url)
    upgrade(database.engine)
    assert drift(database.engine) == []
    assert current_revision(database.engine) == newest_revision()
    database.dispose()


def test_the_drift_check_sees_a_column_that_no_table_has(empty_url: str) -> None:
    database = Database(empty_url)
    upgrade(database.engine)
    with database.writing() as connection:
        connection.execute(text("ALTER TABLE clients ADD COLUMN more INTEGER"))
    assert drift(database.engine) != []
    database.dispose()


def test_down_to_nothing_and_up_again(empty_url: str) -> None:
    database = Database(empty_url)
    upgrade(database.engine)
    downgrade(database.engine, "base")
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}
    upgrade(database.engine)
    assert drift(database.engine) == []
    database.dispose()


def test_upgrading_again_keeps_rows(database: Database) -> None:
    with database.writing() as connection:
        clinic_id = create_clinic(connection, "Clinic")
        create_key(connection, clinic_id, Role.ADMIN)
    upgrade(database.engine)
    with database.reading() as connection:
        names = connection.execute(text("SELECT name FROM clinics")).scalars().all()
    assert names == ["Clinic"]


def test_down_to_nothing_with_rows(database: Database) -> None:
    with database.writing() as connection:
        create_clinic(connection, "Clinic")
    downgrade(database.engine, "base")
    upgrade(database.engine)
    assert drift(database.engine) == []
