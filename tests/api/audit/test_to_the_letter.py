"""SQLite stores ids and times as text, which must be the very text that the service writes."""

from uuid import UUID

import pytest
from sqlalchemy import update

from api.db.database import Database
from api.ids import new_id
from tests.factories.audit import ROWS, add_rows, said, sealed, tampering, verified


@pytest.mark.parametrize(
    ("column", "changed"),
    [
        ("key_id", "upper(key_id)"),
        ("subject_id", "upper(subject_id)"),
        ("subject_id", "substr(subject_id, 1, 8) || '-' || substr(subject_id, 9)"),
        ("request_id", "'{' || request_id || '}'"),
        ("at", "replace(at, ' ', 'T')"),
        ("at", "at || '000'"),
    ],
)
def test_other_text_that_reads_the_same_is_named(
    database: Database, clinic_id: UUID, column: str, changed: str
) -> None:
    """No query by the key or the record would find the row any more."""
    if database.engine.dialect.name != "sqlite":
        pytest.skip("its columns hold what their types say")
    (row_id,) = add_rows(database, clinic_id, 1)
    with tampering(database) as connection:
        named = {"key_id": new_id(), "subject_id": new_id(), "request_id": new_id()}
        connection.execute(update(ROWS).where(ROWS.c.id == row_id).values(named))
    sealed(database, clinic_id)
    assert said(verified(database, clinic_id)) == set()
    with database.writing() as connection:
        statement = f"UPDATE audit SET {column} = {changed} WHERE id = ?"  # noqa: S608 - our own
        assert connection.exec_driver_sql(statement, (row_id.hex,)).rowcount == 1
    assert said(verified(database, clinic_id)) == {("row_unreadable", 1, row_id)}
