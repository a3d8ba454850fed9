"""A client and a therapist, from the choice to the end; the waiting list; who is ruled out."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlmodel import Field, SQLModel

from api.db.tables.base import (
    clinic_id_field,
    counter_field,
    document_field,
    own_id_field,
    time_field,
)

# Each of these holds one place of the therapist; the others hold none.
LIVE = ("offered", "awaiting_staff", "requested", "active")
# These free their place by themselves once `respond_by` has passed.
ANSWER_DUE = ("offered", "awaiting_staff", "requested")
OVER = ("declined", "expired", "withdrawn", "ended")
STATUSES = (*LIVE, *OVER)
WAITING = ("waiting", "offered")
WAIT_STATUSES = (*WAITING, "placed", "left", "expired")
URGENCIES = ("routine", "soon", "urgent")

_LIVE = text(f"status IN {LIVE}")
_ANSWER_DUE = text(f"status IN {ANSWER_DUE}")


def of_client() -> ForeignKeyConstraint:
    """The row belongs to a client of the clinic."""
    return ForeignKeyConstraint(["clinic_id", "client_id"], ["clients.clinic_id", "clients.id"])


def of_therapist() -> ForeignKeyConstraint:
    """The row is about a therapist of the clinic."""
    return ForeignKeyConstraint(
        ["clinic_id", "therapist_id"], ["therapists.clinic_id", "therapists.id"]
    )


def of_match() -> ForeignKeyConstraint:
    """The row belongs to a match of the clinic."""
    return ForeignKeyConstraint(["clinic_id", "match_id"], ["matches.clinic_id", "matches.id"])


class Pairing(SQLModel, table=True):
    """A client's choice of a therapist, and what became of it. `docs/pairings.md` has the states.

    `respond_by` is the deadline of whoever has to answer next, null once nobody has to.
    `replaces_id` names the pairing that ends when this one is accepted. `reasons` are the codes of
    an end; `rules_out` says that the client is not shown this therapist again.
    """

    __tablename__ = "pairings"
    __table_args__ = (
        of_client(),
        of_therapist(),
        of_match(),
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        CheckConstraint(
            "decline_reason IN ('full', 'scope', 'conflict', 'schedule', 'payer', 'other')",
            name="decline_reason",
        ),
        Index(None, "clinic_id", "client_id"),
        Index(None, "clinic_id", "therapist_id"),
        Index(
            "uq_pairings_live_of_match",
            "clinic_id",
            "match_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index(
            "uq_pairings_live_of_two",
            "clinic_id",
            "client_id",
            "therapist_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index(
            "ix_pairings_answer_due",
            "respond_by",
            sqlite_where=_ANSWER_DUE,
            postgresql_where=_ANSWER_DUE,
        ),
    )

    clinic_id: UUID = clinic_id_field()
    id: UUID = own_id_field()
    match_id: UUID
    client_id: UUID
    therapist_id: UUID
    status: str = Field(max_length=16)
    rank: int | None = None
    override_reason: str | None = Field(default=None, max_length=2000)
    replaces_id: UUID | None = None
    wait_id: UUID | None = None
    requested_at: datetime = time_field()
    requested_by: UUID | None = None
    respond_by: datetime | None = time_field(default=None, nullable=True)
    accepted_at: datetime | None = time_field(default=None, nullable=True)
    closed_at: datetime | None = time_field(default=None, nullable=True)
    decline_reason: str | None = Field(default=None, max_length=16)
    reasons: list[str] | None = document_field(default=None, nullable=True)
    rules_out: bool = False


class Wait(SQLModel, table=True):
    """A client on the waiting list, by the match that found nobody.

    `accepts` are the changes of the request that the client would take, `until` when it ends.
    `turn` is the time by which the list is ordered: since when they wait, less what urgency is
    worth (`docs/waiting.md`).
    """

    __tablename__ = "waits"
    __table_args__ = (
        of_client(),
        of_match(),
        CheckConstraint(f"status IN {WAIT_STATUSES}", name="status"),
        CheckConstraint(f"urgency IN {URGENCIES}", name="urgency"),
        Index(None, "clinic_id", "status", "turn"),
        Index(None, "clinic_id", "client_id"),
        Index(None, "clinic_id", "match_id"),
    )

    clinic_id: UUID = clinic_id_field()
    id: UUID = own_id_field()
    match_id: UUID
    client_id: UUID
    status: str = Field(max_length=16)
    urgency: str = Field(max_length=16)
    accepts: list[Any] = document_field()
    since: datetime = time_field()
    until: datetime = time_field()
    turn: datetime = time_field()
    offer_match_id: UUID | None = None
    closed_at: datetime | None = time_field(default=None, nullable=True)


class RuledOut(SQLModel, table=True):
    """A therapist whom a client said, in any intake, they do not want to be matched with."""

    __tablename__ = "ruled_out"
    __table_args__ = (of_client(), of_therapist())

    clinic_id: UUID = clinic_id_field()
    client_id: UUID = own_id_field()
    therapist_id: UUID = Field(primary_key=True)


class RatingNote(SQLModel, table=True):
    """What goes with a live rating besides its answers: with whom it is shared, and a comment.

    The comment is for the clinic's named reader alone.
    """

    __tablename__ = "rating_notes"
    __table_args__ = (
        ForeignKeyConstraint(
            ["clinic_id", "rating_id"], ["fit_ratings.clinic_id", "fit_ratings.id"]
        ),
        ForeignKeyConstraint(["clinic_id", "pairing_id"], ["pairings.clinic_id", "pairings.id"]),
        CheckConstraint("share IN ('none', 'summary', 'this_rating')", name="share"),
        Index(None, "clinic_id", "pairing_id"),
    )

    clinic_id: UUID = clinic_id_field()
    rating_id: UUID = own_id_field()
    pairing_id: UUID
    share: str = Field(max_length=16)
    comment: str | None = Field(default=None, max_length=4000)
    read_at: datetime | None = time_field(default=None, nullable=True)


class Departure(SQLModel, table=True):
    """An end for reasons of fit: weak evidence, learned from beside ratings.

    `arrival` numbers it among the clinic's ratings (`FitRating.arrival`).
    """

    __tablename__ = "departures"
    __table_args__ = (
        of_client(),
        of_therapist(),
        ForeignKeyConstraint(["clinic_id", "pairing_id"], ["pairings.clinic_id", "pairings.id"]),
        ForeignKeyConstraint(
            ["clinic_id", "client_id", "wishes_digest"],
            ["rating_wishes.clinic_id", "rating_wishes.client_id", "rating_wishes.digest"],
        ),
        Index(None, "clinic_id", "client_id"),
        Index("uq_departures_clinic_id_arrival", "clinic_id", "arrival", unique=True),
    )

    clinic_id: UUID = clinic_id_field()
    pairing_id: UUID = own_id_field()
    client_id: UUID
    therapist_id: UUID
    left_at: datetime = time_field()
    wishes_digest: bytes | None = None
    learning: bool
    arrival: int = counter_field()


class Tombstone(SQLModel, table=True):
    """An id that was erased, so that it answers 410 and not 404. Nothing else is kept."""

    __tablename__ = "tombstones"

    clinic_id: UUID = clinic_id_field()
    id: UUID = own_id_field()
    erased_at: datetime = time_field()
