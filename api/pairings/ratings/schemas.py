"""What a client sends about a session, and the course of a pairing as each reader sees it."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.intake.schemas import FormPart
from api.intake.session_answers import SessionAnswers, SessionNumber
from api.text import Prose

COMMENT_CHARS = 4000

Share = Literal["none", "summary", "this_rating"]


class RatingIn(SessionAnswers, FormPart):
    """What a client says of one session, and with whom they share it."""

    session_number: SessionNumber
    share_with_therapist: Share = Field(
        "none",
        description="`this_rating`: the therapist sees its items. `summary`: it counts in a summary"
        " over several. `none`: the therapist does not know of it.",
    )
    comment: Annotated[Prose, Field(min_length=1, max_length=COMMENT_CHARS)] | None = Field(
        None, description="For the clinic's named reader alone."
    )


class RatingChange(BaseModel):
    """Share a rating otherwise, or take its comment away; what is left out stays."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    share_with_therapist: Share = "none"
    comment: None = Field(None, description="Null takes the comment away.")

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("changes nothing: send share_with_therapist, or comment as null")
        return self

    def columns(self) -> dict[str, str | None]:
        """What changes, by the names of the columns of `rating_notes`."""
        said = {
            "share_with_therapist": ("share", self.share_with_therapist),
            "comment": ("comment", None),
        }
        return dict(said[name] for name in self.model_fields_set)


class RatingShown(BaseModel):
    """A rating as the reader may see it, but for its comment."""

    id: UUID
    session_number: int
    rated_at: datetime
    format: str | None
    fit: float | None = Field(
        description="The fit index, 0 to 10; null where nothing that counts was answered, to"
        " therapists, and to clients unless the clinic shows them figures."
    )
    items: dict[str, float] = Field(description="What was answered.")
    style_seen: dict[str, int] = Field(description="What was said of the style, by axis.")
    share_with_therapist: Share


class RatingOut(RatingShown):
    """A rating as the reader may see it."""

    comment: str | None = Field(description="For the client's own key only.")


class TrendOut(BaseModel):
    """Where the ratings are going."""

    direction: Literal["rising", "steady", "falling", "not_enough"]
    per_session: float | None = Field(description="Points a session, to who sees `fit`.")
    words: str = Field(description="To a therapist about the client, else as the client is told.")


class RuptureOut(BaseModel):
    """Whether the last ratings stand out below this client's own level. Not a verdict."""

    suspected: bool
    since_session: int | None
    cause: Literal["connection"] | None = Field(
        description="`connection`: the answers fell together with the line, and that explains it."
    )
    words: str | None = Field(description="What the client is told.")


class NextRating(BaseModel):
    """What to ask after the next session."""

    session_number: int
    items: list[str]
    due_at: datetime


class Course(BaseModel):
    """How a pairing goes, as far as the reader may know."""

    ratings: list[RatingOut] = Field(description="The latest 500, by session.")
    trend: TrendOut | None = Field(
        description="To a therapist null, unless the client shares a summary over enough ratings."
    )
    rupture: RuptureOut
    next: NextRating | None = Field(description="Null once the pairing is over, or not begun.")


class RatingAdded(RatingShown):
    """A rating, and what it adds up to with those before it. No comment is sent back."""

    pairing_id: UUID
    rupture: RuptureOut
    next: NextRating | None


class Named(BaseModel):
    """A client or a therapist by id and by the clinic's own reference."""

    id: UUID
    reference: str


class DueRating(NextRating):
    """An active pairing whose next rating is due."""

    pairing_id: UUID
    client: Named
    therapist: Named


class DuePage(BaseModel):
    """Pairings in the order in which they began."""

    items: list[DueRating]
    next_cursor: str | None


class CommentOut(BaseModel):
    """A comment, for the clinic's named reader."""

    rating_id: UUID
    pairing_id: UUID
    session_number: int
    rated_at: datetime
    client: Named
    therapist: Named
    comment: str
    read_at: datetime | None


class CommentPage(BaseModel):
    """Comments in the order in which they came."""

    items: list[CommentOut]
    next_cursor: str | None


class CommentRead(BaseModel):
    """When a comment was first read."""

    rating_id: UUID
    read_at: datetime
