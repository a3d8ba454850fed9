"""The SQL of matches."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from api.auth.scope import ClinicScope
from api.db.tables import Client, Match
from api.db.tables.base import table_of
from api.ids import new_id

_matches = table_of(Match)
_clients = table_of(Client)
# Built once: putting a statement together costs more than running it.
_CLIENT_ID = select(_clients.c.id).where(
    _clients.c.clinic_id == bindparam("clinic_id"), _clients.c.reference == bindparam("reference")
)
_MATCH = select(_matches).where(
    _matches.c.clinic_id == bindparam("clinic_id"), _matches.c.id == bindparam("match_id")
)
_INSERT_MATCH = insert(_matches)
_INSERT_CLIENT = {
    "sqlite": sqlite.insert(_clients).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(_clients).on_conflict_do_nothing(),
}


def client_id_of(scope: ClinicScope, reference: str, now: datetime) -> UUID:
    """The id of the clinic's client of that reference, who is added where new."""
    connection = scope.connection
    client = {"clinic_id": scope.clinic_id, "reference": reference}
    found: UUID | None = connection.execute(_CLIENT_ID, client).scalar_one_or_none()
    if found is not None:
        return found
    row = {**client, "id": new_id(), "created_at": now}
    connection.execute(_INSERT_CLIENT[connection.dialect.name], row)
    added: UUID = connection.execute(_CLIENT_ID, client).scalar_one()
    return added


def insert_match(scope: ClinicScope, row: dict[str, Any]) -> None:
    """Store a match of the scope's clinic."""
    scope.connection.execute(_INSERT_MATCH, {"clinic_id": scope.clinic_id, **row})


def match_of(scope: ClinicScope, match_id: UUID) -> Row[Any] | None:
    """The clinic's match of that id."""
    named = {"clinic_id": scope.clinic_id, "match_id": match_id}
    return scope.connection.execute(_MATCH, named).one_or_none()
