"""Why therapists could not be shown, in words."""

from collections.abc import Mapping
from types import MappingProxyType

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "inactive": "not with the clinic now",
        "not_accepting": "takes no new clients",
        "full": "no place free",
        "no_place": "no place free",
        "leaving": "leaves soon",
        "availability_stale": "has not said for too long whether there is room",
        "current_therapist": "with the client now",
        "left_before": "the client left them before",
        "excluded_by_client": "ruled out by the client",
        "out_of_scope": "does not work with what they need help with",
        "service": "the kind of service",
        "age_group": "their age group",
        "jurisdiction": "where the therapist is licensed",
        "associate": "still in training",
        "access": "access that they need",
        "payer": "how they pay",
    }
)


def reason_words(code: str) -> str:
    """A reason in words; what is not among them is a wish that the client made a must."""
    must = code.removeprefix("must_").replace("_", " ")
    return REASONS.get(code) or f"a requirement: {must}"
