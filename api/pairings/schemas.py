"""What is sent to choose, to answer and to end, and a pairing as it is shown."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from api.db.tables.pairings import STATUSES
from api.intake.schemas import FormPart
from api.pairings.ratings.schemas import Course
from api.ranking.answer_schema import TherapistShown
from api.text import Prose
from matching.reasons import REASONS

# Besides what a client may give as a reason for an alternative: it is done, or they moved away.
END_REASONS = (*REASONS, "goals_met", "moved")

Status = Literal[STATUSES]  # type: ignore[valid-type]
EndReason = Literal[END_REASONS]  # type: ignore[valid-type]
DeclineReason = Literal["full", "scope", "conflict", "schedule", "payer", "other"]


class SelectionIn(FormPart):
    """Whom the client chooses. The reason is for one who was not among the candidates."""

    therapist_id: UUID
    override_reason: Annotated[Prose, Field(min_length=1, max_length=2000)] | None = None


class DeclineIn(FormPart):
    """Why the therapist does not take the client on; the client is never told."""

    reason: DeclineReason


class EndIn(FormPart):
    """Why the two part: one reason, several, or none."""

    reason: EndReason | None = None
    reasons: Annotated[list[EndReason], Field(max_length=len(END_REASONS))] = Field([])

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        if self.reason is not None and self.reasons:
            raise ValueError("takes either reason or reasons, not both")
        return self

    def codes(self) -> list[str]:
        """The reasons, however they were sent."""
        return [self.reason] if self.reason is not None else list(self.reasons)


class ClientShown(BaseModel):
    """Who the client is; a therapist sees the reference once they are asked."""

    id: UUID | None
    reference: str | None


class NextCandidate(BaseModel):
    """The best-ranked other candidate of the match who takes new clients now."""

    rank: int
    therapist: TherapistShown


class PairingListed(BaseModel):
    """A client's choice of a therapist, and what became of it, as the caller may see it."""

    id: UUID
    match_id: UUID
    client: ClientShown
    therapist: TherapistShown
    status: Status
    words: str = Field(description="What the status means, for people.")
    rank: int | None = Field(
        description="Where the therapist stood; null if not ranked, and to the therapist."
    )
    override_reason: str | None = Field(description="For staff.")
    replaces_id: UUID | None = Field(description="The pairing that ends when this is accepted.")
    requested_at: datetime
    respond_by: datetime | None = Field(description="When an answer is due; null if none is.")
    accepted_at: datetime | None
    ended_at: datetime | None = Field(description="When it was over, whatever ended it.")
    decline_reason: DeclineReason | None = Field(description="For staff and the therapist.")
    reasons: list[str] | None = Field(description="Of an end, for staff and the client.")


class PairingOut(PairingListed):
    """A pairing by itself."""

    next_candidate: NextCandidate | None = Field(
        description="After a decline or a deadline, unless the client has chosen again. Not for"
        " the therapist."
    )


class PairingWithCourse(PairingOut, Course):
    """A pairing and how it goes, as far as the reader may know."""


class PairingPage(BaseModel):
    """Pairings in the order in which they began."""

    items: list[PairingListed]
    next_cursor: str | None


class TherapistKeyIn(FormPart):
    """For how many days a key is to last."""

    days: Annotated[int, Field(ge=1, le=365, strict=True)]


class TherapistKeyOut(BaseModel):
    """A key, shown this once: only its hash is kept."""

    id: UUID
    key: str | None = Field(description="Null where an Idempotency-Key comes again.")
    expires_at: datetime
