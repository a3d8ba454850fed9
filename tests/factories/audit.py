"""A clinic's audit trail in the hands of a test: added to, sealed, verified, tampered with."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select

from api.audit.record import record
from api.audit.sealing import seal_all
from api.audit.verifying import Verdict, verify
from api.auth.system import clinic_scope
from api.clock import utc_now
from api.db.database import Database
from api.db.tables import AuditRow
from api.db.tables.base import table_of
from api.ids import new_id

ROWS = table_of(AuditRow)


def add_rows(database: Database, clinic_id: UUID, number: int) -> list[UUID]:
    """Record so many actions; the ids of their rows, in order."""
    with clinic_scope(database, clinic_id) as scope:
        scope.unit.begin_write()
        for count in range(number):
            record(scope, "something.done", new_id(), {"count": count, "kind": "a", "by": {"b": 1}})
    with database.reading() as connection:
        query = select(ROWS.c.id).where(ROWS.c.clinic_id == clinic_id).order_by(ROWS.c.id)
        return list(connection.execute(query).scalars())[-number:]


def sealed(database: Database, clinic_id: UUID) -> int:
    """Seal what there is; how many rows that was."""
    with clinic_scope(database, clinic_id) as scope:
        return seal_all(scope)


def verified(
    database: Database, clinic_id: UUID, noted: tuple[int, bytes] | None = None
) -> Verdict:
    """What verifying finds now."""
    with database.snapshot() as connection:
        return verify(connection, clinic_id, utc_now(), noted)


def said(verdict: Verdict) -> set[tuple[str, int | None, UUID | None]]:
    """What was found, where."""
    return {(one.what, one.seal, one.row_id) for one in verdict.problems}


@contextmanager
def tampering(database: Database) -> Iterator[Connection]:
    """A connection of somebody who may do anything: no trigger and no check stands in the way."""
    with database.writing() as connection:
        for trigger in _triggers(connection):
            connection.exec_driver_sql(trigger)
        yield connection


def _triggers(connection: Connection) -> list[str]:
    if connection.dialect.name == "postgresql":
        return [f"ALTER TABLE {name} DISABLE TRIGGER ALL" for name in ("audit", "audit_seals")]
    query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'audit%'"
    names = connection.exec_driver_sql(query).scalars().all()
    return [f"DROP TRIGGER {name}" for name in names]


def slip_in(database: Database, clinic_id: UUID, ago: timedelta, **other: Any) -> UUID:
    """A row that was never recorded, as if it had been so long ago; its id."""
    at = utc_now() - ago
    milliseconds = int(at.timestamp() * 1000)
    row = {
        "clinic_id": clinic_id,
        "id": UUID(int=(milliseconds << 80) | (new_id().int & ((1 << 80) - 1))),
        "at": at,
        "action": "client.read",
        "details": {},
        **other,
    }
    with database.writing() as connection:
        connection.execute(insert(ROWS), row)
    slipped: UUID = row["id"]
    return slipped
