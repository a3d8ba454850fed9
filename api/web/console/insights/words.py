"""Names and numbers of insights in plain words."""

from collections.abc import Mapping
from types import MappingProxyType

from api.insights.schemas import EmptiedBy, IntervalOut, UnmetRow
from api.pages.numbers import fixed
from api.web.console.reasons import reason_words
from api.web.console.weighting.words import COUNTS
from matching.insights.tally import FIELDS

_PARTS = {field: COUNTS[dimension][0] for dimension, field in FIELDS.items()}
# What stands where a figure is withheld, or where there is nothing to tell.
WITHHELD = "–"
FEW = "under 5"

TITLES: Mapping[str, str] = MappingProxyType(
    {
        "exposure": "Who is seen",
        "unmet-needs": "Unmet needs",
        "profiles": "Gaps in profiles",
        "calibration": "Does expected fit hold?",
        "congestion": "Room and waiting",
        "bias": "Groups compared",
    }
)
MEASURES: Mapping[str, str] = MappingProxyType(
    {
        "exposure": "Attention",
        "exposure_for_merit": "Attention for their score",
        "selection": "Chosen",
        "preference_fit": "Wishes met",
        "expected_fit": "Expected fit",
        "fit": "Fit as rated",
        "eligible_therapists": "Therapists they could be shown",
        "nobody_eligible": "With nobody to show",
    }
)
ATTRIBUTES: Mapping[str, str] = MappingProxyType(
    {
        "gender": "gender",
        "culture": "background",
        "language": "language",
        "gender_asked_for": "gender asked for",
        "culture_asked_for": "background asked for",
        "language_asked_for": "language asked for",
        "age_group": "age group",
    }
)
# In which of the clinic's vocabularies the groups of an attribute are named.
FACETS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "gender": ("genders",),
        "culture": ("cultures", "communities"),
        "language": ("languages",),
        "gender_asked_for": ("genders",),
        "culture_asked_for": ("cultures", "communities"),
        "language_asked_for": ("languages",),
        "age_group": ("age_groups",),
    }
)
_GROUPS = {"unknown": "not said", "not_asked": "not asked"}


def named(code: str) -> str:
    """A code as words, where there are none of its own."""
    return code.replace("_", " ")


def part_of(field: str) -> str:
    """A field of a profile by the part of a match that it is for."""
    return _PARTS.get(field) or named(field).capitalize()


def group_name(attribute: str, group: str, labels: Mapping[str, Mapping[str, str]]) -> str:
    """A group as the clinic calls it; `labels` are its words, by facet and code."""
    for facet in FACETS.get(attribute, ()):
        if group in labels.get(facet, {}):
            return labels[facet][group]
    return _GROUPS.get(group, named(group))


def asked_for(row: UnmetRow) -> str:
    """What was asked for, without the figures that stand beside it."""
    words = row.words.partition(":")[0]
    return words[:1].upper() + words[1:]


def figure(value: float | None, places: int = 2) -> str:
    """A number to so many places; a dash where it is withheld."""
    if value is None:
        return WITHHELD
    return fixed(value, places)


def percent(value: float | None, places: int = 1) -> str:
    """A share in per cent."""
    return WITHHELD if value is None else f"{100 * value:.{places}f} %"


def people(count: int | None) -> str:
    """A number of clients, which is given in steps of five."""
    return FEW if count is None else str(count)


def room(places: int | None) -> str:
    """A limit or free places, of which there may be no end."""
    return "no limit" if places is None else str(places)


def interval(one: IntervalOut, places: int = 2) -> str:
    """A figure with its interval; a dash where it is withheld."""
    if one.value is None or one.low is None or one.high is None:
        return figure(one.value, places)
    span = f"{figure(one.low, places)} to {figure(one.high, places)}"
    return f"{figure(one.value, places)} ({span})"


def reason(one: EmptiedBy) -> str:
    """What left clients with nobody, and how many."""
    return f"{reason_words(one.reason)} ({one.clients} clients)"
