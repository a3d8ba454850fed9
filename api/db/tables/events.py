"""Events out: what happened, and its way to each webhook of the clinic."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlmodel import Field, SQLModel

from api.db.tables.base import clinic_id_field, document_field, own_id_field, time_field

_WAITING = text("status = 'waiting'")


class Webhook(SQLModel, table=True):
    """An address of the clinic's that is told of events. `events` null: of every type.

    `secret` signs what is sent, and so is kept readable. Whoever sends to it claims it until
    `busy_until`; it is not sent to before then, also where it did not answer and is left alone for
    a while. `delivered_at` is when it last took an event. One that was deleted stays as a bare row
    for as long as its deliveries do: a request under way may still write one.
    """

    __tablename__ = "webhooks"
    __table_args__ = (CheckConstraint("status IN ('active', 'paused', 'deleted')", name="status"),)

    clinic_id: UUID = clinic_id_field()
    id: UUID = own_id_field()
    url: str = Field(max_length=2048)
    events: list[str] | None = document_field(default=None, nullable=True)
    note: str | None = Field(default=None, max_length=500)
    secret: bytes
    status: str = Field(max_length=16)
    created_at: datetime = time_field()
    created_by: UUID | None = None
    delivered_at: datetime | None = time_field(default=None, nullable=True)
    busy_until: datetime | None = time_field(default=None, nullable=True)


class Event(SQLModel, table=True):
    """What happened: written in the transaction of it, never changed. `data` holds ids only."""

    __tablename__ = "events"
    __table_args__ = (
        Index(None, "clinic_id", "subject_id"),
        Index(None, "created_at"),
    )

    clinic_id: UUID = clinic_id_field()
    id: UUID = own_id_field()
    type: str = Field(max_length=32)
    subject_id: UUID
    data: dict[str, Any] = document_field()
    created_at: datetime = time_field()


class Delivery(SQLModel, table=True):
    """One event's way to one webhook: `waiting` until it was taken, or given up.

    `attempts` counts since it was last queued. `last_status` is the answer's HTTP status, null
    where there was none, and `last_failure` a code.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "webhook_id"], ["webhooks.clinic_id", "webhooks.id"]),
        ForeignKeyConstraint(["clinic_id", "event_id"], ["events.clinic_id", "events.id"]),
        CheckConstraint("status IN ('waiting', 'delivered', 'given_up')", name="status"),
        CheckConstraint("attempts >= 0", name="attempts"),
        Index(None, "clinic_id", "event_id"),
        Index(
            "ix_deliveries_waiting",
            "clinic_id",
            "webhook_id",
            "next_try_at",
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
    )

    clinic_id: UUID = clinic_id_field()
    webhook_id: UUID = own_id_field()
    event_id: UUID = own_id_field()
    status: str = Field(max_length=16)
    attempts: int = 0
    next_try_at: datetime | None = time_field(default=None, nullable=True)
    last_try_at: datetime | None = time_field(default=None, nullable=True)
    last_status: int | None = None
    last_failure: str | None = Field(default=None, max_length=32)
