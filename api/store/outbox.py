"""Events out: written in the transaction of what they tell of, sent by `api/events/` afterwards.

So nothing is told that did not happen, and nothing that happened goes untold. An event holds ids
and nothing else.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import delete, insert, select

from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.db.tables import Delivery, Event, Webhook
from api.db.tables.base import table_of
from api.ids import new_id

EventType = Literal[
    "match.created",
    "pairing.requested",
    "pairing.accepted",
    "pairing.declined",
    "pairing.expired",
    "pairing.ended",
    "alternative.requested",
    "wait.offered",
    "task.opened",
]
EVENT_TYPES = frozenset(get_args(EventType))

_webhooks = table_of(Webhook)
_events = table_of(Event)
_deliveries = table_of(Delivery)

# A webhook's id, and the types that it wants; None where it wants all.
_Wanted = tuple[tuple[UUID, frozenset[str] | None], ...]


def emit(scope: ClinicScope, type_: str, subject_id: UUID, **ids: UUID | None) -> None:
    """Tell the clinic's webhooks, once the scope's unit of work is committed.

    `subject_id` is the record that it is about; `ids` goes out as `data`, without those that are
    None. Where no webhook wants the type, nothing is written, and mostly nothing read.

    Raises:
        ValueError: there is no such type.
        RuntimeError: nothing is being written, so the event could be lost.
    """
    if type_ not in EVENT_TYPES:
        raise ValueError("there is no such type of event")
    if not scope.unit.writing:
        raise RuntimeError("an event belongs in the transaction of what it tells of")
    if scope.clinic.webhooks_version == 0:
        return
    told = [id_ for id_, types in _wanted(scope) if types is None or type_ in types]
    if told:
        queue_event(scope, type_, subject_id, told, ids, utc_now())


def queue_event(
    scope: ClinicScope,
    type_: str,
    subject_id: UUID,
    webhook_ids: Collection[UUID],
    ids: dict[str, UUID | None],
    now: datetime,
) -> UUID:
    """Write an event, due at once to each of these webhooks; returns its id."""
    event_id = new_id()
    event = {
        "clinic_id": scope.clinic_id,
        "id": event_id,
        "type": type_,
        "subject_id": subject_id,
        "data": {name: str(id_) for name, id_ in ids.items() if id_ is not None},
        "created_at": now,
    }
    waiting = {"status": "waiting", "attempts": 0, "next_try_at": now}
    scope.connection.execute(insert(_events), event)
    scope.connection.execute(
        insert(_deliveries),
        [
            {"clinic_id": scope.clinic_id, "webhook_id": id_, "event_id": event_id, **waiting}
            for id_ in webhook_ids
        ],
    )
    return event_id


def forget_events(scope: ClinicScope, subject_ids: Collection[UUID]) -> None:
    """Remove every event about these records, sent or not."""
    about = (_events.c.clinic_id == scope.clinic_id, _events.c.subject_id.in_(subject_ids))
    connection = scope.unit.begin_write()
    connection.execute(
        delete(_deliveries).where(
            _deliveries.c.clinic_id == scope.clinic_id,
            _deliveries.c.event_id.in_(select(_events.c.id).where(*about)),
        )
    )
    connection.execute(delete(_events).where(*about))


def _wanted(scope: ClinicScope) -> _Wanted:
    key = ("webhooks", scope.clinic_id, scope.clinic.webhooks_version)
    kept: _Wanted | None = scope.database.cache.get(key)
    if kept is not None:
        return kept
    query = select(_webhooks.c.id, _webhooks.c.events).where(
        _webhooks.c.clinic_id == scope.clinic_id, _webhooks.c.status != "deleted"
    )
    # A connection of its own: the one that writes may see what another writer will take back.
    with scope.database.reading() as connection:
        rows = connection.execute(query).all()
    wanted = tuple((row.id, None if row.events is None else frozenset(row.events)) for row in rows)
    scope.database.cache.put(key, wanted)
    return wanted
