"""A profile in words: what it says, what it leaves open, and what leaving it open costs."""

from collections.abc import Mapping
from typing import Any

from api.profiles.schemas import TherapistOut
from matching.vocabulary import Vocabulary

# By field: how it is called, the vocabulary of its codes, and what clients then do not see.
_FIELDS: Mapping[str, tuple[str, str | None, str]] = {
    "needs": ("What you work with", "needs", "You count as average for whatever a client brings."),
    "out_of_scope": ("What you do not work with", "needs", ""),
    "modalities": ("Kinds of therapy", "modalities", "Who asks for one cannot see that you do it."),
    "languages": (
        "Languages",
        "languages",
        "Who needs a language does not see you.",
    ),
    "formats": ("How you meet", "formats", "Who must meet in one way does not see you."),
    "schedule": ("When you have time", "schedule", "You count as average for every time."),
    "services": ("Who you see", "services", ""),
    "age_groups": ("Ages you see", "age_groups", "Who says an age does not see you."),
    "licences": ("Where you may practise", None, "Who says where they are does not see you."),
    "payers": ("Who can pay", None, "Clients are told to check with you."),
    "access": ("Access", "access", "Who needs something to take part does not see you."),
    "gender": (
        "Gender (you need not say)",
        "genders",
        "Who needs one does not see you.",
    ),
    "cultures": ("Your background (you need not say)", "cultures", ""),
    "communities": ("Communities you know", "communities", "Who looks for this cannot see it."),
}


def said(therapist: TherapistOut, vocabulary: Vocabulary) -> list[tuple[str, str]]:
    """Each field that the profile fills in, in words."""
    document = therapist.model_dump(mode="json")
    rows = []
    for field, (name, facet, _) in _FIELDS.items():
        words = _words(document.get(field), facet, vocabulary)
        if words:
            rows.append((name, words))
    return rows


def gaps(therapist: TherapistOut) -> list[tuple[str, str]]:
    """Each field that the profile leaves open, with what that costs."""
    document = therapist.model_dump(mode="json")
    style = document.get("style") or {}
    missing = [
        (name, cost)
        for field, (name, _, cost) in _FIELDS.items()
        if cost and not document.get(field)
    ]
    if not any(value is not None for value in style.values()):
        missing.insert(0, ("How you work", "Your style is not known: you count as average for it."))
    return missing


def _words(value: Any, facet: str | None, vocabulary: Vocabulary) -> str:
    if not value:
        return ""
    codes = [value] if isinstance(value, str) else value
    return ", ".join(_label(code, facet, vocabulary) for code in codes)


def _label(code: Any, facet: str | None, vocabulary: Vocabulary) -> str:
    if isinstance(code, dict):
        return str(code["jurisdiction"])
    return vocabulary.label(facet, code) if facet else str(code)
