"""Identifiers: UUIDv7, time-ordered, made by the server."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A fresh identifier, greater than those made before it in this process."""
    return uuid7()
