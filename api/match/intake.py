"""From what a form sent to what the engine takes, checked against the clinic's vocabulary."""

from collections.abc import Iterator, Sequence

from api.match.schemas import AnyOfIn, MatchRequest, PreferencesIn, StyleIn
from api.problems import FieldProblem
from api.profiles.codes import UNKNOWN_CODE
from matching.cnip import axes_from_items
from matching.intake import AnyOf, Importance, Intake, StyleWish
from matching.profile import StyleAxes
from matching.vocabulary import STYLE_AXES, Vocabulary

# Which facets a preference takes its codes from.
_FACETS: dict[str, tuple[str, ...]] = {
    "gender": ("genders",),
    "culture": ("cultures", "communities"),
    "modality": ("modalities",),
    "format": ("formats",),
    "schedule": ("schedule",),
}


def to_intake(request: MatchRequest) -> Intake:
    """The request as the engine takes it."""
    wishes = request.preferences
    return Intake(
        style=StyleWish(_axes(wishes.communication_style), wishes.communication_style.importance),
        gender=_any_of(wishes.gender),
        culture=_any_of(wishes.culture),
        language=AnyOf(tuple(wishes.language.any_of), wishes.language.importance),
        modality=_any_of(wishes.modality),
        format=_any_of(wishes.format),
        schedule=_any_of(wishes.schedule),
        needs=tuple(dict.fromkeys(request.needs)),
        service=request.service,
        age_group=request.age_group,
        jurisdiction=request.jurisdiction,
        payer=request.payer,
        access=tuple(request.access),
        accepts_associate=request.accepts_associate,
        referred_to=tuple(request.referred_to),
        exclude_therapists=tuple(request.exclude_therapists),
        client_reference=request.client.reference if request.client else None,
        staff_review=request.staff_review,
        limit=request.limit,
    )


def vocabulary_problems(request: MatchRequest, vocabulary: Vocabulary) -> list[FieldProblem]:
    """Every code that the clinic's vocabulary does not hold, by field, and a refused must."""
    problems = list(_unknown_in_preferences(request.preferences, vocabulary))
    problems += _unknown("needs", request.needs, ("needs",), vocabulary)
    problems += _unknown("access", request.access, ("access",), vocabulary)
    problems += _unknown_single("service", request.service, "services", vocabulary)
    problems += _unknown_single("age_group", request.age_group, "age_groups", vocabulary)
    problems += _refused_must(request.preferences.culture, vocabulary)
    return problems


def _any_of(wish: AnyOfIn) -> AnyOf:
    return AnyOf(tuple(dict.fromkeys(wish.any_of)), wish.importance)


def _axes(wish: StyleIn) -> StyleAxes:
    if wish.cnip_items is not None:
        return axes_from_items(wish.cnip_items)
    first, second, third, fourth = (getattr(wish, axis) for axis in STYLE_AXES)
    return (first, second, third, fourth)


def _unknown_in_preferences(
    preferences: PreferencesIn, vocabulary: Vocabulary
) -> Iterator[FieldProblem]:
    for name, facets in _FACETS.items():
        wish: AnyOfIn = getattr(preferences, name)
        yield from _unknown(f"preferences.{name}.any_of", wish.any_of, facets, vocabulary)


def _unknown(
    field: str, codes: Sequence[str], facets: Sequence[str], vocabulary: Vocabulary
) -> Iterator[FieldProblem]:
    for place, code in enumerate(codes):
        if not any(vocabulary.knows(facet, code) for facet in facets):
            yield FieldProblem(f"{field}[{place}]", UNKNOWN_CODE)


def _unknown_single(
    field: str, code: str | None, facet: str, vocabulary: Vocabulary
) -> Iterator[FieldProblem]:
    if code is not None and not vocabulary.knows(facet, code):
        yield FieldProblem(field, UNKNOWN_CODE)


def _refused_must(wish: AnyOfIn, vocabulary: Vocabulary) -> Iterator[FieldProblem]:
    """Choosing staff by ancestry alone is a legal risk for an employer; experience is not."""
    if wish.importance is not Importance.MUST:
        return
    if any(vocabulary.knows("cultures", code) for code in wish.any_of):
        yield FieldProblem(
            "preferences.culture.importance",
            "must is taken for communities only; use strong where a culture is among the codes",
        )
