"""Behavioural health in the NUCC health care provider taxonomy, and what it is called here."""

from collections.abc import Iterable

SYSTEM = "http://nucc.org/provider-taxonomy"

# By the first letters of a code (taxonomy.nucc.org): a grouping, and of 2084 the psychiatrists.
_DISCIPLINES = {
    "101Y": "professional_counsellor",
    "103T": "psychologist",
    "103G": "psychologist",
    "103K": "behaviour_analyst",
    "1041": "clinical_social_worker",
    "106H": "marriage_family_therapist",
    "2084P": "psychiatrist",
}


def discipline_of(codes: Iterable[str]) -> str | None:
    """The discipline of the first behavioural-health code, None where there is none."""
    for code in codes:
        discipline = _DISCIPLINES.get(code[:4]) or _DISCIPLINES.get(code[:5])
        if discipline:
            return discipline
    return None
