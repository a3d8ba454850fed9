"""Drafts: what somebody answered so far, kept here and not in their browser."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, exists, insert, or_, select, update

from api.auth.keys import SECRET_BYTES, hash_key
from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.db.database import Database
from api.db.tables import AccessKey, IntakeDraft
from api.db.tables.base import table_of
from api.ids import new_id
from api.steward import NowAndThen
from api.web.areas import INTAKE, MY

_drafts = table_of(IntakeDraft)
_keys = table_of(AccessKey)


@dataclass(frozen=True, slots=True)
class Draft:
    """One draft with its answers, by the key of each question.

    `match_id` is the client's match whose answers are being changed, and `begun_with` what they
    were; None for who is new.
    """

    id: UUID
    answers: dict[str, Any]
    match_id: UUID | None = None
    begun_with: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A client who changes the answers of a match, in a session of theirs."""

    match: Row[Any]
    session_hash: bytes


def _expiry(match_id: UUID | None) -> datetime:
    """When a draft ends unless it is changed; a client's is open no longer than their page."""
    return utc_now() + (INTAKE if match_id is None else MY).lasting


def begin_draft(scope: ClinicScope, answers: Mapping[str, Any], by: Known | None = None) -> str:
    """Store a new draft; returns the secret that opens it, which is not kept.

    A client has one such draft at a time; it opens nothing once their session is over.
    """
    connection = scope.unit.begin_write()
    now = utc_now()
    secret = secrets.token_urlsafe(SECRET_BYTES)
    row = {
        "clinic_id": scope.clinic_id,
        "id": new_id(),
        "secret_hash": hash_key(secret),
        "answers": dict(answers),
        **_whose(by, answers),
        "created_at": now,
        "changed_at": now,
        "expires_at": _expiry(by.match.id if by is not None else None),
    }
    if by is not None:
        same = (_drafts.c.clinic_id == scope.clinic_id, _drafts.c.client_id == by.match.client_id)
        connection.execute(delete(_drafts).where(*same))
    connection.execute(insert(_drafts), row)
    return secret


def _whose(by: Known | None, answers: Mapping[str, Any]) -> dict[str, Any]:
    if by is None:
        return {"client_id": None, "match_id": None, "begun_with": None, "session_hash": None}
    return {
        "client_id": by.match.client_id,
        "match_id": by.match.id,
        "begun_with": dict(answers),
        "session_hash": by.session_hash,
    }


def draft_of(scope: ClinicScope, secret: str) -> Draft | None:
    """The draft that a secret opens; None where it opens none of this clinic."""
    in_session = exists().where(
        _keys.c.secret_hash == _drafts.c.session_hash,
        _keys.c.revoked_at.is_(None),
        _keys.c.expires_at > utc_now(),
    )
    query = select(_drafts).where(
        _drafts.c.clinic_id == scope.clinic_id,
        _drafts.c.secret_hash == hash_key(secret),
        _drafts.c.expires_at > utc_now(),
        or_(_drafts.c.match_id.is_(None), in_session),
    )
    row = scope.connection.execute(query).one_or_none()
    return None if row is None else Draft(row.id, dict(row.answers), row.match_id, row.begun_with)


def keep_answers(scope: ClinicScope, draft: Draft) -> None:
    """Store the answers of a draft; each change gives it its full time again."""
    now = utc_now()
    mine = (_drafts.c.clinic_id == scope.clinic_id, _drafts.c.id == draft.id)
    ends = _expiry(draft.match_id)
    values = {"answers": draft.answers, "changed_at": now, "expires_at": ends}
    scope.unit.begin_write().execute(update(_drafts).where(*mine).values(values))


def forget_draft(scope: ClinicScope, draft: Draft) -> bool:
    """Delete a draft with all its answers; False where somebody was first."""
    mine = (_drafts.c.clinic_id == scope.clinic_id, _drafts.c.id == draft.id)
    return scope.unit.begin_write().execute(delete(_drafts).where(*mine)).rowcount > 0


class DraftDuty(NowAndThen):
    """Deletes drafts whose time is over, in all clinics, about once an hour."""

    every_seconds = 3600

    def look(self, database: Database) -> bool:
        """Delete what is due."""
        delete_expired(database)
        return False


def delete_expired(database: Database) -> None:
    """Delete the drafts of all clinics whose time is over."""
    with database.writing() as connection:
        connection.execute(delete(_drafts).where(_drafts.c.expires_at <= utc_now()))
