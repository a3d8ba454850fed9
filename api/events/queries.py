"""The SQL of webhooks and of their deliveries."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, delete, exists, func, insert, or_, select, update

from api.auth.scope import ClinicScope
from api.db.tables import Clinic, Delivery, Event, Webhook
from api.db.tables.base import table_of

_clinics = table_of(Clinic)
_webhooks = table_of(Webhook)
_events = table_of(Event)
_deliveries = table_of(Delivery)


def insert_webhook(scope: ClinicScope, row: Mapping[str, Any]) -> None:
    """Add a webhook of the scope's clinic."""
    scope.connection.execute(insert(_webhooks), {"clinic_id": scope.clinic_id, **row})


def by_id(scope: ClinicScope, webhook_id: UUID) -> Row[Any] | None:
    """The clinic's webhook of that id, unless it was deleted."""
    query = _of_clinic(scope).where(_webhooks.c.id == webhook_id)
    return scope.connection.execute(query).one_or_none()


def page(scope: ClinicScope, before: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """Up to `limit` webhooks before the one named, newest first."""
    query = _of_clinic(scope)
    if before is not None:
        query = query.where(_webhooks.c.id < before)
    return scope.connection.execute(query.order_by(_webhooks.c.id.desc()).limit(limit)).all()


def count(scope: ClinicScope) -> int:
    """How many webhooks the clinic has."""
    query = select(func.count()).select_from(_of_clinic(scope).subquery())
    return scope.connection.execute(query).scalar_one()


def change(scope: ClinicScope, webhook_id: UUID, **values: Any) -> None:
    """Set columns of the clinic's webhook of that id."""
    scope.connection.execute(
        update(_webhooks)
        .where(_webhooks.c.clinic_id == scope.clinic_id, _webhooks.c.id == webhook_id)
        .values(values)
    )


def next_version(scope: ClinicScope) -> None:
    """Let every worker look anew who wants what, from the next request on."""
    scope.connection.execute(
        update(_clinics)
        .where(_clinics.c.id == scope.clinic_id)
        .values(webhooks_version=_clinics.c.webhooks_version + 1)
    )


def deliveries(
    scope: ClinicScope, webhook_id: UUID, before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Up to `limit` deliveries of a webhook before the event named, newest event first."""
    query = _with_event(scope, webhook_id)
    if before is not None:
        query = query.where(_deliveries.c.event_id < before)
    newest = query.order_by(_deliveries.c.event_id.desc()).limit(limit)
    return scope.connection.execute(newest).all()


def delivery(scope: ClinicScope, webhook_id: UUID, event_id: UUID) -> Row[Any] | None:
    """The delivery of that event to that webhook."""
    query = _with_event(scope, webhook_id).where(_deliveries.c.event_id == event_id)
    return scope.connection.execute(query).one_or_none()


def queue_again(
    scope: ClinicScope, webhook_id: UUID, now: datetime, event_id: UUID | None = None
) -> None:
    """Make what a webhook did not take due now, as if it were new; or one event, taken or not."""
    which = (
        _deliveries.c.status != "delivered"
        if event_id is None
        else _deliveries.c.event_id == event_id
    )
    scope.connection.execute(
        update(_deliveries)
        .where(*_to(scope, webhook_id), which)
        .values(status="waiting", attempts=0, next_try_at=now)
    )


def drop_deliveries(scope: ClinicScope, webhook_id: UUID) -> None:
    """Remove everything that was or is to be sent to a webhook."""
    scope.connection.execute(delete(_deliveries).where(*_to(scope, webhook_id)))


def claim(scope: ClinicScope, webhook_id: UUID, now: datetime, until: datetime) -> Row[Any] | None:
    """Become the only one who sends to a webhook; None where somebody is, or it is not active."""
    return scope.connection.execute(
        update(_webhooks)
        .where(
            _webhooks.c.clinic_id == scope.clinic_id,
            _webhooks.c.id == webhook_id,
            _webhooks.c.status == "active",
            _is_free(now),
        )
        .values(busy_until=until)
        .returning(_webhooks)
    ).one_or_none()


def let_go(
    scope: ClinicScope, webhook_id: UUID, claimed_until: datetime, rest: datetime | None
) -> None:
    """End a claim, unless it was lost; nobody sends before `rest`."""
    scope.connection.execute(
        update(_webhooks)
        .where(
            _webhooks.c.clinic_id == scope.clinic_id,
            _webhooks.c.id == webhook_id,
            _webhooks.c.busy_until == claimed_until,
        )
        .values(busy_until=rest)
    )


def next_due(scope: ClinicScope, webhook_id: UUID, now: datetime) -> Row[Any] | None:
    """The oldest event that is due to a webhook."""
    query = _with_event(scope, webhook_id).where(
        _deliveries.c.status == "waiting", _deliveries.c.next_try_at <= now
    )
    return scope.connection.execute(query.order_by(_deliveries.c.event_id).limit(1)).one_or_none()


def settle(scope: ClinicScope, tried: Row[Any], **values: Any) -> bool:
    """Say what came of an attempt; False where somebody else has changed the delivery meanwhile."""
    changed = scope.connection.execute(
        update(_deliveries)
        .where(
            *_to(scope, tried.webhook_id),
            _deliveries.c.event_id == tried.event_id,
            _deliveries.c.status == "waiting",
            _deliveries.c.attempts == tried.attempts,
        )
        .values(values)
        .returning(_deliveries.c.event_id)
    )
    return changed.one_or_none() is not None


def webhooks_due(connection: Connection, now: datetime) -> Sequence[tuple[UUID, UUID]]:
    """Clinic and id of each webhook of the installation that something is due to.

    Over all clinics: who looks for work cannot know whose it is. It reads ids only.
    """
    due = exists().where(
        _deliveries.c.clinic_id == _webhooks.c.clinic_id,
        _deliveries.c.webhook_id == _webhooks.c.id,
        _deliveries.c.status == "waiting",
        _deliveries.c.next_try_at <= now,
    )
    query = select(_webhooks.c.clinic_id, _webhooks.c.id).where(
        _webhooks.c.status == "active", _is_free(now), due
    )
    return [(row.clinic_id, row.id) for row in connection.execute(query)]


def clinics_with_events_before(connection: Connection, moment: datetime) -> Sequence[UUID]:
    """The clinics of the installation that have older events; over all clinics, as above."""
    query = select(_events.c.clinic_id).where(_events.c.created_at < moment).distinct()
    return connection.execute(query).scalars().all()


def drop_events(scope: ClinicScope, before: datetime, limit: int) -> int:
    """Remove up to `limit` of the clinic's events before a time, with their deliveries."""
    old = (
        select(_events.c.id)
        .where(_events.c.clinic_id == scope.clinic_id, _events.c.created_at < before)
        .limit(limit)
    )
    ids = scope.connection.execute(old).scalars().all()
    for table, column in ((_deliveries, _deliveries.c.event_id), (_events, _events.c.id)):
        scope.connection.execute(
            delete(table).where(table.c.clinic_id == scope.clinic_id, column.in_(ids))
        )
    return len(ids)


def _of_clinic(scope: ClinicScope) -> Select[Any]:
    return select(_webhooks).where(
        _webhooks.c.clinic_id == scope.clinic_id, _webhooks.c.status != "deleted"
    )


def _to(scope: ClinicScope, webhook_id: UUID) -> tuple[Any, ...]:
    return (_deliveries.c.clinic_id == scope.clinic_id, _deliveries.c.webhook_id == webhook_id)


def _with_event(scope: ClinicScope, webhook_id: UUID) -> Select[Any]:
    same = (_events.c.clinic_id == _deliveries.c.clinic_id) & (
        _events.c.id == _deliveries.c.event_id
    )
    return (
        select(_deliveries, _events.c.type, _events.c.data, _events.c.created_at)
        .join_from(_deliveries, _events, same)
        .where(*_to(scope, webhook_id))
    )


def _is_free(now: datetime) -> Any:
    return or_(_webhooks.c.busy_until.is_(None), _webhooks.c.busy_until <= now)
