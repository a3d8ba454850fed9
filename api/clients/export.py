"""Everything about a client as one JSON document, written piece by piece.

It is read as of one moment and written to a spool before the first byte goes out: so memory does
not grow with it, a slow reader holds no connection, and a failure is an error and never half a
document.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import Connection

from api.audit.record import record
from api.auth.roles import Role
from api.auth.scope import ClinicScope
from api.clients.contents import SECTIONS, Section
from api.clients.service import existing_client
from api.clock import utc_now
from api.profiles.documents import time_text
from api.ranking.client_view import shown_to
from api.store.named_reader import reader_key

# Of the spool, before it goes from memory to a file without a name.
_IN_MEMORY = 1024 * 1024
_PIECE = 64 * 1024
_ROWS_AT_ONCE = 100

_WORDS = (
    "Everything this service keeps about you. It was made for you to read and to take along."
    " The members below are explained in sections. Ids name records: the same id is the same"
    " record wherever it stands. Times are in UTC."
)


def export_client(
    scope: ClinicScope, client_id: UUID, directory: Path | None
) -> tuple[IO[bytes], int]:
    """The document, at its beginning, and its size in bytes. A client's key gets the client's view.

    Raises:
        NotFound, Gone: the clinic has no such client, or they were erased.
    """
    existing_client(scope, client_id)
    # Reading may take a while; one connection is enough.
    scope.unit.close()
    document = _spool(directory)
    try:
        with scope.database.snapshot() as connection:
            for piece in _document(scope, connection, client_id):
                document.write(piece)
        size = document.tell()
        document.seek(0)
        scope.unit.begin_write()
        record(scope, "client.exported", client_id, {"bytes": size})
    except BaseException:
        document.close()
        raise
    return document, size


def _spool(directory: Path | None) -> IO[bytes]:
    where = None if directory is None else str(directory)
    return tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=where)


def pieces(document: IO[bytes]) -> Iterator[bytes]:
    """The document as it goes out; it is gone afterwards."""
    with document:
        while piece := document.read(_PIECE):
            yield piece


def _document(scope: ClinicScope, connection: Connection, client_id: UUID) -> Iterator[bytes]:
    about = {
        "about": _WORDS,
        "sections": {section.name: section.words for section in SECTIONS},
        "made_at": time_text(utc_now()),
    }
    yield to_json(about)[:-1]
    for section in SECTIONS:
        yield b",\n" + to_json(section.name) + b": ["
        separator = b""
        for row in _rows(scope, connection, section, client_id):
            yield separator + b"\n" + to_json(row)
            separator = b","
        yield b"]"
    yield b"}\n"


def _rows(
    scope: ClinicScope, connection: Connection, section: Section, client_id: UUID
) -> Iterator[dict[str, Any]]:
    reader = scope.key_id is not None and reader_key(scope) == scope.key_id
    for_staff = scope.role is not Role.CLIENT
    query = section.rows(scope, client_id, for_staff=for_staff, for_reader=reader)
    with connection.execute(query, execution_options={"yield_per": _ROWS_AT_ONCE}) as found:
        for row in found.mappings():
            yield _shown(scope, row)


def _shown(scope: ClinicScope, row: Mapping[Any, Any]) -> dict[str, Any]:
    shown = {str(name): _value(value) for name, value in row.items()}
    if "answer" in row:
        shown["answer"] = json.loads(shown_to(scope, bytes(row["answer"])))
    return shown


def _value(value: Any) -> Any:
    """Digests as hexadecimal digits; the rest is JSON as it is."""
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else value
