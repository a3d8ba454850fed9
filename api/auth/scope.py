"""From a key to a clinic's scope: the only way to reach a clinic's data.

`ClinicScope` carries the clinic's id and one unit of work. `ClinicRoute` opens it, and commits it
when the route has returned and before the answer is sent; an exception undoes it.
"""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPBearer
from sqlalchemy import Connection, and_, bindparam, func, select

from api.auth.keys import MAX_KEY_LENGTH, hash_key
from api.auth.roles import Role, allowed, allowed_roles
from api.clock import utc_now
from api.db.database import Database, UnitOfWork
from api.db.tables import AccessKey, Clinic
from api.db.tables.base import table_of
from api.problems import Forbidden, Unauthenticated

# Shows the scheme in the OpenAPI document; the look-up itself is `Caller.open`.
bearer = HTTPBearer(auto_error=False, description="A key of one clinic and one role.")


@dataclass(frozen=True, slots=True)
class ClinicState:
    """Which versions of everything are current for a clinic."""

    id: UUID
    ranking_key: bytes
    roster_version: int
    availability_version: int
    vocabulary_version: int
    settings_version: int
    webhooks_version: int
    weighting_id: UUID
    model_id: UUID | None


_keys = table_of(AccessKey)
_parents = _keys.alias()
_clinics = table_of(Clinic)
STATE_COLUMNS = tuple(_clinics.c[name] for name in ClinicState.__dataclass_fields__)
_AUTHENTICATE = (
    select(
        # What a session does, the key that it was made from is answerable for.
        func.coalesce(_keys.c.parent_id, _keys.c.id),
        _keys.c.role,
        _keys.c.subject_id,
        _keys.c.expires_at,
        *STATE_COLUMNS,
    )
    .join(_clinics, _clinics.c.id == _keys.c.clinic_id)
    .outerjoin(
        _parents,
        and_(_parents.c.clinic_id == _keys.c.clinic_id, _parents.c.id == _keys.c.parent_id),
    )
    .where(
        _keys.c.secret_hash == bindparam("secret_hash"),
        _keys.c.revoked_at.is_(None),
        # A session that was begun while its key was ended is over too.
        _parents.c.revoked_at.is_(None),
    )
)


@dataclass(frozen=True, slots=True)
class ClinicScope:
    """One request's view of one clinic. Every query takes it, and so is bound to the clinic.

    `subject_id` is whose the key is, where it is a client's or a therapist's; else null.
    """

    clinic: ClinicState
    key_id: UUID | None
    role: Role
    unit: UnitOfWork
    database: Database
    request_id: UUID | None = None
    subject_id: UUID | None = None

    @property
    def clinic_id(self) -> UUID:
        """The clinic that everything in this scope belongs to."""
        return self.clinic.id

    @property
    def connection(self) -> Connection:
        """The connection of the unit of work."""
        return self.unit.connection


@dataclass(frozen=True, slots=True)
class Caller:
    """A key presented with a request: whose it is, is looked up where the work is done."""

    key_hash: bytes
    database: Database
    request: Request

    def open(self) -> ClinicScope:
        """The scope of the key's clinic, as everything stands now.

        Raises:
            Unauthenticated: no live key has this hash, or it has expired.
        """
        # The connection goes back at once: a request that waits for a lock must not hold one.
        with self.database.reading() as connection:
            row = connection.execute(_AUTHENTICATE, {"secret_hash": self.key_hash}).one_or_none()
        if row is None:
            raise Unauthenticated
        key_id, role, subject_id, expires_at, *state = row
        if expires_at is not None and expires_at <= utc_now():
            raise Unauthenticated
        scope = ClinicScope(
            ClinicState(*state),
            key_id,
            Role(role),
            self.database.open_unit(),
            self.database,
            self.request.state.request_id,
            subject_id,
        )
        self.request.state.clinic_id = scope.clinic_id
        self.request.state.role = scope.role
        return scope


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose a key is, which never changes. A session's `key_id` is that of the key behind it."""

    role: Role
    key_id: UUID | None
    clinic_id: UUID


async def holder_of(caller: Caller) -> Holder:
    """Whose key was presented; remembered, so that only a key not seen before is looked up.

    `Caller.open` looks every key up again: one that was revoked opens nothing.

    Raises:
        Unauthenticated: no live key has this hash.
    """
    remembered = ("holder", caller.key_hash)
    holder: Holder | None = caller.database.cache.get(remembered)
    if holder is None:
        scope = await run_in_threadpool(caller.open)
        holder = Holder(scope.role, scope.key_id, scope.clinic_id)
        caller.database.cache.put(remembered, holder)
    return holder


async def admit(request: Request) -> Caller:
    """Turn away who may not call this route, before anything else of the request is looked at."""
    caller = Caller(_presented_key_hash(request), request.app.state.database, request)
    role = (await holder_of(caller)).role
    if not allowed(request.method, route_path(request), role):
        may = ", ".join(sorted(allowed_roles(request.method, route_path(request))))
        raise Forbidden(f"A key of the role {role.value} may not call this route; {may} may.")
    return caller


async def admitted(request: Request, _shown: Annotated[object, Depends(bearer)]) -> Caller:
    """Who `ClinicRoute` admitted before it let the request be read."""
    caller: Caller = request.state.caller
    return caller


def route_path(request: Request) -> str:
    """The template of the matched route, as the role table has it."""
    return str(request.scope["route"].path)


def _presented_key_hash(request: Request) -> bytes:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key or len(key) > MAX_KEY_LENGTH:
        raise Unauthenticated
    return hash_key(key.strip())


# `ClinicRoute` opens the scope of the admitted caller in the thread that runs the route.
ScopeDep = Annotated[ClinicScope, Depends(admitted)]
