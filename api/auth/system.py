"""A clinic's scope for the command line, where the operator and not a key is at work."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import Connection, select

from api.auth.roles import Role
from api.auth.scope import STATE_COLUMNS, ClinicScope, ClinicState
from api.db.database import Database
from api.db.tables import Clinic
from api.db.tables.base import table_of
from api.problems import NotFound


@contextmanager
def clinic_scope(database: Database, clinic_id: UUID) -> Iterator[ClinicScope]:
    """The scope of a clinic, committed at the end of the block.

    Raises:
        NotFound: there is no such clinic.
    """
    with database.unit() as unit:
        state = clinic_state(unit.connection, clinic_id)
        if state is None:
            raise NotFound("there is no such clinic; `rapport clinics create NAME` makes one")
        yield ClinicScope(state, None, Role.ADMIN, unit, database)


def clinic_state(connection: Connection, clinic_id: UUID) -> ClinicState | None:
    """Which versions are current for a clinic; None where there is no such clinic."""
    query = select(*STATE_COLUMNS).where(table_of(Clinic).c.id == clinic_id)
    row = connection.execute(query).one_or_none()
    return None if row is None else ClinicState(*row)
