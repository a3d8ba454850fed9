"""Keys: made once, shown once, stored as a hash.

The secret is 256 random bits, so one round of SHA-256 is as good as a slow password hash, and a
request costs one look-up.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update

from api.auth.roles import NARROW_ROLES, Role
from api.clock import utc_now
from api.db.tables import AccessKey
from api.db.tables.base import table_of
from api.ids import new_id

PREFIX = "rapport_"
SECRET_BYTES = 32
# Longer than any key of ours; what is longer is refused before it is hashed.
MAX_KEY_LENGTH = 128

_keys = table_of(AccessKey)
KEYS = (
    select(_keys.c.id, _keys.c.role, _keys.c.name, _keys.c.created_at, _keys.c.revoked_at)
    .where(
        _keys.c.clinic_id == bindparam("clinic_id"),
        _keys.c.subject_id.is_(None),
        _keys.c.parent_id.is_(None),
    )
    .order_by(_keys.c.id)
)


def create_key(
    connection: Connection, clinic_id: UUID, role: Role, name: str | None = None
) -> tuple[UUID, str]:
    """Store a new key's hash; returns its id and the key itself, which is not kept.

    `name` says what or who holds it, as `KeyName` bounds it.
    """
    key = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    key_id = new_id()
    row = {
        "clinic_id": clinic_id,
        "id": key_id,
        "role": role.value,
        "secret_hash": hash_key(key),
        "created_at": utc_now(),
        "name": name,
    }
    connection.execute(insert(_keys), row)
    return key_id, key


def create_narrow_key(
    connection: Connection, clinic_id: UUID, role: Role, subject_id: UUID, lasting: timedelta
) -> tuple[UUID, str, datetime]:
    """Store the hash of a new key of one client or therapist; its id, the key, when it expires."""
    if role not in NARROW_ROLES:
        raise ValueError("a narrow key is a client's or a therapist's")
    key = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    key_id, now = new_id(), utc_now()
    row = {
        "clinic_id": clinic_id,
        "id": key_id,
        "role": role.value,
        "secret_hash": hash_key(key),
        "created_at": now,
        "subject_id": subject_id,
        "expires_at": now + lasting,
    }
    connection.execute(insert(_keys), row)
    return key_id, key, now + lasting


def live_narrow_keys(
    connection: Connection, clinic_id: UUID, role: Role, subject_id: UUID
) -> Sequence[UUID]:
    """The ids of one client's or therapist's keys that are not ended; sessions are none."""
    query = select(_keys.c.id).where(
        _keys.c.clinic_id == clinic_id,
        _keys.c.role == role.value,
        _keys.c.subject_id == subject_id,
        _keys.c.parent_id.is_(None),
        _keys.c.revoked_at.is_(None),
    )
    return connection.execute(query).scalars().all()


def create_session(
    connection: Connection, parent_hash: bytes, roles: frozenset[Role], lasting: timedelta
) -> tuple[UUID, str, datetime] | None:
    """Make a browser's session from a key: the clinic, the secret, and when it expires.

    None where no live key of one of the roles has that hash. It never outlives the key it is made
    from, whose own sessions make none.
    """
    now = utc_now()
    query = select(_keys).where(
        _keys.c.secret_hash == parent_hash,
        _keys.c.role.in_([role.value for role in roles]),
        _keys.c.revoked_at.is_(None),
        _keys.c.parent_id.is_(None),
        or_(_keys.c.expires_at.is_(None), _keys.c.expires_at > now),
    )
    parent = connection.execute(query).one_or_none()
    if parent is None:
        return None
    over = (_keys.c.clinic_id == parent.clinic_id, _keys.c.parent_id == parent.id)
    connection.execute(delete(_keys).where(*over, _keys.c.expires_at <= now))
    secret = secrets.token_urlsafe(SECRET_BYTES)
    expires_at = min(now + lasting, parent.expires_at or now + lasting)
    row = {
        "clinic_id": parent.clinic_id,
        "id": new_id(),
        "role": parent.role,
        "secret_hash": hash_key(secret),
        "created_at": now,
        "subject_id": parent.subject_id,
        "expires_at": expires_at,
        "parent_id": parent.id,
    }
    connection.execute(insert(_keys), row)
    return parent.clinic_id, secret, expires_at


def end_session(connection: Connection, secret_hash: bytes) -> None:
    """Forget a session; keys themselves are left alone."""
    mine = (_keys.c.secret_hash == secret_hash, _keys.c.parent_id.is_not(None))
    connection.execute(delete(_keys).where(*mine))


def revoke_key(connection: Connection, clinic_id: UUID, key_id: UUID) -> bool:
    """End a key and its sessions, from the next request on; False if there is no such live key."""
    live = (_keys.c.clinic_id == clinic_id, _keys.c.id == key_id, _keys.c.revoked_at.is_(None))
    ended = connection.execute(
        update(_keys).where(*live).values(revoked_at=utc_now()).returning(_keys.c.id)
    )
    of_key = (_keys.c.clinic_id == clinic_id, _keys.c.parent_id == key_id)
    connection.execute(delete(_keys).where(*of_key))
    return ended.one_or_none() is not None


def hash_key(key: str) -> bytes:
    """What is stored of a key."""
    return hashlib.sha256(key.encode()).digest()
