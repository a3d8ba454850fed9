"""Who did something, as a person reads it: the name of the key, or what kind of key it was."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import select

from api.auth.roles import Role
from api.auth.scope import ClinicScope
from api.db.tables import AccessKey
from api.db.tables.base import table_of

_KINDS: Mapping[str, str] = MappingProxyType(
    {
        Role.INTAKE: "Intake form",
        Role.STAFF: "Staff",
        Role.ADMIN: "Administrator",
        Role.AUDITOR: "Auditor",
        Role.CLIENT: "A client’s private link",
        Role.THERAPIST: "A therapist’s private link",
    }
)
# Enough of an id to tell the clinic's keys apart; ids made in the same moment begin alike.
_SHORT = 8

_keys = table_of(AccessKey)


def key_names(scope: ClinicScope, key_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """The names of those of the keys that were given one."""
    rows = _rows(scope, key_ids)
    return {key_id: name for key_id, (name, _) in rows.items() if name is not None}


def holders(scope: ClinicScope, key_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """What each of the keys is called: its name, else its role and the end of its id.

    A key that is there no more, such as an erased client's, is called by the end of its id alone.
    """
    wanted = {key_id for key_id in key_ids if key_id is not None}
    rows = _rows(scope, wanted)
    return {key_id: called(key_id, *rows.get(key_id, (None, None))) for key_id in wanted}


def called(key_id: UUID, name: str | None, role: str | None) -> str:
    """What one key is called."""
    if name is not None:
        return name
    end = f"key …{str(key_id)[-_SHORT:]}"
    return f"{_KINDS[role]}, {end}" if role is not None else end


def _rows(
    scope: ClinicScope, key_ids: Iterable[UUID | None]
) -> dict[UUID, tuple[str | None, str | None]]:
    wanted = {key_id for key_id in key_ids if key_id is not None}
    query = select(_keys.c.id, _keys.c.name, _keys.c.role).where(
        _keys.c.clinic_id == scope.clinic_id, _keys.c.id.in_(wanted)
    )
    return {row.id: (row.name, row.role) for row in scope.connection.execute(query)}
