"""A clinic's clients by the clinic's own references; who is new is added."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from api.auth.scope import ClinicScope
from api.db.tables import Client
from api.db.tables.base import table_of
from api.ids import new_id

_clients = table_of(Client)
# Built once: putting a statement together costs more than running it.
_CLIENT_ID = select(_clients.c.id).where(
    _clients.c.clinic_id == bindparam("clinic_id"), _clients.c.reference == bindparam("reference")
)
_CLIENT_IDS = select(_clients.c.reference, _clients.c.id).where(
    _clients.c.clinic_id == bindparam("clinic_id"),
    _clients.c.reference.in_(bindparam("references", expanding=True)),
)
_ADD = {
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
    connection.execute(_ADD[connection.dialect.name], row)
    added: UUID = connection.execute(_CLIENT_ID, client).scalar_one()
    return added


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


def _found(scope: ClinicScope, references: set[str]) -> dict[str, UUID]:
    named = {"clinic_id": scope.clinic_id, "references": list(references)}
    rows = scope.connection.execute(_CLIENT_IDS, named).all()
    return {row.reference: row.id for row in rows}
