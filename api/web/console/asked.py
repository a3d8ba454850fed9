"""What the client of a match asked for, in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from api.intake.schemas import LanguageIn, PreferencesIn
from api.intake.wishes import style_axes
from api.ranking.schemas import MatchRequest
from api.web.console.profile_form import STYLES
from matching.vocabulary import STYLE_AXES, Vocabulary
from matching.words import language_label

# Each wish with the vocabularies that its codes are from, and how it is called.
_WISHES = {
    "gender": (("genders",), "Gender"),
    "culture": (("communities", "cultures"), "Background"),
    "language": (("languages",), "Language"),
    "modality": (("modalities",), "Kind of therapy"),
    "format": (("formats",), "How they meet"),
    "schedule": (("schedule",), "When they meet"),
}
_WEIGHTS = {"none": "Counts nothing", "some": "Counts", "strong": "Counts a lot", "must": "A must"}
_ALONE = "A must"
_STRONGLY = 0.5
_TRAINING = {"yes": "Agreed to", "no": "Not wanted", "not_sure": "Not sure"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that was asked for, and how much it counts; empty where it counts as is."""

    name: str
    said: str
    weight: str = ""


def asked_in(request: MatchRequest, vocabulary: Vocabulary) -> list[Asked]:
    """Everything that was asked for; what was not answered is left out."""
    lines = [
        Asked("Help with", _labels(vocabulary, ("needs",), request.needs)),
        *_way_of_working(request.preferences),
        *_wishes(request.preferences, vocabulary),
        Asked("Who comes", vocabulary.label("services", request.service), _ALONE),
        Asked("Age", _labels(vocabulary, ("age_groups",), [request.age_group or ""]), _ALONE),
        Asked("Lives in", request.jurisdiction or "", _ALONE),
        Asked("Pays with", request.payer or "", _ALONE),
        Asked("Access", _labels(vocabulary, ("access",), request.access), _ALONE),
        Asked("Somebody in training", _TRAINING.get(request.accepts_associate or "", "")),
        Asked("Referred to", ", ".join(request.referred_to)),
        Asked("Not these", ", ".join(request.exclude_therapists), _ALONE),
    ]
    return [line for line in lines if line.said]


def _way_of_working(preferences: PreferencesIn) -> Iterator[Asked]:
    style = preferences.communication_style
    axes = style_axes(style.cnip_items, [getattr(style, axis) for axis in STYLE_AXES])
    said = []
    for axis, value in zip(STYLE_AXES, axes, strict=True):
        if value:
            pole = STYLES[axis][value > 0].lower()
            said.append(pole if abs(value) >= _STRONGLY else f"{pole}, a little")
    yield Asked("Way of working", "; ".join(said).capitalize(), _WEIGHTS[style.importance])


def _wishes(preferences: PreferencesIn, vocabulary: Vocabulary) -> Iterator[Asked]:
    for field, (facets, name) in _WISHES.items():
        wish = getattr(preferences, field)
        if isinstance(wish, LanguageIn):
            said = ", ".join(language_label(vocabulary, tag) for tag in wish.any_of)
        else:
            said = _labels(vocabulary, facets, wish.any_of)
        yield Asked(name, said, _WEIGHTS[wish.importance])


def _labels(vocabulary: Vocabulary, facets: Sequence[str], codes: Sequence[str]) -> str:
    known = {code: label for facet in facets for code, label in vocabulary.facets[facet].items()}
    return ", ".join(known.get(code, code) for code in codes if code)
