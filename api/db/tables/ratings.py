"""Fit ratings, and what their clients had asked for when they rated."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    UniqueConstraint,
    false,
)
from sqlmodel import Field, SQLModel

from api.db.tables.base import (
    clinic_id_field,
    counter_field,
    document_field,
    own_id_field,
    time_field,
)
from api.limits import SESSIONS
from matching.learning.ratings import ITEMS
from matching.vocabulary import STYLE_AXES

SEEN_COLUMNS: tuple[str, ...] = tuple(f"style_seen_{axis}" for axis in STYLE_AXES)


def _seen_field() -> Any:
    return Field(default=None, sa_type=SmallInteger, nullable=True)


class RatingWishes(SQLModel, table=True):
    """What a client had asked for: preferences and needs, once for all ratings that rest on it.

    `digest` is the SHA-256 of the canonical document. Kept by client, so that erasing a client
    erases it.
    """

    __tablename__ = "rating_wishes"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "client_id"], ["clients.clinic_id", "clients.id"]),
    )

    clinic_id: UUID = clinic_id_field()
    client_id: UUID = own_id_field()
    digest: bytes = Field(primary_key=True)
    document: dict[str, Any] = document_field()


class FitRating(SQLModel, table=True):
    """What one client said about one session with one therapist.

    Items are 0 to 10, null where not answered. `style_seen_…` says that the client would like less
    of that axis (−1), finds it right (0) or would like more (1). `wishes_digest` null: nothing is
    known of what was asked for. `arrival` numbers a clinic's ratings in the order in which they
    were committed, from 1; a rating whose content changes arrives anew. `again` says that it did
    without saying anything new, to wait with somebody who went. `pairing_id` is null where the
    rating was imported.
    """

    __tablename__ = "fit_ratings"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "client_id"], ["clients.clinic_id", "clients.id"]),
        ForeignKeyConstraint(
            ["clinic_id", "therapist_id"], ["therapists.clinic_id", "therapists.id"]
        ),
        ForeignKeyConstraint(
            ["clinic_id", "client_id", "wishes_digest"],
            ["rating_wishes.clinic_id", "rating_wishes.client_id", "rating_wishes.digest"],
        ),
        UniqueConstraint("clinic_id", "client_id", "therapist_id", "session_number"),
        # Also how training reads a clinic's ratings in order.
        UniqueConstraint("clinic_id", "arrival"),
        Index(None, "clinic_id", "pairing_id"),
        CheckConstraint(f"session_number BETWEEN 1 AND {SESSIONS}", name="session_number"),
        CheckConstraint("arrival >= 1", name="arrival"),
        *(CheckConstraint(f"{item} BETWEEN 0 AND 10", name=item) for item in ITEMS),
        *(CheckConstraint(f"{seen} BETWEEN -1 AND 1", name=seen) for seen in SEEN_COLUMNS),
    )

    clinic_id: UUID = clinic_id_field()
    id: UUID = own_id_field()
    client_id: UUID
    therapist_id: UUID
    session_number: int
    rated_at: datetime = time_field()
    format: str | None = Field(default=None, max_length=64)
    trust: float | None = None
    safe: float | None = None
    heard: float | None = None
    goals: float | None = None
    can_speak_up: float | None = None
    collaboration: float | None = None
    approach: float | None = None
    feedback: float | None = None
    cultural_respect: float | None = None
    non_judgement: float | None = None
    consistency: float | None = None
    progress: float | None = None
    carry_over: float | None = None
    connection_quality: float | None = None
    privacy: float | None = None
    overall: float | None = None
    style_seen_warm_support: int | None = _seen_field()
    style_seen_therapist_directiveness: int | None = _seen_field()
    style_seen_emotional_intensity: int | None = _seen_field()
    style_seen_past_orientation: int | None = _seen_field()
    wishes_digest: bytes | None = None
    learning: bool
    arrival: int = counter_field()
    again: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    pairing_id: UUID | None = None
