"""The SQL of insights: columns of stored matches, choices, waits, therapists as they are."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select

from api.auth.scope import ClinicScope
from api.db.tables import Match, Pairing, TherapistAvailability, TherapistProfile, Wait
from api.db.tables.base import table_of

# What a client or staff asked for; an offer to who waits goes to whoever has the place.
ASKED_FOR = ("request", "alternative")

_AT_ONCE = 200

_matches = table_of(Match)
_pairings = table_of(Pairing)
_waits = table_of(Wait)
_profiles = table_of(TherapistProfile)
_free = table_of(TherapistAvailability)

_ORDER = (_matches.c.created_at, _matches.c.id)


def time_of_last(
    scope: ClinicScope, count: int, since: datetime | None, until: datetime
) -> datetime | None:
    """When the `count`-th latest match was answered, None where there are not as many."""
    query = _asked(scope, select(_matches.c.created_at), since, until)
    query = query.order_by(*(column.desc() for column in _ORDER)).offset(count - 1).limit(1)
    return scope.connection.execute(query).scalar_one_or_none()


def matches_between(
    scope: ClinicScope, since: datetime | None, until: datetime
) -> Sequence[Row[Any]]:
    """Id, time and client of the matches, in the order in which they were answered."""
    query = select(_matches.c.id, _matches.c.created_at, _matches.c.client_id)
    return scope.connection.execute(_asked(scope, query, since, until).order_by(*_ORDER)).all()


def _asked(
    scope: ClinicScope, query: Select[Any], since: datetime | None, until: datetime
) -> Select[Any]:
    query = query.where(
        _matches.c.clinic_id == scope.clinic_id,
        _matches.c.created_at < until,
        _matches.c.origin.in_(ASKED_FOR),
    )
    return query if since is None else query.where(_matches.c.created_at >= since)


def answers_of(scope: ClinicScope, ids: Sequence[UUID]) -> Iterator[Row[Any]]:
    """Id and answer of these matches, a few hundred in memory at a time."""
    return _pieces(scope, select(_matches.c.id, _matches.c.answer), ids)


def requests_of(scope: ClinicScope, ids: Sequence[UUID]) -> Iterator[Row[Any]]:
    """Id and request of these matches."""
    return _pieces(scope, select(_matches.c.id, _matches.c.request), ids)


def _pieces(scope: ClinicScope, query: Select[Any], ids: Sequence[UUID]) -> Iterator[Row[Any]]:
    for start in range(0, len(ids), _AT_ONCE):
        piece = query.where(
            _matches.c.clinic_id == scope.clinic_id,
            _matches.c.id.in_(ids[start : start + _AT_ONCE]),
        )
        yield from scope.connection.execute(piece)


def choices_of(scope: ClinicScope, ids: Sequence[UUID]) -> list[Row[Any]]:
    """The pairings that these matches led to, in the order in which they were asked for."""
    columns = (
        "id", "match_id", "client_id", "therapist_id", "requested_at", "accepted_at", "closed_at",
        "decline_reason", "override_reason",
    )  # fmt: skip
    query = select(*(_pairings.c[name] for name in columns))
    rows: list[Row[Any]] = []
    for start in range(0, len(ids), _AT_ONCE):
        piece = query.where(
            _pairings.c.clinic_id == scope.clinic_id,
            _pairings.c.match_id.in_(ids[start : start + _AT_ONCE]),
        )
        rows += scope.connection.execute(piece).all()
    return sorted(rows, key=lambda row: (row.requested_at, row.id))


def waits_since(scope: ClinicScope, since: datetime | None, until: datetime) -> Sequence[Any]:
    """The waits that began before `until` and were not over at `since`, by when they ended."""
    query = select(_waits.c.client_id, _waits.c.status, _waits.c.since, _waits.c.closed_at).where(
        _waits.c.clinic_id == scope.clinic_id, _waits.c.since < until
    )
    if since is not None:
        query = query.where(_waits.c.closed_at.is_(None) | (_waits.c.closed_at >= since))
    return scope.connection.execute(query.order_by(_waits.c.closed_at, _waits.c.id)).all()


def profiles_now(scope: ClinicScope) -> Sequence[Any]:
    """Id and profile of every therapist of the clinic, in order of id."""
    query = select(_profiles.c.therapist_id, _profiles.c.document).where(
        _profiles.c.clinic_id == scope.clinic_id, _profiles.c.valid_to.is_(None)
    )
    return scope.connection.execute(query.order_by(_profiles.c.therapist_id)).all()


def availability_now(scope: ClinicScope) -> dict[UUID, Any]:
    """How free every therapist is, by id."""
    columns = (_free.c.therapist_id, _free.c.caseload_limit, _free.c.caseload, _free.c.held)
    query = select(*columns).where(_free.c.clinic_id == scope.clinic_id, _free.c.valid_to.is_(None))
    return {row.therapist_id: row for row in scope.connection.execute(query)}
