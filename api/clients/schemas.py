"""A client as shown, their consents, and the keys that are made for them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from api.intake.schemas import FormPart

_Said = Annotated[bool, Field(strict=True)] | None


class ConsentsIn(FormPart):
    """What the client agrees to now; what is left out stays as it is."""

    matching: _Said = None
    learning: _Said = None


class KeyIn(FormPart):
    """For how long a key of the client's own lasts."""

    days: Annotated[int, Field(ge=1, le=90, strict=True)]


class ConsentsOut(BaseModel):
    """What the client agreed to; null where they were never asked."""

    matching: bool | None
    learning: bool | None
    changed_at: datetime | None


class ClientSummary(BaseModel):
    """A client, by the clinic's own pseudonymous reference."""

    id: UUID
    reference: str
    created_at: datetime
    consents: ConsentsOut


class ClientPage(BaseModel):
    """A page of clients."""

    items: list[ClientSummary]
    next_cursor: str | None


class MatchOfClient(BaseModel):
    """When the client was matched."""

    id: UUID
    created_at: datetime
    origin: str


class PairingOfClient(BaseModel):
    """With whom the client was or is, and how that stands."""

    id: UUID
    match_id: UUID
    therapist_id: UUID
    status: str
    requested_at: datetime


class WaitOfClient(BaseModel):
    """A place of the client on the waiting list."""

    id: UUID
    match_id: UUID
    status: str
    since: datetime
    until: datetime


class TherapistLeftOut(BaseModel):
    """A therapist whom the client is not shown."""

    id: UUID
    reference: str


class ClientOut(ClientSummary):
    """A client with what there is of them, latest first, 200 of a kind at most."""

    matches: list[MatchOfClient]
    pairings: list[PairingOfClient]
    waits: list[WaitOfClient]
    left_out: list[TherapistLeftOut]


class KeyOut(BaseModel):
    """A key of the client's own. Shown once: a call that is repeated gets null in its place."""

    id: UUID
    key: str | None
    expires_at: datetime


class KeysEnded(BaseModel):
    """How many keys of the client were ended."""

    ended: int


class Erased(BaseModel):
    """How many records of each kind were erased, and how many places are free again."""

    matches: int
    pairings: int = 0
    waits: int
    ratings: int = 0
    places_freed: int = 0
