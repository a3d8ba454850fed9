"""The SQL of live ratings: of a pairing, with comments, and which are due."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Table, and_, bindparam, func, insert, select, update

from api.auth.scope import ClinicScope
from api.db.tables import Client, FitRating, Match, Pairing, RatingNote, Therapist
from api.db.tables.base import table_of

# An answer shows so many of the latest sessions; the export of a client holds all.
SHOWN = 500

_ratings = table_of(FitRating)
_notes = table_of(RatingNote)
_pairings = table_of(Pairing)
_matches = table_of(Match)
_clients = table_of(Client)
_therapists = table_of(Therapist)

_WITH_NOTE = and_(_notes.c.clinic_id == _ratings.c.clinic_id, _notes.c.rating_id == _ratings.c.id)
_RATING = (_ratings, _notes.c.share, _notes.c.comment)
_OF_PAIRING = (
    select(*_RATING)
    .join(_notes, _WITH_NOTE)
    .where(
        _ratings.c.clinic_id == bindparam("clinic_id"),
        _ratings.c.pairing_id == bindparam("pairing_id"),
    )
    .order_by(_ratings.c.session_number.desc())
    .limit(SHOWN)
)
_NAMES = (
    _clients.c.reference.label("client_reference"),
    _therapists.c.reference.label("therapist_reference"),
)
_CLIENT = and_(
    _clients.c.clinic_id == _pairings.c.clinic_id, _clients.c.id == _pairings.c.client_id
)
_THERAPIST = and_(
    _therapists.c.clinic_id == _pairings.c.clinic_id, _therapists.c.id == _pairings.c.therapist_id
)


def ratings_of(scope: ClinicScope, pairing_id: UUID) -> list[Row[Any]]:
    """The latest ratings of a pairing in order of session, with `share` and `comment`."""
    named = {"clinic_id": scope.clinic_id, "pairing_id": pairing_id}
    return list(reversed(scope.connection.execute(_OF_PAIRING, named).all()))


def rating_of(scope: ClinicScope, pairing_id: UUID, session_number: int) -> Row[Any] | None:
    """The rating of one session of a pairing, with `share` and `comment`."""
    query = (
        select(*_RATING)
        .join(_notes, _WITH_NOTE)
        .where(
            _ratings.c.clinic_id == scope.clinic_id,
            _ratings.c.pairing_id == pairing_id,
            _ratings.c.session_number == session_number,
        )
    )
    return scope.connection.execute(query).one_or_none()


def request_of(scope: ClinicScope, match_id: UUID) -> Mapping[str, Any]:
    """What was asked for in the match that a pairing comes from."""
    query = select(_matches.c.request).where(
        _matches.c.clinic_id == scope.clinic_id, _matches.c.id == match_id
    )
    request: Mapping[str, Any] = scope.connection.execute(query).scalar_one()
    return request


def is_rated(scope: ClinicScope, pairing: Row[Any], session_number: int) -> bool:
    """Whether the session of these two was rated, here or in an import."""
    query = select(_ratings.c.id).where(
        *_of_two(scope, pairing.client_id, pairing.therapist_id),
        _ratings.c.session_number == session_number,
    )
    return scope.connection.execute(query).one_or_none() is not None


def last_session(scope: ClinicScope, pairing: Row[Any]) -> int:
    """The latest session of these two that was rated, in whichever pairing; 0 for none."""
    query = select(func.max(_ratings.c.session_number)).where(
        *_of_two(scope, pairing.client_id, pairing.therapist_id)
    )
    return scope.connection.execute(query).scalar_one() or 0


def add_rating(scope: ClinicScope, rating: Mapping[str, Any], note: Mapping[str, Any]) -> None:
    """Store a rating, and what goes with it."""
    clinic = {"clinic_id": scope.clinic_id}
    scope.connection.execute(insert(_ratings), {**clinic, **rating})
    scope.connection.execute(insert(_notes), {**clinic, **note})


def change_note(scope: ClinicScope, rating_id: UUID, **values: Any) -> None:
    """Change with whom a rating is shared, its comment, or when that was read."""
    scope.connection.execute(
        update(_notes)
        .where(_notes.c.clinic_id == scope.clinic_id, _notes.c.rating_id == rating_id)
        .values(**values)
    )


def comments(
    scope: ClinicScope, after: UUID | None, limit: int, *, unread: bool
) -> Sequence[Row[Any]]:
    """Up to `limit` comments in the order in which they came, with whose they are."""
    query = (
        select(
            _notes,
            *_about(_ratings, "session_number", "rated_at"),
            *_about(_pairings, "client_id", "therapist_id"),
            *_NAMES,
        )
        .join(_ratings, _WITH_NOTE)
        .join(
            _pairings,
            and_(
                _pairings.c.clinic_id == _notes.c.clinic_id, _pairings.c.id == _notes.c.pairing_id
            ),
        )
        .join(_clients, _CLIENT)
        .join(_therapists, _THERAPIST)
        .where(_notes.c.clinic_id == scope.clinic_id, _notes.c.comment.is_not(None))
        .order_by(_notes.c.rating_id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(_notes.c.rating_id > after)
    if unread:
        query = query.where(_notes.c.read_at.is_(None))
    return scope.connection.execute(query).all()


def comment_note(scope: ClinicScope, rating_id: UUID) -> Row[Any] | None:
    """What goes with a rating, where that has a comment."""
    query = select(_notes).where(
        _notes.c.clinic_id == scope.clinic_id,
        _notes.c.rating_id == rating_id,
        _notes.c.comment.is_not(None),
    )
    return scope.connection.execute(query).one_or_none()


def due(
    scope: ClinicScope, rated_before: datetime, after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Up to `limit` active pairings whose last rating, or start, is no later than that.

    With `since`, that time, the `last_session` of the two that was rated, and the `request`.
    """
    since, last_number = _last_rated()
    columns = [
        *_about(_pairings, "id", "client_id", "therapist_id"),
        *_NAMES,
        since.label("since"),
        last_number.label("last_session"),
        _matches.c.request,
    ]
    query = (
        select(*columns)
        .join(_clients, _CLIENT)
        .join(_therapists, _THERAPIST)
        .join(
            _matches,
            and_(
                _matches.c.clinic_id == _pairings.c.clinic_id, _matches.c.id == _pairings.c.match_id
            ),
        )
        .where(
            _pairings.c.clinic_id == scope.clinic_id,
            _pairings.c.status == "active",
            since <= rated_before,
        )
        .order_by(_pairings.c.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(_pairings.c.id > after)
    return scope.connection.execute(query).all()


def formats_met(scope: ClinicScope, pairing_ids: Collection[UUID]) -> Mapping[UUID, list[str]]:
    """How each pairing met, as far as ratings say, the latest session first."""
    query = (
        select(_ratings.c.pairing_id, _ratings.c.format)
        .where(
            _ratings.c.clinic_id == scope.clinic_id,
            _ratings.c.pairing_id.in_(pairing_ids),
            _ratings.c.format.is_not(None),
        )
        .order_by(_ratings.c.session_number.desc())
    )
    met: dict[UUID, list[str]] = defaultdict(list)
    for row in scope.connection.execute(query):
        met[row.pairing_id].append(row.format)
    return met


def _last_rated() -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """When a pairing was last rated, or began, and the latest session of the two; 0 for none."""
    mine = and_(
        _ratings.c.clinic_id == _pairings.c.clinic_id, _ratings.c.pairing_id == _pairings.c.id
    )
    of_two = and_(
        _ratings.c.clinic_id == _pairings.c.clinic_id,
        _ratings.c.client_id == _pairings.c.client_id,
        _ratings.c.therapist_id == _pairings.c.therapist_id,
    )
    rated_at = select(func.max(_ratings.c.rated_at)).where(mine).scalar_subquery()
    number = select(func.max(_ratings.c.session_number)).where(of_two).scalar_subquery()
    return func.coalesce(rated_at, _pairings.c.accepted_at), func.coalesce(number, 0)


def _of_two(
    scope: ClinicScope, client_id: UUID, therapist_id: UUID
) -> tuple[ColumnElement[bool], ...]:
    return (
        _ratings.c.clinic_id == scope.clinic_id,
        _ratings.c.client_id == client_id,
        _ratings.c.therapist_id == therapist_id,
    )


def _about(table: Table, *names: str) -> list[Any]:
    return [table.c[name] for name in names]
