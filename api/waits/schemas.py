"""What is sent to wait, and a wait as it is shown."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from api.db.tables.pairings import URGENCIES, WAIT_STATUSES
from api.intake.schemas import FormPart
from api.profiles.values import Day
from api.waits.accepting import MOST_ACCEPTED, AcceptedChange

Urgency = Literal[URGENCIES]  # type: ignore[valid-type]
Status = Literal[WAIT_STATUSES]  # type: ignore[valid-type]


class WaitIn(FormPart):
    """How urgent it is, what would do besides what was asked, until when. All may be left out."""

    accept: Annotated[list[AcceptedChange], Field(max_length=MOST_ACCEPTED)] = Field(
        [], description="Changes as a match's suggestions have them."
    )
    urgency: Urgency = "routine"
    until: Day | None = Field(
        default=None, description="The last day; by default as the clinic's waiting_days has it."
    )


class ClientShown(BaseModel):
    """Who waits."""

    id: UUID
    reference: str


class OfferShown(BaseModel):
    """A place that is held for the client, or that they have asked for."""

    match_id: UUID
    pairing_id: UUID
    therapist_id: UUID
    status: str
    respond_by: datetime | None = Field(description="Until when an answer is due.")


class WaitOut(BaseModel):
    """Somebody's time on the waiting list."""

    id: UUID
    match_id: UUID
    client: ClientShown
    status: Status
    urgency: Urgency
    accept: list[dict[str, Any]]
    since: datetime
    until: date = Field(description="The last day on the list.")
    position: int | None = Field(description="From 1 among those who wait; null for the others.")
    offer: OfferShown | None = Field(description="What is on offer now.")
    closed_at: datetime | None


class WaitPage(BaseModel):
    """The waiting list in its order."""

    items: list[WaitOut]
    next_cursor: str | None
