"""The digests of the audit trail: the same on both databases, and for anybody who reads an export.

A row's digest is the SHA-256 of its eight fields in the order of `FIELDS`, each preceded by its
length in bytes as four big-endian bytes; a field that is null is four bytes of 255 alone. Ids are
their 16 bytes, times are microseconds since 1970-01-01 UTC as eight big-endian signed bytes, words
are UTF-8, details are JSON in ASCII with sorted members and no spaces.

A seal's digest is the SHA-256 of: the digest of the seal before (32 bytes of zero for the first),
the clinic's id, the seal's number and its time (eight big-endian signed bytes each), and for each
row its id and its digest. All of these have fixed lengths, so they are read one way only.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

FIELDS = ("clinic_id", "id", "at", "key_id", "action", "subject_id", "details", "request_id")
# What the first seal rests on.
NOTHING_BEFORE = bytes(32)

_ID_BYTES = 16
_ENTRY_BYTES = _ID_BYTES + 32
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NULL = b"\xff\xff\xff\xff"


def row_digest(row: Any) -> bytes:
    """The SHA-256 of an audit row, which has the members `FIELDS`.

    Raises:
        AttributeError, TypeError, ValueError: a member is not what it must be.
    """
    whole = hashlib.sha256()
    for name in FIELDS:
        value = getattr(row, name)
        if value is None:
            whole.update(_NULL)
        else:
            field = _encoded(name, value)
            whole.update(len(field).to_bytes(4))
            whole.update(field)
    return whole.digest()


def seal_digest(
    before: bytes, clinic_id: UUID, number: int, sealed_at: datetime, entries: bytes
) -> bytes:
    """The SHA-256 that holds a seal to its entries and to the digest of the seal `before`."""
    place = number.to_bytes(8, signed=True) + _moment(sealed_at)
    return hashlib.sha256(before + clinic_id.bytes + place + entries).digest()


def entry(row_id: UUID, digest: bytes) -> bytes:
    """What a seal keeps of one row."""
    return row_id.bytes + digest


def entries_of(entries: bytes) -> Iterator[tuple[UUID, bytes]]:
    """The id and the digest of each row of a seal, in order; a cut entry at the end is none."""
    for start in range(0, count_of(entries) * _ENTRY_BYTES, _ENTRY_BYTES):
        own = entries[start : start + _ENTRY_BYTES]
        yield UUID(bytes=own[:_ID_BYTES]), own[_ID_BYTES:]


def ids_of(entries: bytes) -> list[bytes]:
    """The ids of a seal's rows as their 16 bytes, in order."""
    whole = count_of(entries) * _ENTRY_BYTES
    return [entries[start : start + _ID_BYTES] for start in range(0, whole, _ENTRY_BYTES)]


def count_of(entries: bytes) -> int:
    """How many rows a seal holds."""
    return len(entries) // _ENTRY_BYTES


def _encoded(name: str, value: Any) -> bytes:
    if name == "at":
        return _moment(value)
    if name == "details":
        return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    if name == "action":
        return _words(value)
    return _id(value)


def _moment(moment: datetime) -> bytes:
    return ((moment - _EPOCH) // timedelta(microseconds=1)).to_bytes(8, signed=True)


def _words(text: str) -> bytes:
    return text.encode()


def _id(value: UUID) -> bytes:
    return value.bytes
