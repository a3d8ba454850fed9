"""The SQL of fit ratings as they come in."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, bindparam, insert, select, tuple_, update

from api.auth.scope import ClinicScope
from api.db.tables import Client, FitRating, Therapist
from api.db.tables.base import table_of

_clients = table_of(Client)
_therapists = table_of(Therapist)
_ratings = table_of(FitRating)

CONTENT: tuple[str, ...] = tuple(
    column.name
    for column in _ratings.c
    if column.name
    not in {
        "clinic_id",
        "id",
        "client_id",
        "therapist_id",
        "session_number",
        "arrival",
        "again",
        "pairing_id",
    }
)
"""What a rating says, as opposed to whose it is and when it came."""

# Built once: putting a statement together costs more than running it.
_THERAPIST_IDS = select(_therapists.c.reference, _therapists.c.id).where(
    _therapists.c.clinic_id == bindparam("clinic_id"),
    _therapists.c.reference.in_(bindparam("references", expanding=True)),
)
_BY_KEYS = select(_ratings).where(
    _ratings.c.clinic_id == bindparam("clinic_id"),
    # SQLite looks no list of keys up in an index; by the clients it finds the few that matter.
    _ratings.c.client_id.in_(bindparam("clients", expanding=True)),
    tuple_(_ratings.c.client_id, _ratings.c.therapist_id, _ratings.c.session_number).in_(
        bindparam("keys", expanding=True)
    ),
)
_REFUSING = select(_clients.c.id).where(
    _clients.c.clinic_id == bindparam("clinic_id"),
    _clients.c.id.in_(bindparam("clients", expanding=True)),
    _clients.c.consents_to_learning.is_(False),
)
_CHANGE = (
    update(_ratings)
    .where(_ratings.c.clinic_id == bindparam("of_clinic"), _ratings.c.id == bindparam("of_id"))
    .values({name: bindparam(name) for name in (*CONTENT, "arrival")} | {"again": False})
)


Stored = Row[Any]
"""A rating as it is stored, by the names of its columns."""


class Key(NamedTuple):
    """What a rating is about: it is the same rating where these are the same."""

    client_id: UUID
    therapist_id: UUID
    session_number: int


def therapist_ids_of(scope: ClinicScope, references: Iterable[str]) -> dict[str, UUID]:
    """The ids of those of the references that are the clinic's therapists'."""
    named = {"clinic_id": scope.clinic_id, "references": list(set(references))}
    rows = scope.connection.execute(_THERAPIST_IDS, named).all()
    return {row.reference: row.id for row in rows}


def by_keys(scope: ClinicScope, keys: Sequence[Key]) -> dict[Key, Stored]:
    """The clinic's ratings among those keys."""
    clients = list({key.client_id for key in keys})
    named = {"clinic_id": scope.clinic_id, "clients": clients, "keys": list(keys)}
    rows = scope.connection.execute(_BY_KEYS, named).all()
    return {Key(row.client_id, row.therapist_id, row.session_number): row for row in rows}


def refusing_learning(scope: ClinicScope, client_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Those of the clients who said that nothing of theirs may be learned from."""
    named = {"clinic_id": scope.clinic_id, "clients": list(client_ids)}
    return frozenset(scope.connection.execute(_REFUSING, named).scalars())


def add_ratings(scope: ClinicScope, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store new ratings of the scope's clinic."""
    if rows:
        own = [{"clinic_id": scope.clinic_id, **row} for row in rows]
        scope.connection.execute(insert(_ratings), own)


def change_ratings(scope: ClinicScope, rows: Sequence[Mapping[str, Any]]) -> None:
    """Replace the content of ratings by `id`; each row holds all of `CONTENT` and an `arrival`."""
    changes = [
        {"of_clinic": scope.clinic_id, "of_id": row["id"]}
        | {name: row[name] for name in (*CONTENT, "arrival")}
        for row in rows
    ]
    if changes:
        scope.connection.execute(_CHANGE, changes)
