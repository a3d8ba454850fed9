"""Who reads the comments that clients leave with a rating: the key that the clinic named."""

from uuid import UUID

from sqlalchemy import select

from api.auth.roles import Role
from api.auth.scope import ClinicScope
from api.db.tables import AccessKey
from api.db.tables.base import table_of
from api.store.clinic_settings import read_settings

_READING = (Role.STAFF.value, Role.ADMIN.value)

_keys = table_of(AccessKey)


def reader_key(scope: ClinicScope) -> UUID | None:
    """The key that reads comments; None where none is named, or where it was revoked since."""
    named = read_settings(scope).named_reader_key
    return named if named is not None and may_be_reader(scope, named) else None


def may_be_reader(scope: ClinicScope, key_id: UUID) -> bool:
    """Whether it is a live key of the clinic's staff."""
    query = select(_keys.c.id).where(
        _keys.c.clinic_id == scope.clinic_id,
        _keys.c.id == key_id,
        _keys.c.role.in_(_READING),
        _keys.c.revoked_at.is_(None),
    )
    return scope.connection.execute(query).one_or_none() is not None
