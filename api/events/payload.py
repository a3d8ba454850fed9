"""An event as it goes out: ids, a type and a time."""

from typing import Any

from pydantic_core import to_json
from sqlalchemy import Row


def event_body(row: Row[Any]) -> bytes:
    """The body of a delivery joined with its event; the same bytes on every attempt."""
    return to_json(
        {
            "id": row.event_id,
            "type": row.type,
            "created_at": row.created_at,
            "clinic_id": row.clinic_id,
            # PostgreSQL keeps the names of a document in an order of its own.
            "data": dict(sorted(row.data.items())),
        }
    )
