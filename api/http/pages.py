"""Pages of a list: `items` and a `next_cursor` that names the last item seen."""

import base64
import binascii
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Query

from api.problems import FieldProblem, Invalid

DEFAULT_PAGE = 50
MAX_PAGE = 200

_ID_BYTES = 16
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

PageLimit = Annotated[int, Query(ge=1, le=MAX_PAGE, description="How many items at most.")]
PageCursor = Annotated[
    str | None,
    Query(max_length=64, description="`next_cursor` of the page before; leave out for the first."),
]


def encode_cursor(last_id: UUID) -> str:
    """An opaque cursor for the items after `last_id`."""
    return _encoded(last_id.bytes)


def decode_cursor(cursor: str | None) -> UUID | None:
    """The id that a cursor names; None for the first page.

    Raises:
        Invalid: it is not one of ours.
    """
    if cursor is None:
        return None
    try:
        return UUID(bytes=_decoded(cursor))
    except ValueError:
        raise _not_ours() from None


def encode_place(moment: datetime, last_id: UUID) -> str:
    """An opaque cursor for the items after a place in a list ordered by time (aware), then id."""
    microseconds = (moment - _EPOCH) // timedelta(microseconds=1)
    return _encoded(last_id.bytes + microseconds.to_bytes(8, signed=True))


def decode_place(cursor: str | None) -> tuple[datetime, UUID] | None:
    """The place that a cursor names; None for the first page.

    Raises:
        Invalid: it is not one of ours.
    """
    if cursor is None:
        return None
    try:
        raw = _decoded(cursor)
        if len(raw) != _ID_BYTES + 8:
            raise _not_ours()
        microseconds = int.from_bytes(raw[_ID_BYTES:], signed=True)
        moment = _EPOCH + timedelta(microseconds=microseconds)
        return moment, UUID(bytes=raw[:_ID_BYTES])
    except (ValueError, OverflowError):
        raise _not_ours() from None


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(cursor: str) -> bytes:
    try:
        return base64.b64decode(cursor + "==", altchars=b"-_", validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None


def _not_ours() -> Invalid:
    return Invalid([FieldProblem("cursor", "must be the next_cursor of the page before")])
