"""What stands about a client in which table: the sections of an export, and what is left out of it.

A test goes through every table that names a client or a record of theirs: each is exported here,
or named with the reason why not.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Select, Table, or_, select, union_all

from api.auth.scope import ClinicScope
from api.db.tables import (
    AccessKey,
    AuditRow,
    Client,
    Departure,
    FitRating,
    IntakeDraft,
    Match,
    Pairing,
    RatingNote,
    RatingWishes,
    RuledOut,
    StaffTask,
    Wait,
)
from api.db.tables.base import table_of

_clients = table_of(Client)
_matches = table_of(Match)
_pairings = table_of(Pairing)
_waits = table_of(Wait)
_ratings = table_of(FitRating)
_tasks = table_of(StaffTask)


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one table that are about a client.

    Attributes:
        name: the member of the export.
        words: what it is, for the client.
        named_by: the columns that name the client, or a record of theirs.
        never: columns that are not about the client.
        staff_only: columns that a client's own key does not get.
        confided: columns for the client and the clinic's named reader alone.
    """

    name: str
    words: str
    table: Table
    named_by: tuple[str, ...] = ("client_id",)
    never: Collection[str] = field(default=frozenset())
    staff_only: Collection[str] = field(default=frozenset())
    confided: Collection[str] = field(default=frozenset())

    def rows(
        self, scope: ClinicScope, client_id: UUID, *, for_staff: bool, for_reader: bool
    ) -> Select[tuple[object]]:
        """The rows as exported, oldest first, for the client or for staff (or the reader)."""
        hidden = {"clinic_id", *self.never}
        if not for_staff:
            hidden |= set(self.staff_only)
        elif not for_reader:
            hidden |= set(self.confided)
        columns = [column for column in self.table.c if column.name not in hidden]
        names = [self._names(scope, column, client_id) for column in self.named_by]
        key = [column for column in self.table.primary_key if column.name != "clinic_id"]
        return (
            select(*columns)
            .where(self.table.c.clinic_id == scope.clinic_id, or_(*names))
            .order_by(*key)
        )

    def _names(self, scope: ClinicScope, column: str, client_id: UUID) -> ColumnElement[bool]:
        if column == "client_id" or self.table is _clients:
            return self.table.c[column] == client_id
        return self.table.c[column].in_(_records(scope, client_id))


SECTIONS: tuple[Section, ...] = (
    Section(
        "client",
        "Who you are here: the clinic's reference for you, and what you agreed to. Null means"
        " that you were not asked.",
        _clients,
        named_by=("id",),
    ),
    Section(
        "matches",
        "Each time therapists were looked for: what was asked (request), what was known of you"
        " besides (circumstances), by which rules, and the whole answer.",
        _matches,
    ),
    Section(
        "drafts",
        "Answers that you began to change and have not sent.",
        table_of(IntakeDraft),
        never={"secret_hash", "session_hash"},
    ),
    Section(
        "pairings",
        "Each therapist you chose or were offered, and what became of it.",
        _pairings,
        # A therapist tells the clinic why, in confidence; the client hears that they cannot.
        staff_only={"decline_reason", "override_reason"},
    ),
    Section("waits", "Your times on the waiting list.", _waits),
    Section(
        "ratings",
        "What you said about sessions. Items are 0 to 10; learning says whether it may be learned"
        " from.",
        _ratings,
    ),
    Section(
        "rating_notes",
        "With whom you shared a rating, and the comment you left with it.",
        table_of(RatingNote),
        named_by=("rating_id",),
        confided={"comment"},
    ),
    Section(
        "wishes",
        "What you had asked for when you rated, as it is learned from.",
        table_of(RatingWishes),
    ),
    Section("departures", "Therapists you left because it did not fit.", table_of(Departure)),
    Section("ruled_out", "Therapists you said you do not want to be shown.", table_of(RuledOut)),
    Section(
        "tasks",
        "What staff were asked to see to because of something about you.",
        _tasks,
        named_by=("client_id", "pairing_id", "match_id"),
        # It may be about the therapist, or what others said: staff decide what they hand on.
        staff_only={"note"},
        never={"subjects"},
    ),
    Section(
        "keys",
        "Keys made for you to see your own data. The keys themselves are not kept.",
        table_of(AccessKey),
        named_by=("subject_id",),
        never={"secret_hash"},
    ),
    Section(
        "trail",
        "Who did what with your data and when, in ids: reads too. key_id is the key that was used.",
        table_of(AuditRow),
        named_by=("subject_id",),
        # They say why a therapist declined.
        staff_only={"details"},
    ),
)

NOT_EXPORTED = {
    "idempotent_replies": "repeats answers that are exported, for 48 hours",
    "events": "repeats in ids, on its way to the clinic's systems, what the trail says",
    "deliveries": "says when such an event reached the clinic's systems",
}
"""Tables that name clients' records and are left out, and why."""


def _records(scope: ClinicScope, client_id: UUID) -> CompoundSelect[tuple[UUID]]:
    """The ids of the client and of every record of theirs."""
    of_client = (
        select(table.c.id).where(
            table.c.clinic_id == scope.clinic_id, table.c.client_id == client_id
        )
        for table in (_matches, _pairings, _waits, _ratings, _tasks)
    )
    own = select(_clients.c.id).where(
        _clients.c.clinic_id == scope.clinic_id, _clients.c.id == client_id
    )
    return union_all(own, *of_client)
