"""The whole trail as lines of JSON, in the order of its chain, so that anybody can verify it.

The trail is never changed, so it is read one seal at a time, each in a moment of its own: memory
does not grow with it, and a slow reader holds no connection. Where it was changed all the same, the
export says what it finds.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import Connection, Row

from api.audit.digests import FIELDS, entries_of
from api.audit.record import record
from api.audit.rows import UNREADABLE, rows_of
from api.audit.sealing import unsealed
from api.audit.seals import Seal, last_seal, seal_after
from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.db.database import Database

MEDIA_TYPE = "application/x-ndjson"
_ROWS_AT_ONCE = 1000


def export_trail(scope: ClinicScope, after: int) -> Iterator[bytes]:
    """Every row sealed after the seal of that number, and those that wait; read as it goes out."""
    scope.unit.begin_write()
    record(scope, "audit.exported", details={"after": after})
    return _lines(scope.database, scope.clinic_id, after)


def _lines(database: Database, clinic_id: UUID, after: int) -> Iterator[bytes]:
    last: Seal | None = None
    seals = rows = 0
    while True:
        with database.snapshot() as connection:
            seal = seal_after(connection, clinic_id, last.number if last else after)
            if seal is None:
                waiting = list(_waiting(connection, clinic_id))
                break
            lines = list(_sealed(connection, clinic_id, seal))
        yield b"".join(lines)
        last, seals, rows = seal, seals + 1, rows + seal.rows
    yield b"".join(waiting)
    head = {"number": last.number, "digest": last.digest.hex()} if last else None
    ended = {"seals": seals, "rows": rows, "waiting": len(waiting), "head": head}
    yield _line({"kind": "end", **ended})


def _sealed(connection: Connection, clinic_id: UUID, seal: Seal) -> Iterator[bytes]:
    place = {"seal": seal.number, "seal_digest": seal.digest.hex()}
    shown = {"clinic_id": clinic_id, "sealed_at": seal.sealed_at, "rows": seal.rows}
    yield _line({"kind": "seal", **place, **shown})
    ids = [row_id for row_id, _ in entries_of(seal.entries)]
    yield from _rows(connection, clinic_id, ids, place)


def _waiting(connection: Connection, clinic_id: UUID) -> Iterator[bytes]:
    last = last_seal(connection, clinic_id)
    place = {"seal": None, "seal_digest": None}
    ids = unsealed(connection, clinic_id, last, utc_now())
    while some := list(islice(ids, _ROWS_AT_ONCE)):
        yield from _rows(connection, clinic_id, some, place)


def _rows(
    connection: Connection, clinic_id: UUID, ids: Sequence[UUID], place: Mapping[str, Any]
) -> Iterator[bytes]:
    found = _found(connection, clinic_id, ids)
    for row_id in ids:
        row = found.get(row_id)
        if row is None:
            # Gone, or made unreadable.
            yield _line({"kind": "absent", "id": row_id, **place})
        else:
            yield _line({"kind": "row", **{name: getattr(row, name) for name in FIELDS}, **place})


def _found(connection: Connection, clinic_id: UUID, ids: Sequence[UUID]) -> dict[UUID, Row[Any]]:
    try:
        return rows_of(connection, clinic_id, ids)
    except UNREADABLE:
        found: dict[UUID, Row[Any]] = {}
        for row_id in ids:
            with suppress(*UNREADABLE):
                found |= rows_of(connection, clinic_id, [row_id])
        return found


def _line(document: Mapping[str, Any]) -> bytes:
    return to_json(document) + b"\n"
