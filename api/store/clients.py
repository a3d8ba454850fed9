"""A clinic's clients by the clinic's own references; who is new is added."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from api.auth.scope import ClinicScope
from api.db.tables import Client, Match
from api.db.tables.base import table_of
from api.ids import new_id

_clients = table_of(Client)
_matches = table_of(Match)
# Built once: putting a statement together costs more than running it.
_CLIENT_ID = (
    select(_clients.c.id)
    .where(
        _clients.c.clinic_id == bindparam("clinic_id"),
        _clients.c.reference == bindparam("reference"),
    )
    # Nobody erases the client before what is said of them is committed.
    .with_for_update(read=True, key_share=True)
)
_CLIENT_IDS = select(_clients.c.reference, _clients.c.id).where(
    _clients.c.clinic_id == bindparam("clinic_id"),
    _clients.c.reference.in_(bindparam("references", expanding=True)),
)
_CLIENT = select(_clients).where(
    _clients.c.clinic_id == bindparam("clinic_id"), _clients.c.reference == bindparam("reference")
)
_CLIENT_BY_ID = select(_clients).where(
    _clients.c.clinic_id == bindparam("clinic_id"), _clients.c.id == bindparam("client_id")
)
_ADD = {
    "sqlite": sqlite.insert(_clients).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(_clients).on_conflict_do_nothing(),
}


def find_client(scope: ClinicScope, reference: str) -> Row[Any] | None:
    """The clinic's client of that reference, with their consents."""
    named = {"clinic_id": scope.clinic_id, "reference": reference}
    return scope.connection.execute(_CLIENT, named).one_or_none()


def client_of(scope: ClinicScope, client_id: UUID) -> Row[Any] | None:
    """The clinic's client of that id, with their consents."""
    named = {"clinic_id": scope.clinic_id, "client_id": client_id}
    return scope.connection.execute(_CLIENT_BY_ID, named).one_or_none()


def add_unnamed_client(scope: ClinicScope, match_id: UUID, now: datetime) -> UUID:
    """Add the client of a match that was asked for without one, with a reference of our own."""
    client_id = new_id()
    row = {
        "clinic_id": scope.clinic_id,
        "id": client_id,
        "reference": _unnamed(client_id),
        "created_at": now,
    }
    scope.connection.execute(insert(_clients), row)
    scope.connection.execute(
        update(_matches)
        .where(_matches.c.clinic_id == scope.clinic_id, _matches.c.id == match_id)
        .values(client_id=client_id)
    )
    return client_id


def is_unnamed(client: Row[Any]) -> bool:
    """Whether the clinic gave the client no reference."""
    return bool(client.reference == _unnamed(client.id))


def client_id_of(scope: ClinicScope, reference: str, now: datetime) -> UUID:
    """The id of the clinic's client of that reference, who is added where new."""
    connection = scope.connection
    client = {"clinic_id": scope.clinic_id, "reference": reference}
    # Who was added by others meanwhile may be erased again before they are found.
    while (found := connection.execute(_CLIENT_ID, client).scalar_one_or_none()) is None:
        row = {**client, "id": new_id(), "created_at": now}
        connection.execute(_ADD[connection.dialect.name], row)
    client_id: UUID = found
    return client_id


def client_ids_of(scope: ClinicScope, references: Iterable[str], now: datetime) -> dict[str, UUID]:
    """The ids of many clients by reference; who is new is added."""
    wanted = set(references)
    found = _found(scope, wanted)
    # In one order, so that two transactions never each wait for a client that the other adds.
    missing = sorted(wanted - found.keys())
    if missing:
        connection = scope.connection
        rows = [
            {"clinic_id": scope.clinic_id, "reference": one, "id": new_id(), "created_at": now}
            for one in missing
        ]
        connection.execute(_ADD[connection.dialect.name], rows)
        found |= _found(scope, set(missing))
    return found


def _unnamed(client_id: UUID) -> str:
    return f"unnamed-{client_id}"


def _found(scope: ClinicScope, references: set[str]) -> dict[str, UUID]:
    named = {"clinic_id": scope.clinic_id, "references": list(references)}
    rows = scope.connection.execute(_CLIENT_IDS, named).all()
    return {row.reference: row.id for row in rows}
