"""Signatures of what is sent, as Standard Webhooks 1.0.0 has them (its symmetric scheme, `v1`)."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from uuid import UUID

PREFIX = "whsec_"
# The specification asks for 24 to 64.
SECRET_BYTES = 32


def new_secret() -> bytes:
    """A fresh signing secret of 256 random bits."""
    return secrets.token_bytes(SECRET_BYTES)


def shown_secret(secret: bytes) -> str:
    """A secret in the form in which receivers take it."""
    return PREFIX + base64.b64encode(secret).decode()


def signed_headers(secret: bytes, event_id: UUID, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers that go with `body`; the signature covers id, time and body."""
    timestamp = str(int(at.timestamp()))
    content = f"{event_id}.{timestamp}.".encode() + body
    digest = hmac.digest(secret, content, hashlib.sha256)
    return {
        "webhook-id": str(event_id),
        "webhook-timestamp": timestamp,
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }
