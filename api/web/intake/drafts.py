"""Drafts: what somebody answered so far, kept here and not in their browser."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, insert, select, update

from api.auth.keys import SECRET_BYTES, hash_key
from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.db.database import Database
from api.db.tables import IntakeDraft
from api.db.tables.base import table_of
from api.ids import new_id
from api.steward import NowAndThen
from api.web.areas import INTAKE, MY

_drafts = table_of(IntakeDraft)


@dataclass(frozen=True, slots=True)
class Draft:
    """One draft with its answers, by the key of each question.

    `match_id` is the client's match whose answers are being changed; None for who is new.
    """

    id: UUID
    answers: dict[str, Any]
    match_id: UUID | None = None


def _expiry(match_id: UUID | None) -> datetime:
    """When a draft ends unless it is changed; a client's is open no longer than their page."""
    return utc_now() + (INTAKE if match_id is None else MY).lasting


def begin_draft(scope: ClinicScope, answers: Mapping[str, Any], of: Row[Any] | None = None) -> str:
    """Store a new draft; returns the secret that opens it, which is not kept.

    `of` is the match whose answers are to be changed; a client has one such draft at a time.
    """
    connection = scope.unit.begin_write()
    now = utc_now()
    secret = secrets.token_urlsafe(SECRET_BYTES)
    row = {
        "clinic_id": scope.clinic_id,
        "id": new_id(),
        "secret_hash": hash_key(secret),
        "answers": dict(answers),
        "client_id": of.client_id if of is not None else None,
        "match_id": of.id if of is not None else None,
        "created_at": now,
        "changed_at": now,
        "expires_at": _expiry(of.id if of is not None else None),
    }
    if of is not None:
        same = (_drafts.c.clinic_id == scope.clinic_id, _drafts.c.client_id == of.client_id)
        connection.execute(delete(_drafts).where(*same))
    connection.execute(insert(_drafts), row)
    return secret


def draft_of(scope: ClinicScope, secret: str) -> Draft | None:
    """The draft that a secret opens; None where it opens none of this clinic."""
    query = select(_drafts.c.id, _drafts.c.answers, _drafts.c.match_id).where(
        _drafts.c.clinic_id == scope.clinic_id,
        _drafts.c.secret_hash == hash_key(secret),
        _drafts.c.expires_at > utc_now(),
    )
    row = scope.connection.execute(query).one_or_none()
    return None if row is None else Draft(row.id, dict(row.answers), row.match_id)


def keep_answers(scope: ClinicScope, draft: Draft) -> None:
    """Store the answers of a draft; each change gives it its full time again."""
    now = utc_now()
    mine = (_drafts.c.clinic_id == scope.clinic_id, _drafts.c.id == draft.id)
    ends = _expiry(draft.match_id)
    values = {"answers": draft.answers, "changed_at": now, "expires_at": ends}
    scope.unit.begin_write().execute(update(_drafts).where(*mine).values(values))


def forget_draft(scope: ClinicScope, draft: Draft) -> None:
    """Delete a draft with all its answers."""
    mine = (_drafts.c.clinic_id == scope.clinic_id, _drafts.c.id == draft.id)
    scope.unit.begin_write().execute(delete(_drafts).where(*mine))


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
