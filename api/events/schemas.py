"""A webhook as it comes in and goes out, and what was sent to it."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from api.events.destinations import MAX_URL, read_destination
from api.store.outbox import EVENT_TYPES, EventType
from api.text import Prose

MAX_NOTE = 500


def _normalised(url: str) -> str:
    return read_destination(url).url


def _each_once(types: list[EventType]) -> list[EventType]:
    return sorted(set(types))


Url = Annotated[
    str, Field(min_length=1, max_length=MAX_URL, strict=True), AfterValidator(_normalised)
]
Types = Annotated[
    list[EventType],
    Field(min_length=1, max_length=len(EVENT_TYPES)),
    AfterValidator(_each_once),
]
Note = Annotated[Prose, Field(min_length=1, max_length=MAX_NOTE)]


class WebhookIn(BaseModel):
    """An address to tell of events."""

    model_config = ConfigDict(extra="forbid")

    url: Url = Field(description="On a host that the operator allows; https.")
    events: Types | None = Field(default=None, description="The types wanted; null: all of them.")
    note: Note | None = Field(default=None, description="What it is for, in the clinic's words.")


class WebhookPatch(BaseModel):
    """What is to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    active: bool = Field(
        default=True, strict=True, description="False holds what is to be sent; true sends it."
    )
    events: Types | None = None
    note: Note | None = None


class WebhookOut(BaseModel):
    """A webhook."""

    id: UUID
    url: str
    events: list[EventType] | None
    note: str | None
    status: Literal["active", "paused"] = Field(
        description="`paused` by an administrator, or as it took nothing for too long; what"
        " happens meanwhile is held for it."
    )
    created_at: datetime
    delivered_at: datetime | None = Field(description="When it last took an event.")


class NewWebhook(WebhookOut):
    """A webhook as it is answered once, with its secret."""

    secret: str = Field(description="Signs what is sent; shown this once.")


class WebhookPage(BaseModel):
    """A page of webhooks, newest first."""

    items: list[WebhookOut]
    next_cursor: str | None


class DeliveryOut(BaseModel):
    """One event's way to a webhook."""

    event_id: UUID
    type: EventType | Literal["ping"]
    created_at: datetime
    status: Literal["waiting", "delivered", "given_up"]
    attempts: int = Field(description="Since it was last queued.")
    last_try_at: datetime | None
    last_status: int | None = Field(description="The HTTP status answered, if any was.")
    last_failure: (
        Literal[
            "status",
            "timed_out",
            "connection_failed",
            "tls_failed",
            "bad_answer",
            "no_address",
            "address_refused",
            "host_not_allowed",
        ]
        | None
    )
    next_try_at: datetime | None


class DeliveryPage(BaseModel):
    """A page of deliveries, newest event first."""

    items: list[DeliveryOut]
    next_cursor: str | None
