"""Answers as bytes, and the promise that a call sent twice is done once."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Header, Request, Response
from pydantic import BaseModel
from pydantic_core import to_json
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.db.tables import IdempotentReply
from api.db.tables.base import table_of
from api.problems import Conflict, IdempotencyKeyReused, Unavailable

JSON = "application/json"
KEPT_FOR = timedelta(hours=48)

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=128,
        pattern=r"^[\x21-\x7e]+$",
        description="Send the same key again to get the same answer without doing the work twice."
        " Kept for 48 hours.",
    ),
]

_replies = table_of(IdempotentReply)
_INSERT_UNLESS_KEPT = {
    "sqlite": sqlite.insert(_replies).on_conflict_do_nothing().returning(_replies.c.status),
    "postgresql": postgresql.insert(_replies).on_conflict_do_nothing().returning(_replies.c.status),
}


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer already serialised. `subject_id` names the record it is about."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    subject_id: UUID | None = None

    def response(self) -> Response:
        """The answer as it goes out."""
        return Response(self.body, self.status, dict(self.headers), media_type=JSON)


def json_reply(content: BaseModel | Mapping[str, Any], status: int = 200, **more: Any) -> Reply:
    """A reply of `content` as JSON."""
    return Reply(to_json(content), status, **more)


def reply_once(
    scope: ClinicScope,
    request: Request,
    body: BaseModel | bytes,
    key: str | None,
    work: Callable[[], Reply],
) -> Response:
    """Do `work`, or answer again what the same key was answered before.

    `body` is what tells `request` from another to the same path. `work` leaves the unit of work
    writing; the reply is kept in the same transaction. Two calls with one key at the same time: one
    is done, the other gets its answer.

    Raises:
        IdempotencyKeyReused: the key came with another request before.
        Unavailable: the other call's work was undone after all.
    """
    if key is None:
        return work().response()
    digest = _digest(request, body)
    # Of this caller: a key that somebody else used too says nothing about their call.
    key_hash = hashlib.sha256(f"{scope.key_id} {key}".encode()).digest()
    kept = _kept(scope, key_hash, digest)
    if kept is not None:
        return kept.response()
    try:
        reply = work()
    except Conflict:
        # It may be the other call's work that this one met.
        kept = _kept(scope, key_hash, digest)
        if kept is None:
            raise
        return kept.response()
    if _keep(scope, key_hash, digest, reply):
        return reply.response()
    scope.unit.close()
    # The other call may wait for a commit that it shares; a turn alone begins after it.
    with scope.database.unit(alone=True) as unit:
        unit.begin_write()
    kept = _kept(scope, key_hash, digest)
    if kept is None:
        raise Unavailable("Another call with this Idempotency-Key failed. Try again shortly.")
    return kept.response()


def _digest(request: Request, body: BaseModel | bytes) -> bytes:
    """What makes two requests the same: method, path and body."""
    place = f"{request.method} {request.url.path}\n".encode()
    said = body if isinstance(body, bytes) else body.model_dump_json().encode()
    return hashlib.sha256(place + said).digest()


def _kept(scope: ClinicScope, key_hash: bytes, digest: bytes) -> Reply | None:
    query = select(_replies).where(
        _replies.c.clinic_id == scope.clinic_id, _replies.c.key_hash == key_hash
    )
    row = scope.connection.execute(query).one_or_none()
    if row is None or row.created_at < utc_now() - KEPT_FOR:
        return None
    if row.request_hash != digest:
        raise IdempotencyKeyReused(
            "It came with another request before. Use a new key for a new request."
        )
    return Reply(row.body, row.status, row.headers, row.subject_id)


def _keep(scope: ClinicScope, key_hash: bytes, digest: bytes, reply: Reply) -> bool:
    now = utc_now()
    connection = scope.unit.begin_write()
    expired = (_replies.c.clinic_id == scope.clinic_id, _replies.c.created_at < now - KEPT_FOR)
    connection.execute(delete(_replies).where(*expired))
    row = {
        "clinic_id": scope.clinic_id,
        "key_hash": key_hash,
        "request_hash": digest,
        "status": reply.status,
        "headers": dict(reply.headers),
        "body": reply.body,
        "subject_id": reply.subject_id,
        "created_at": now,
    }
    kept = connection.execute(_INSERT_UNLESS_KEPT[connection.dialect.name], row)
    return kept.one_or_none() is not None
