"""What staff are told of how a client's pairings and waits stand."""

from collections.abc import Mapping
from types import MappingProxyType

# The words, and how much they ask for attention.
STATUS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "offered": ("A place is held for them", "care"),
        "awaiting_staff": ("Waits for staff", "care"),
        "requested": ("Waits for the therapist", "care"),
        "active": ("Work together", ""),
        "declined": ("The therapist declined", "dull"),
        "expired": ("No answer in time", "dull"),
        "withdrawn": ("Taken back", "dull"),
        "ended": ("Ended", "dull"),
    }
)
WAIT_STATUS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "waiting": ("Waits", "care"),
        "offered": ("A place is held for them", ""),
        "placed": ("Placed", "dull"),
        "left": ("Left the list", "dull"),
        "expired": ("The last day passed", "dull"),
    }
)
