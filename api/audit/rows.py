"""The SQL of the audit trail's rows, also of those that somebody made unreadable."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, Text, func, select, type_coerce
from sqlalchemy.exc import DataError

from api.audit.digests import FIELDS, row_digest
from api.db.tables import AuditRow
from api.db.tables.base import table_of

# What reading a value raises, or taking its digest, that the service would never have written.
UNREADABLE = (ValueError, TypeError, AttributeError, LookupError, OverflowError, DataError)

_rows = table_of(AuditRow)
_COLUMNS = [_rows.c[name] for name in FIELDS]
# SQLite reads these from other text too, by which no query would find the row any more.
_TO_THE_LETTER = ("at", "key_id", "subject_id", "request_id")
_STORED = [type_coerce(_rows.c[name], Text()).label(f"stored_{name}") for name in _TO_THE_LETTER]
_ROWS_AT_ONCE = 1000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CALENDAR = datetime.max.replace(tzinfo=UTC) - _EPOCH


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A row as verifying needs it: its id (None where even that makes no sense), time and digest.

    Time and digest are None where the row cannot be read.
    """

    id: UUID | None
    at: datetime | None = None
    digest: bytes | None = None


def time_of(row_id: UUID) -> datetime:
    """When a UUIDv7 was made, to the millisecond; the end of the calendar for what is none."""
    return _EPOCH + min(timedelta(milliseconds=row_id.int >> 80), _CALENDAR)


def first_id_of(moment: datetime) -> UUID:
    """The id that is not greater than any made from `moment` on."""
    milliseconds = max(0, (moment - _EPOCH) // timedelta(milliseconds=1))
    return UUID(int=milliseconds << 80)


def ids_from(connection: Connection, clinic_id: UUID, first: UUID) -> Iterator[UUID]:
    """The ids of rows from `first` on, in order, read as they are taken."""
    query = select(_rows.c.id).where(_rows.c.clinic_id == clinic_id, _rows.c.id >= first)
    options = {"yield_per": _ROWS_AT_ONCE}
    with connection.execute(query.order_by(_rows.c.id), execution_options=options) as found:
        yield from found.scalars()


def count_between(connection: Connection, clinic_id: UUID, first: UUID, last: UUID) -> int:
    """How many rows have ids from `first` to `last`."""
    query = select(func.count()).where(
        _rows.c.clinic_id == clinic_id, _rows.c.id.between(first, last)
    )
    count: int = connection.execute(query).scalar_one()
    return count


def rows_of(connection: Connection, clinic_id: UUID, ids: Sequence[UUID]) -> dict[UUID, Row[Any]]:
    """The rows of those ids, as far as they are there."""
    query = select(*_COLUMNS).where(_rows.c.clinic_id == clinic_id, _rows.c.id.in_(ids))
    return {row.id: row for row in connection.execute(query)}


def has_row(connection: Connection, clinic_id: UUID, row_id: UUID) -> bool:
    """Whether the clinic has a row of that id."""
    query = select(_rows.c.id).where(_rows.c.clinic_id == clinic_id, _rows.c.id == row_id)
    return connection.execute(query).first() is not None


def every_row(connection: Connection, clinic_id: UUID) -> Iterator[FoundRow]:
    """Every row of a clinic in the order of the ids, a thousand in memory at a time."""
    # SQLite stores whatever it is given; only the bare text of an id is sure to be read.
    text_ids = connection.dialect.name == "sqlite"
    stored = type_coerce(_rows.c.id, Text()) if text_ids else _rows.c.id
    columns = [*_COLUMNS, *(_STORED if text_ids else ())]
    last: Any = None
    while True:
        own = [_rows.c.clinic_id == clinic_id]
        where = own if last is None else [*own, stored > last]
        page = select(stored.label("stored")).where(*where).order_by(stored).limit(_ROWS_AT_ONCE)
        try:
            rows = connection.execute(page.add_columns(*columns)).all()
            found, ids = [_found(row) for row in rows], [row.stored for row in rows]
        except UNREADABLE:
            ids = list(connection.execute(page).scalars())
            alone = select(stored.label("stored"), *columns).where(*own)
            found = [_found_alone(connection, alone.where(stored == one), one) for one in ids]
        yield from found
        if len(ids) < _ROWS_AT_ONCE:
            return
        last = ids[-1]


def _found_alone(connection: Connection, query: Select[Any], stored: Any) -> FoundRow:
    try:
        return _found(connection.execute(query).one())
    except UNREADABLE:
        pass
    return FoundRow(_id_of(stored))


def _id_of(stored: Any) -> UUID | None:
    """An id as it is stored; None for what the service would have written otherwise."""
    if isinstance(stored, UUID):
        return stored
    try:
        row_id = UUID(stored)
    except UNREADABLE:
        return None
    return row_id if row_id.hex == stored else None


def _found(row: Row[Any]) -> FoundRow:
    if _id_of(row.stored) is None or not _is_to_the_letter(row._asdict()):
        raise ValueError("not as the service writes it")
    return FoundRow(row.id, row.at, row_digest(row))


def _is_to_the_letter(row: Mapping[str, Any]) -> bool:
    """Whether what SQLite stores as text is the text that the service writes."""
    return all(
        row[f"stored_{name}"] == _written(row[name])
        for name in _TO_THE_LETTER
        if f"stored_{name}" in row
    )


def _written(value: UUID | datetime | None) -> str | None:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ", "microseconds")
    return None if value is None else value.hex
