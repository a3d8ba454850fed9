"""Erasing: a client with all that is kept of them, or single intakes, down to their tombstones.

A tombstone stays for each client, match, pairing, wait and rating, so that its id answers 410. The
trail keeps what was done, in these ids. Called under the clinic's lock (`hold_clinic`).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, and_, delete, or_, select

from api.auth.scope import ClinicScope
from api.db.tables import (
    AccessKey,
    Client,
    Departure,
    FitRating,
    IdempotentReply,
    IntakeDraft,
    Match,
    Pairing,
    RatingNote,
    RatingWishes,
    RuledOut,
    StaffTask,
    Wait,
)
from api.db.tables.base import table_of
from api.store.going import let_others_wait, rated_pairs
from api.store.outbox import forget_events
from api.store.pairings import live_pairings
from api.store.places import change_held
from api.store.tasks import forget_tasks, open_task
from api.store.tombstones import bury

# As many ids as a statement names at once, well below what either database takes.
_AT_ONCE = 1000

_clients = table_of(Client)
_matches = table_of(Match)
_pairings = table_of(Pairing)
_waits = table_of(Wait)
_ratings = table_of(FitRating)
_notes = table_of(RatingNote)
_tasks = table_of(StaffTask)
_replies = table_of(IdempotentReply)
_keys = table_of(AccessKey)
_drafts = table_of(IntakeDraft)

# In an order in which nothing that is left refers to what is gone.
_OF_CLIENT: tuple[Table, ...] = tuple(
    table_of(model)
    for model in (
        Departure,
        FitRating,
        RatingWishes,
        RuledOut,
        Wait,
        Pairing,
        IntakeDraft,
        Match,
    )
)


def erase_client(scope: ClinicScope, client_id: UUID, now: datetime) -> dict[str, int]:
    """Erase a client and everything about them; how many records of each kind there were.

    Places that they held are free again. Where a safety task keeps new clients away from a
    therapist, one about the therapist alone takes its place.
    """
    _hold_client(scope, client_id)
    of_client = {
        "matches": _ids(scope, _matches, _matches.c.client_id == client_id),
        "pairings": _ids(scope, _pairings, _pairings.c.client_id == client_id),
        "waits": _ids(scope, _waits, _waits.c.client_id == client_id),
        "ratings": _ids(scope, _ratings, _ratings.c.client_id == client_id),
    }
    let_others_wait(scope, rated_pairs(scope, client_id))
    live = live_pairings(scope, client_id=client_id)
    for pairing in live:
        change_held(scope, pairing.therapist_id, -1)
    erased = [client_id, *(id_ for ids in of_client.values() for id_ in ids)]
    _forget_what_names(scope, erased)
    _delete(scope, _notes, "rating_id", of_client["ratings"])
    for table in _OF_CLIENT:
        _delete(scope, table, "client_id", [client_id])
    _delete(scope, _keys, "subject_id", [client_id])
    _delete(scope, _clients, "id", [client_id])
    bury(scope, erased, now)
    return _counts(of_client) | {"places_freed": len(live)}


def erase_intakes(scope: ClinicScope, match_ids: Collection[UUID], now: datetime) -> dict[str, int]:
    """Erase matches that led to no pairing, and the waits and drafts that began with them.

    Their clients stay, and all else of them.
    """
    waits = _ids(scope, _waits, _waits.c.match_id.in_(match_ids))
    erased = [*match_ids, *waits]
    _forget_what_names(scope, erased)
    _delete(scope, _waits, "id", waits)
    _delete(scope, _drafts, "match_id", match_ids)
    _delete(scope, _matches, "id", match_ids)
    bury(scope, erased, now)
    return _counts({"matches": match_ids, "waits": waits})


def _hold_client(scope: ClinicScope, client_id: UUID) -> None:
    """Nothing more can be said of the client until the transaction ends."""
    query = select(_clients.c.id).where(
        _clients.c.clinic_id == scope.clinic_id, _clients.c.id == client_id
    )
    scope.connection.execute(query.with_for_update())


def _forget_what_names(scope: ClinicScope, ids: Sequence[UUID]) -> None:
    """Tasks and events about the records, and replies that repeat them."""
    for some in _pieces(ids):
        about = or_(*(_tasks.c[name].in_(some) for name in ("client_id", "pairing_id", "match_id")))
        tasks = _ids(scope, _tasks, about)
        holding = and_(
            _tasks.c.kind == "safety",
            or_(_tasks.c.status == "open", _tasks.c.resolution == "kept"),
        )
        on_hold = _ids(scope, _tasks, about, holding, column="therapist_id")
        forget_tasks(scope, some)
        forget_events(scope, some)
        _delete(scope, _replies, "subject_id", [*some, *tasks])
        for therapist_id in set(on_hold) - {None}:
            # Whoever erases their data does not thereby vouch for the therapist; and without a
            # task nobody could let new clients come to them again.
            open_task(scope, "safety", therapist_id=therapist_id)


def _ids(
    scope: ClinicScope, table: Table, *where: ColumnElement[bool], column: str = "id"
) -> list[UUID]:
    query = select(table.c[column]).where(table.c.clinic_id == scope.clinic_id, *where)
    return list(scope.connection.execute(query).scalars())


def _delete(scope: ClinicScope, table: Table, column: str, ids: Collection[UUID]) -> None:
    for some in _pieces(ids):
        scope.connection.execute(
            delete(table).where(table.c.clinic_id == scope.clinic_id, table.c[column].in_(some))
        )


def _pieces(ids: Collection[UUID]) -> Iterator[list[UUID]]:
    rest = iter(ids)
    while some := list(islice(rest, _AT_ONCE)):
        yield some


def _counts(records: Mapping[str, Collection[Any]]) -> dict[str, int]:
    return {kind: len(ids) for kind, ids in records.items()}
