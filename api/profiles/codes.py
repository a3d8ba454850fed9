"""Which fields of a therapist's row hold codes, and which of those codes a clinic does not have."""

from collections.abc import Mapping
from types import MappingProxyType

from api.profiles.schemas import TherapistPatch, TherapistRow
from matching.vocabulary import Vocabulary

UNKNOWN_CODE = "is not a code of this clinic's vocabulary: see GET /v1/vocabulary"

CODE_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "cultures": "cultures",
        "communities": "communities",
        "modalities": "modalities",
        "needs": "needs",
        "out_of_scope": "needs",
        "formats": "formats",
        "schedule": "schedule",
        "services": "services",
        "age_groups": "age_groups",
        "access": "access",
    }
)
"""The vocabulary's facet for each list of codes. Languages and jurisdictions are open lists."""


def unknown_codes(
    row: TherapistRow | TherapistPatch, vocabulary: Vocabulary
) -> list[tuple[str, str]]:
    """Where `row` holds a code that `vocabulary` lacks: `("needs[2]", "needs")`, path and facet."""
    facets = vocabulary.facets
    found: list[tuple[str, str]] = []
    if row.gender is not None and row.gender not in facets["genders"]:
        found.append(("gender", "genders"))
    for field, facet in CODE_FIELDS.items():
        known = facets[facet]
        for position, code in enumerate(getattr(row, field)):
            if code not in known:
                found.append((f"{field}[{position}]", facet))
    return found
