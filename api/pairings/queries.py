"""The SQL of pairings beyond what `api/store/pairings.py` has: as shown, page by page, due."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, and_, select

from api.auth.scope import ClinicScope
from api.db.tables import Client, Match, Pairing, Therapist, TherapistProfile, Wait
from api.db.tables.base import table_of
from api.db.tables.pairings import ANSWER_DUE, WAITING
from api.store.versions import holding_now

_pairings = table_of(Pairing)
_clients = table_of(Client)
_matches = table_of(Match)
_therapists = table_of(Therapist)
_profiles = table_of(TherapistProfile)
_waits = table_of(Wait)

_SHOWN = (
    select(
        _pairings,
        _clients.c.reference.label("client_reference"),
        _therapists.c.reference.label("therapist_reference"),
        _profiles.c.document["name"].as_string().label("therapist_name"),
    )
    .join(
        _clients,
        and_(_clients.c.clinic_id == _pairings.c.clinic_id, _clients.c.id == _pairings.c.client_id),
    )
    .join(
        _therapists,
        and_(
            _therapists.c.clinic_id == _pairings.c.clinic_id,
            _therapists.c.id == _pairings.c.therapist_id,
        ),
    )
    .join(_profiles, holding_now(_profiles, _pairings.c.therapist_id))
)


def shown_row(scope: ClinicScope, pairing_id: UUID) -> Row[Any]:
    """A pairing of the clinic with the names that are shown beside it."""
    query = _SHOWN.where(_pairings.c.clinic_id == scope.clinic_id, _pairings.c.id == pairing_id)
    return scope.connection.execute(query).one()


def page(
    scope: ClinicScope,
    after: UUID | None,
    limit: int,
    of: Sequence[tuple[str, Any]],
    statuses: Collection[str],
) -> Sequence[Row[Any]]:
    """Up to `limit` pairings with these values of columns, in the order in which they began."""
    query = (
        _SHOWN.where(
            _pairings.c.clinic_id == scope.clinic_id,
            _pairings.c.status.in_(statuses),
            *(_pairings.c[name] == value for name, value in of),
        )
        .order_by(_pairings.c.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(_pairings.c.id > after)
    return scope.connection.execute(query).all()


def pairings_of_match(scope: ClinicScope, match_id: UUID) -> Sequence[Row[Any]]:
    """All that became of a match, oldest first."""
    query = (
        select(_pairings)
        .where(_pairings.c.clinic_id == scope.clinic_id, _pairings.c.match_id == match_id)
        .order_by(_pairings.c.id)
    )
    return scope.connection.execute(query).all()


def answer_of(scope: ClinicScope, match_id: UUID) -> bytes:
    """The stored answer of one of the clinic's matches."""
    query = select(_matches.c.answer).where(
        _matches.c.clinic_id == scope.clinic_id, _matches.c.id == match_id
    )
    answer: bytes = scope.connection.execute(query).scalar_one()
    return answer


def reasons_of(scope: ClinicScope, match_id: UUID) -> list[str]:
    """Why the client asked for an alternative, where the match is one."""
    query = select(_matches.c.circumstances).where(
        _matches.c.clinic_id == scope.clinic_id, _matches.c.id == match_id
    )
    circumstances = scope.connection.execute(query).scalar_one() or {}
    return list(circumstances.get("reasons", ()))


def clinics_with_overdue(connection: Connection, now: datetime) -> Sequence[UUID]:
    """The clinics in which somebody's answer was due. Of all clinics, so ids and nothing else."""
    query = (
        select(_pairings.c.clinic_id)
        .where(_pairings.c.status.in_(ANSWER_DUE), _pairings.c.respond_by <= now)
        .distinct()
    )
    return connection.execute(query).scalars().all()


def has_therapist(scope: ClinicScope, therapist_id: UUID) -> bool:
    """Whether the clinic has a therapist of that id."""
    query = select(_therapists.c.id).where(
        _therapists.c.clinic_id == scope.clinic_id, _therapists.c.id == therapist_id
    )
    return scope.connection.execute(query).one_or_none() is not None


def live_waits(scope: ClinicScope, client_id: UUID) -> Sequence[Row[Any]]:
    """The client's places on the waiting list, with what their matches came from."""
    query = (
        select(_waits, _matches.c.origin, _matches.c.origin_id)
        .join(
            _matches,
            and_(_matches.c.clinic_id == _waits.c.clinic_id, _matches.c.id == _waits.c.match_id),
        )
        .where(
            _waits.c.clinic_id == scope.clinic_id,
            _waits.c.client_id == client_id,
            _waits.c.status.in_(WAITING),
        )
        .order_by(_waits.c.id)
    )
    return scope.connection.execute(query).all()
