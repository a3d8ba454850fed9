"""The SQL of seals: the newest, one after another, and adding one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, select
from sqlalchemy.dialects import postgresql, sqlite

from api.audit.digests import count_of, entries_of, ids_of
from api.db.tables import AuditSeal
from api.db.tables.base import table_of

_seals = table_of(AuditSeal)
_COLUMNS = [_seals.c[name] for name in ("number", "sealed_at", "latest", "entries", "digest")]
# Whoever comes second with a number adds nothing.
_INSERT_UNLESS_THERE = {
    "sqlite": sqlite.insert(_seals).on_conflict_do_nothing().returning(_seals.c.number),
    "postgresql": postgresql.insert(_seals).on_conflict_do_nothing().returning(_seals.c.number),
}
# Most rows are in the first seal that could have them; a late one within ten minutes' seals.
_LATEST_A_ROW_COMES = 200


@dataclass(frozen=True, slots=True)
class Seal:
    """One seal of a clinic's chain, as stored."""

    number: int
    sealed_at: datetime
    latest: UUID
    entries: bytes
    digest: bytes

    @property
    def rows(self) -> int:
        """How many rows it holds."""
        return count_of(self.entries)


def last_seal(connection: Connection, clinic_id: UUID) -> Seal | None:
    """The newest seal of a clinic."""
    return _one(connection, _of(clinic_id).order_by(_seals.c.number.desc()))


def seal_after(connection: Connection, clinic_id: UUID, number: int) -> Seal | None:
    """The next seal after a number; whatever is missing in between is passed over."""
    query = _of(clinic_id).where(_seals.c.number > number).order_by(_seals.c.number)
    return _one(connection, query)


def number_after(connection: Connection, clinic_id: UUID, number: int) -> int | None:
    """The number of the next seal, also of one whose other columns cannot be read."""
    query = select(_seals.c.number).where(_seals.c.clinic_id == clinic_id, _seals.c.number > number)
    found: int | None = connection.execute(
        query.order_by(_seals.c.number).limit(1)
    ).scalar_one_or_none()
    return found


def ids_sealed_from(connection: Connection, clinic_id: UUID, first: UUID) -> set[bytes]:
    """The ids from `first` on that are in a seal, as their 16 bytes."""
    query = select(_seals.c.entries).where(
        _seals.c.clinic_id == clinic_id, _seals.c.latest >= first
    )
    sealed = connection.execute(query).scalars()
    return {one for entries in sealed for one in ids_of(bytes(entries)) if one >= first.bytes}


def seals_of(connection: Connection, clinic_id: UUID, ids: Collection[UUID]) -> dict[UUID, int]:
    """The number of the seal that each of some rows is in; a row that waits for one is left out."""
    found: dict[UUID, int] = {}
    newest = select(_seals.c.latest).where(_seals.c.clinic_id == clinic_id)
    last = connection.execute(newest.order_by(_seals.c.latest.desc()).limit(1)).scalar()
    for row_id in sorted(ids):
        # What came after the last seal waits for one.
        if row_id not in found and last is not None and row_id <= last:
            # Those beside it are mostly in the same seal.
            found |= _beside(connection, clinic_id, row_id, ids)
    return found


def _beside(
    connection: Connection, clinic_id: UUID, row_id: UUID, ids: Collection[UUID]
) -> dict[UUID, int]:
    """Of some rows, those in the seal of one of them, with its number; none where it has none."""
    query = _of(clinic_id).where(_seals.c.latest >= row_id)
    query = query.order_by(_seals.c.latest, _seals.c.number).limit(_LATEST_A_ROW_COMES)
    with connection.execute(query, execution_options={"yield_per": 1}) as rows:
        for seal in map(_seal, rows):
            held = {one for one, _ in entries_of(seal.entries)}
            if row_id in held:
                return {one: seal.number for one in ids if one in held}
    return {}


def insert_seal(connection: Connection, clinic_id: UUID, seal: Seal) -> bool:
    """Add a seal; False where there is one of its number already."""
    row = {
        "clinic_id": clinic_id,
        "number": seal.number,
        "sealed_at": seal.sealed_at,
        "latest": seal.latest,
        "entries": seal.entries,
        "digest": seal.digest,
    }
    added = connection.execute(_INSERT_UNLESS_THERE[connection.dialect.name], row)
    return added.one_or_none() is not None


def _of(clinic_id: UUID) -> Select[Any]:
    return select(*_COLUMNS).where(_seals.c.clinic_id == clinic_id)


def _one(connection: Connection, query: Select[Any]) -> Seal | None:
    row = connection.execute(query.limit(1)).one_or_none()
    return None if row is None else _seal(row)


def _seal(row: Any) -> Seal:
    number, sealed_at, latest, entries, digest = row
    return Seal(number, sealed_at, latest, bytes(entries), bytes(digest))
