"""Who has to confirm, and who is leaving, as it is answered."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from api.roster.availability.ages import State


class TherapistNamed(BaseModel):
    """Which therapist."""

    id: UUID
    reference: str
    name: str


class ToConfirm(BaseModel):
    """A therapist whose availability is old, or was never confirmed."""

    therapist: TherapistNamed
    state: State = Field(
        description="`caveat`: shown with a caveat; `stale`: out of the ranking; `never`: never"
        " confirmed, shown with a caveat."
    )
    confirmed_at: datetime | None
    age_days: int | None = Field(description="Whole days since then.")
    out_since: datetime | None = Field(description="Since when they are out of the ranking.")


class Leaving(BaseModel):
    """A therapist who leaves while they have clients."""

    therapist: TherapistNamed
    leaving_on: date
    clients: int = Field(description="How many live pairings there are to hand over.")
    takes_new: bool = Field(description="Whether they are still matched, but for other reasons.")


class ToConfirmPage(BaseModel):
    """Those who have to confirm, oldest first, then never; with the first page, who is leaving."""

    items: list[ToConfirm]
    next_cursor: str | None
    leaving: list[Leaving]
