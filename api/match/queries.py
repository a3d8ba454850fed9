"""The SQL of matches."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from api.auth.scope import ClinicScope
from api.db.tables import Client, Match
from api.db.tables.base import table_of
from api.ids import new_id

_matches = table_of(Match)
_clients = table_of(Client)
_INSERT_MATCH = insert(_matches)
_INSERT_CLIENT = {
    "sqlite": sqlite.insert(_clients).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(_clients).on_conflict_do_nothing(),
}


def client_id_of(scope: ClinicScope, reference: str, now: datetime) -> UUID:
    """The id of the clinic's client of that reference, who is added where new."""
    connection = scope.session.connection()
    query = select(_clients.c.id).where(
        _clients.c.clinic_id == scope.clinic_id, _clients.c.reference == reference
    )
    found: UUID | None = connection.execute(query).scalar_one_or_none()
    if found is not None:
        return found
    row = {
        "clinic_id": scope.clinic_id,
        "id": new_id(),
        "reference": reference,
        "created_at": now,
    }
    connection.execute(_INSERT_CLIENT[connection.dialect.name], row)
    added: UUID = connection.execute(query).scalar_one()
    return added


def insert_match(scope: ClinicScope, row: dict[str, Any]) -> None:
    """Store a match of the scope's clinic."""
    scope.session.connection().execute(_INSERT_MATCH, {"clinic_id": scope.clinic_id, **row})


def match_of(scope: ClinicScope, match_id: UUID) -> Row[Any] | None:
    """The clinic's match of that id."""
    query = select(_matches).where(
        _matches.c.clinic_id == scope.clinic_id, _matches.c.id == match_id
    )
    return scope.session.connection().execute(query).one_or_none()
