"""The SQL of clients: listed, shown, and the keys that are their own."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Table, select, update

from api.auth.scope import ClinicScope
from api.db.tables import AccessKey, Client, FitRating, Match, Pairing, Therapist, Wait
from api.db.tables.base import table_of
from api.db.tables.pairings import WAITING

MOST = 200

_clients = table_of(Client)
_keys = table_of(AccessKey)
_matches = table_of(Match)
_pairings = table_of(Pairing)
_ratings = table_of(FitRating)
_therapists = table_of(Therapist)
_waits = table_of(Wait)


def page(
    scope: ClinicScope, reference: str | None, after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Up to `limit` clients in the order they were added; of one reference, where it is given."""
    query = select(_clients).where(_clients.c.clinic_id == scope.clinic_id)
    if reference is not None:
        query = query.where(_clients.c.reference == reference)
    if after is not None:
        query = query.where(_clients.c.id > after)
    return scope.connection.execute(query.order_by(_clients.c.id).limit(limit)).all()


def matches_of(scope: ClinicScope, client_id: UUID) -> Sequence[Row[Any]]:
    """The client's latest matches, without what was answered."""
    columns = (_matches.c.id, _matches.c.created_at, _matches.c.origin)
    return _latest(scope, _matches, client_id, columns)


def pairings_of(scope: ClinicScope, client_id: UUID) -> Sequence[Row[Any]]:
    """The client's latest pairings."""
    return _latest(scope, _pairings, client_id, _pairings.c)


def waits_of(scope: ClinicScope, client_id: UUID) -> Sequence[Row[Any]]:
    """The client's latest times on the waiting list."""
    return _latest(scope, _waits, client_id, _waits.c)


def leave_waits(scope: ClinicScope, client_id: UUID, now: datetime) -> Sequence[UUID]:
    """Take the client off the waiting list; the waits that this ended."""
    ended = scope.connection.execute(
        update(_waits)
        .where(
            _waits.c.clinic_id == scope.clinic_id,
            _waits.c.client_id == client_id,
            _waits.c.status.in_(WAITING),
        )
        .values(status="left", closed_at=now)
        .returning(_waits.c.id)
    )
    return ended.scalars().all()


def therapists_by_id(scope: ClinicScope, ids: Sequence[str]) -> Sequence[Row[Any]]:
    """Ids and references of the clinic's therapists among those ids."""
    query: Select[Any] = (
        select(_therapists.c.id, _therapists.c.reference)
        .where(
            _therapists.c.clinic_id == scope.clinic_id,
            _therapists.c.id.in_([UUID(id_) for id_ in ids]),
        )
        .order_by(_therapists.c.id)
        .limit(MOST)
    )
    return scope.connection.execute(query).all()


def is_known_from_key(scope: ClinicScope, client_id: UUID, since: datetime) -> bool:
    """Whether all that is known of the client came from matches of the calling key since then.

    So an intake key opens the case of somebody whom it brought, and nobody else's.
    """
    matches = select(_matches.c.created_by, _matches.c.created_at).where(
        _matches.c.clinic_id == scope.clinic_id, _matches.c.client_id == client_id
    )
    made = scope.connection.execute(matches).all()
    rated = select(_ratings.c.id).where(
        _ratings.c.clinic_id == scope.clinic_id, _ratings.c.client_id == client_id
    )
    return (
        bool(made)
        and all(row.created_by == scope.key_id and row.created_at >= since for row in made)
        and scope.connection.execute(rated.limit(1)).one_or_none() is None
    )


def has_key_until(scope: ClinicScope, client_id: UUID, then: datetime) -> bool:
    """Whether the client has a key, sessions apart, that still opens something at `then`."""
    query = select(_keys.c.id).where(
        _keys.c.clinic_id == scope.clinic_id,
        _keys.c.subject_id == client_id,
        _keys.c.parent_id.is_(None),
        _keys.c.revoked_at.is_(None),
        _keys.c.expires_at > then,
    )
    return scope.connection.execute(query.limit(1)).one_or_none() is not None


def end_keys(scope: ClinicScope, client_id: UUID, now: datetime) -> int:
    """End every key of the client from the next request on; how many there were."""
    ended = scope.connection.execute(
        update(_keys)
        .where(
            _keys.c.clinic_id == scope.clinic_id,
            _keys.c.subject_id == client_id,
            _keys.c.revoked_at.is_(None),
        )
        .values(revoked_at=now)
        .returning(_keys.c.id)
    )
    return len(ended.all())


def _latest(
    scope: ClinicScope, table: Table, client_id: UUID, columns: Iterable[ColumnElement[Any]]
) -> Sequence[Row[Any]]:
    query: Select[Any] = (
        select(*columns)
        .where(table.c.clinic_id == scope.clinic_id, table.c.client_id == client_id)
        .order_by(table.c.id.desc())
        .limit(MOST)
    )
    return scope.connection.execute(query).all()
