"""Pages of a list: `items` and a `next_cursor` that names the last item seen."""

import base64
import binascii
from typing import Annotated
from uuid import UUID

from fastapi import Query

from api.problems import FieldProblem, Invalid

DEFAULT_PAGE = 50
MAX_PAGE = 200

PageLimit = Annotated[int, Query(ge=1, le=MAX_PAGE, description="How many items at most.")]
PageCursor = Annotated[
    str | None,
    Query(max_length=64, description="`next_cursor` of the page before; leave out for the first."),
]


def encode_cursor(last_id: UUID) -> str:
    """An opaque cursor for the items after `last_id`."""
    return base64.urlsafe_b64encode(last_id.bytes).rstrip(b"=").decode()


def decode_cursor(cursor: str | None) -> UUID | None:
    """The id that a cursor names; None for the first page.

    Raises:
        Invalid: it is not one of ours.
    """
    if cursor is None:
        return None
    try:
        return UUID(bytes=base64.b64decode(cursor + "==", altchars=b"-_", validate=True))
    except (ValueError, binascii.Error):
        raise Invalid(
            [FieldProblem("cursor", "must be the next_cursor of the page before")]
        ) from None
