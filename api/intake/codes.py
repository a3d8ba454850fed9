"""Which codes of an intake a clinic's vocabulary does not hold, and which must is not taken."""

from collections.abc import Iterator, Sequence

from api.intake.schemas import AnyOfIn, PreferencesIn
from api.problems import FieldProblem
from api.profiles.codes import UNKNOWN_CODE
from matching.intake import Importance
from matching.vocabulary import Vocabulary

# Which facets a preference takes its codes from.
_FACETS: dict[str, tuple[str, ...]] = {
    "gender": ("genders",),
    "culture": ("cultures", "communities"),
    "modality": ("modalities",),
    "format": ("formats",),
    "schedule": ("schedule",),
}


def preference_problems(
    preferences: PreferencesIn, vocabulary: Vocabulary
) -> Iterator[FieldProblem]:
    """Every code of the preferences that the vocabulary does not hold, by field."""
    for name, facets in _FACETS.items():
        wish: AnyOfIn = getattr(preferences, name)
        if wish.any_of:
            yield from unknown_codes(f"preferences.{name}.any_of", wish.any_of, facets, vocabulary)


def refused_must(preferences: PreferencesIn, vocabulary: Vocabulary) -> Iterator[FieldProblem]:
    """Choosing staff by ancestry alone is a legal risk for an employer; experience is not."""
    wish = preferences.culture
    if wish.importance is not Importance.MUST:
        return
    if any(vocabulary.knows("cultures", code) for code in wish.any_of):
        yield FieldProblem(
            "preferences.culture.importance",
            "must is taken for communities only; use strong where a culture is among the codes",
        )


def unknown_codes(
    field: str, codes: Sequence[str], facets: Sequence[str], vocabulary: Vocabulary
) -> Iterator[FieldProblem]:
    """Each of `codes` that none of the facets holds, by its place in `field`."""
    for place, code in enumerate(codes):
        if not any(vocabulary.knows(facet, code) for facet in facets):
            yield FieldProblem(f"{field}[{place}]", UNKNOWN_CODE)


def unknown_code(
    field: str, code: str | None, facet: str, vocabulary: Vocabulary
) -> Iterator[FieldProblem]:
    """`code`, where it is given and the facet does not hold it."""
    if code is not None and not vocabulary.knows(facet, code):
        yield FieldProblem(field, UNKNOWN_CODE)
