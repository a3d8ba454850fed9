"""What webhooks are told of, and how a delivery stands, in words."""

from collections.abc import Mapping
from types import MappingProxyType

EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "match.created": "Therapists were ranked for a client",
        "pairing.requested": "A therapist was asked",
        "pairing.accepted": "A therapist accepted",
        "pairing.declined": "A therapist declined",
        "pairing.expired": "A therapist did not answer in time",
        "pairing.ended": "A client and a therapist ended",
        "alternative.requested": "A client asked for somebody else",
        "wait.offered": "The waiting list found somebody a place",
        "task.opened": "Staff have something to see to",
        "ping": "A test",
    }
)
# The words, and how much they ask for attention.
STATUS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "waiting": ("To be sent", "care"),
        "delivered": ("Taken", ""),
        "given_up": ("Given up", "warm"),
    }
)
FAILURES: Mapping[str, str] = MappingProxyType(
    {
        "status": "It answered with an error",
        "timed_out": "It did not answer in time",
        "connection_failed": "It could not be reached",
        "tls_failed": "Its certificate could not be trusted",
        "bad_answer": "Its answer could not be read",
        "no_address": "Its name leads nowhere",
        "address_refused": "Its name leads to an address that is not allowed",
        "host_not_allowed": "The operator no longer allows its host",
    }
)
