"""The reasons for leaving a therapist: the kind of each, and the axis that one of style moves."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Kind = Literal[
    "style", "relationship", "work", "identity", "safety", "practical", "circumstance"
]  # fmt: skip

_BY_KIND: Mapping[Kind, tuple[str, ...]] = MappingProxyType(
    {
        "style": (
            "leads_too_much", "leads_too_little", "too_intense", "too_reserved", "past_too_much",
            "past_too_little", "too_blunt", "too_soft",
        ),
        "relationship": ("trust", "not_heard", "judged", "no_click", "cant_speak_up"),
        "work": ("goals", "modality", "needs", "no_progress", "specialist_advised"),
        "identity": ("culture", "gender", "language"),
        "safety": ("unsafe", "boundary", "discrimination"),
        "practical": (
            "schedule", "cost", "payer", "location", "format", "connection", "access",
            "cancellations",
        ),
        "circumstance": (
            "therapist_left", "therapist_advised", "conflict", "second_opinion", "paused",
            "prefer_not_to_say", "other",
        ),
    }
)  # fmt: skip

# Every shared reason for an alternative, with its kind.
REASONS: Mapping[str, Kind] = MappingProxyType(
    {code: kind for kind, codes in _BY_KIND.items() for code in codes}
)

# The axis that a reason of style moves, and which way.
AXES: Mapping[str, tuple[str, int]] = MappingProxyType(
    {
        "leads_too_much": ("therapist_directiveness", -1),
        "leads_too_little": ("therapist_directiveness", 1),
        "too_intense": ("emotional_intensity", -1),
        "too_reserved": ("emotional_intensity", 1),
        "past_too_much": ("past_orientation", -1),
        "past_too_little": ("past_orientation", 1),
        "too_blunt": ("warm_support", 1),
        "too_soft": ("warm_support", -1),
    }
)


def is_fit(code: str) -> bool:
    """Whether a reason says that two people did not fit. A clinic's own codes say nothing."""
    return REASONS.get(code) in {"style", "relationship", "work", "identity"}


def is_safety(code: str) -> bool:
    """Whether a reason must be put before staff at once."""
    return REASONS.get(code) == "safety"
