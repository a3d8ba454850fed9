"""A clinic's fit ratings and departures that may be learned from, as learning takes them."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Table,
    and_,
    cast,
    false,
    func,
    literal,
    null,
    select,
    true,
    union_all,
)

from api.auth.scope import ClinicScope
from api.db.tables import Departure, FitRating, ModelRow, RatingWishes
from api.db.tables.base import table_of
from api.db.tables.ratings import SEEN_COLUMNS
from api.intake.wishes import intake_of_wishes
from matching.intake import Intake
from matching.learning.ratings import ITEMS, NOT_SAID, Ratings

_ROWS_AT_ONCE = 5000
_SECONDS_A_DAY = 86_400

_ratings = table_of(FitRating)
_wishes = table_of(RatingWishes)
_departures = table_of(Departure)
_models = table_of(ModelRow)
_LEADING = ("client_id", "therapist_id", "wishes_digest", "session_number", "rated_at")
_RATED = [_ratings.c[name] for name in (*_LEADING, *ITEMS, *SEEN_COLUMNS, "again")]
# A departure is of no session, and says nothing of any item.
_LEFT = [
    *(_departures.c[name] for name in ("client_id", "therapist_id", "wishes_digest")),
    literal(1),
    _departures.c.left_at,
    *(cast(null(), _ratings.c[name].type) for name in (*ITEMS, *SEEN_COLUMNS)),
    false(),
]


@dataclass(frozen=True, slots=True)
class LearnableCounts:
    """How much there is to learn from: ratings, and the clients who gave them."""

    clients: int
    ratings: int


def learnable_counts(scope: ClinicScope) -> LearnableCounts:
    """How many of the clinic's ratings may be learned from, and of how many clients."""
    clients = func.count(_ratings.c.client_id.distinct())
    query = select(clients, func.count()).where(_learnable(scope, _ratings))
    return LearnableCounts(*scope.connection.execute(query).one())


def learnable_ratings(scope: ClinicScope, read_to: int | None = None) -> Ratings:
    """The clinic's ratings and departures that may be learned from, as they arrived.

    Up to the number of arrival `read_to`, all where it is None. Read piece by piece as of one
    moment, whatever is imported meanwhile. `client_keys` are the ids of clients and `therapist_ids`
    those of therapists, as text; an intake stands once, however many ratings rest on it. `since`
    counts the trainings that began to read before a rating arrived.
    """
    gathered = _Gathered()
    rated = select(*_RATED, false(), _ratings.c.arrival).where(
        _learnable(scope, _ratings), _until(_ratings, read_to)
    )
    left = select(*_LEFT, true(), _departures.c.arrival).where(
        _learnable(scope, _departures), _until(_departures, read_to)
    )
    query = union_all(rated, left).order_by("arrival")
    with scope.database.snapshot() as connection:
        for rows in _in_pieces(connection, query):
            gathered.take(rows)
        intakes = _intakes(connection, scope, gathered.cases.places)
        trainings = _trainings(connection, scope)
    return gathered.ratings(intakes, trainings)


def trainings_of(scope: ClinicScope) -> NDArray[np.int64]:
    """The last number of arrival that each of the clinic's trainings read, the earliest first."""
    return _trainings(scope.connection, scope)


class _Numbering:
    """Numbers things from 0, in the order in which they first come."""

    def __init__(self) -> None:
        self.places: dict[Any, int] = {}

    def codes(self, things: Iterable[Hashable]) -> NDArray[np.int32]:
        places = self.places
        return np.array([places.setdefault(one, len(places)) for one in things], np.int32)

    def texts(self) -> list[str]:
        return [str(one) for one in self.places]


class _Gathered:
    """What was read so far: pieces of the columns of `Ratings`, in their order."""

    def __init__(self) -> None:
        self.clients = _Numbering()
        self.therapists = _Numbering()
        self.cases = _Numbering()
        self._pieces: list[tuple[NDArray[Any], ...]] = [
            (
                *(np.zeros(0, np.int32) for _ in range(3)),
                np.zeros(0, np.int16),
                np.zeros(0, np.float64),
                np.zeros((0, len(ITEMS)), np.float32),
                np.zeros((0, len(SEEN_COLUMNS)), np.int8),
                np.zeros(0, np.bool_),
                np.zeros(0, np.bool_),
                np.zeros(0, np.int64),
            )
        ]

    def take(self, rows: Sequence[Row[Any]]) -> None:
        client, therapist, digest, session, at, *answers, again, left, arrival = zip(
            *rows, strict=True
        )
        days = [moment.timestamp() / _SECONDS_A_DAY for moment in at]
        # None becomes NaN.
        seen = np.array(answers[len(ITEMS) :], np.float32).T
        piece = (
            self.clients.codes(client),
            self.therapists.codes(therapist),
            self.cases.codes(digest),
            np.array(session, np.int16),
            np.array(days, np.float64),
            np.array(answers[: len(ITEMS)], np.float32).T,
            np.where(np.isnan(seen), NOT_SAID, seen).astype(np.int8),
            np.array(again, np.bool_),
            np.array(left, np.bool_),
            np.array(arrival, np.int64),
        )
        self._pieces.append(piece)

    def ratings(self, intakes: Sequence[Intake], trainings: NDArray[np.int64]) -> Ratings:
        """What was read; `trainings` are the last numbers that trainings read, ascending."""
        columns = [np.concatenate(pieces) for pieces in zip(*self._pieces, strict=True)]
        client, therapist, case, session, at, items, style_seen, again, left, arrival = columns
        return Ratings(
            client=client,
            therapist=therapist,
            case=case,
            session=session,
            at=at,
            items=items,
            style_seen=style_seen,
            left=left,
            again=again,
            since=np.searchsorted(trainings, arrival).astype(np.int32),
            client_keys=self.clients.texts(),
            therapist_ids=self.therapists.texts(),
            intakes=intakes,
        )


def _trainings(connection: Connection, scope: ClinicScope) -> NDArray[np.int64]:
    read_to = _models.c.read_to
    query = select(read_to).where(_models.c.clinic_id == scope.clinic_id, read_to.is_not(None))
    found = connection.execute(query.distinct().order_by(read_to)).scalars().all()
    return np.array(found, np.int64)


def _learnable(scope: ClinicScope, table: Table) -> ColumnElement[bool]:
    return and_(table.c.clinic_id == scope.clinic_id, table.c.learning)


def _until(table: Table, read_to: int | None) -> ColumnElement[bool]:
    return true() if read_to is None else table.c.arrival <= read_to


def _in_pieces(connection: Connection, query: Any) -> Iterable[Sequence[Row[Any]]]:
    options = {"yield_per": _ROWS_AT_ONCE}
    return connection.execute(query, execution_options=options).partitions()


def _intakes(
    connection: Connection, scope: ClinicScope, places: dict[bytes | None, int]
) -> list[Intake]:
    """The intake of each digest, at its place; of clients who asked for the same, one."""
    intakes = [Intake()] * len(places)
    missing = set(places) - {None}
    query = select(_wishes.c.digest, _wishes.c.document).where(
        _wishes.c.clinic_id == scope.clinic_id
    )
    for rows in _in_pieces(connection, query):
        for row in rows:
            if row.digest in missing:
                missing.remove(row.digest)
                intakes[places[row.digest]] = intake_of_wishes(row.document)
    return intakes
