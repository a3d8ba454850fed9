"""Backgrounds: the cultures, languages, community experience and names that go together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """One background; `therapists` and `clients` are relative shares of each.

    `languages` and `communities` give each code's probability.
    """

    therapists: float
    clients: float
    names: str
    culture: str
    languages: Mapping[str, float] = field(default_factory=dict)
    communities: Mapping[str, float] = field(default_factory=dict)


_MIGRATION = {"immigrants": 0.55, "refugees": 0.15}

# Relative shares per hundred, made for one Californian clinic: a choice, not a census.
BACKGROUNDS: Mapping[str, Background] = MappingProxyType(
    {
        "european": Background(
            therapists=30,
            clients=31,
            names="english",
            culture="european",
            communities={"christian": 0.12, "veterans": 0.1, "rural": 0.1, "secular": 0.1},
        ),
        "continental": Background(
            therapists=4,
            clients=2,
            names="french_german_italian",
            culture="european",
            languages={"fr": 0.4, "de": 0.35, "it": 0.3},
            communities={"secular": 0.2},
        ),
        "latine": Background(
            therapists=19,
            clients=27,
            names="spanish",
            culture="latine",
            languages={"es": 0.88},
            communities={**_MIGRATION, "christian": 0.15, "parents": 0.25},
        ),
        "brazilian": Background(
            therapists=1,
            clients=0.7,
            names="portuguese",
            culture="latine",
            languages={"pt": 0.9, "es": 0.4},
            communities=_MIGRATION,
        ),
        "african_american": Background(
            therapists=9,
            clients=9,
            names="african_american",
            culture="african_american",
            communities={"christian": 0.3, "veterans": 0.15, "students": 0.2},
        ),
        "chinese": Background(
            therapists=6,
            clients=6,
            names="chinese",
            culture="east_asian",
            languages={"zh": 0.65, "yue": 0.3},
            communities={**_MIGRATION, "buddhist": 0.1},
        ),
        "korean": Background(
            therapists=2.5,
            clients=2,
            names="korean",
            culture="east_asian",
            languages={"ko": 0.75},
            communities={**_MIGRATION, "christian": 0.3},
        ),
        "japanese": Background(
            therapists=1.5,
            clients=1,
            names="japanese",
            culture="east_asian",
            languages={"ja": 0.55},
            communities={"immigrants": 0.35, "buddhist": 0.2},
        ),
        "indian": Background(
            therapists=4,
            clients=4,
            names="indian",
            culture="south_asian",
            languages={"hi": 0.6, "pa": 0.15, "bn": 0.12},
            communities={"immigrants": 0.5, "hindu": 0.45, "sikh": 0.12},
        ),
        "pakistani": Background(
            therapists=1.5,
            clients=1.5,
            names="pakistani",
            culture="south_asian",
            languages={"ur": 0.8, "pa": 0.3},
            communities={**_MIGRATION, "muslim": 0.75},
        ),
        "vietnamese": Background(
            therapists=2.5,
            clients=3,
            names="vietnamese",
            culture="southeast_asian",
            languages={"vi": 0.8},
            communities={**_MIGRATION, "buddhist": 0.3},
        ),
        "filipino": Background(
            therapists=3,
            clients=3.5,
            names="filipino",
            culture="southeast_asian",
            languages={"tl": 0.75},
            communities={"immigrants": 0.5, "healthcare_workers": 0.35},
        ),
        "arabic": Background(
            therapists=2,
            clients=1.5,
            names="arabic",
            culture="middle_eastern_north_african",
            languages={"ar": 0.85, "fr": 0.15},
            communities={**_MIGRATION, "muslim": 0.5},
        ),
        "iranian": Background(
            therapists=2.5,
            clients=1.5,
            names="persian",
            culture="middle_eastern_north_african",
            languages={"fa": 0.85},
            communities={**_MIGRATION, "muslim": 0.2, "secular": 0.3},
        ),
        "turkic": Background(
            therapists=0.5,
            clients=0.4,
            names="turkish",
            culture="central_asian",
            languages={"tr": 0.85, "ru": 0.15},
            communities={"immigrants": 0.6, "muslim": 0.4},
        ),
        "jewish": Background(
            therapists=5,
            clients=2,
            names="hebrew",
            culture="jewish",
            languages={"he": 0.35, "ru": 0.06},
            communities={"jewish_faith": 0.55, "secular": 0.2},
        ),
        "slavic": Background(
            therapists=2.5,
            clients=1.5,
            names="slavic",
            culture="eastern_european",
            languages={"ru": 0.65, "uk": 0.35, "pl": 0.2},
            communities=_MIGRATION,
        ),
        "east_african": Background(
            therapists=1,
            clients=0.8,
            names="east_african",
            culture="african",
            languages={"am": 0.4, "so": 0.3, "sw": 0.35},
            communities={"immigrants": 0.6, "refugees": 0.45, "muslim": 0.3},
        ),
        "west_african": Background(
            therapists=1,
            clients=0.7,
            names="west_african",
            culture="african",
            languages={"fr": 0.35},
            communities={**_MIGRATION, "christian": 0.4},
        ),
        "caribbean": Background(
            therapists=1,
            clients=0.6,
            names="caribbean",
            culture="caribbean",
            languages={"ht": 0.5, "fr": 0.3, "es": 0.1},
            communities=_MIGRATION,
        ),
        "indigenous": Background(
            therapists=1,
            clients=0.8,
            names="indigenous",
            culture="indigenous",
            communities={"rural": 0.5, "veterans": 0.2},
        ),
        "pacific": Background(
            therapists=0.8,
            clients=0.7,
            names="pacific",
            culture="pacific_islander",
            communities={"parents": 0.3, "christian": 0.3},
        ),
    }
)

# Community experience that does not follow from a background; shares are a choice.
OPEN_COMMUNITIES: Mapping[str, float] = MappingProxyType(
    {
        "lgbtq": 0.32, "transgender": 0.08, "immigrants": 0.05, "veterans": 0.07,
        "first_responders": 0.06, "disability": 0.1, "deaf": 0.02, "neurodivergent": 0.17,
        "students": 0.15, "parents": 0.2, "healthcare_workers": 0.1, "kink_poly": 0.06,
        "secular": 0.04, "rural": 0.03,
    }
)  # fmt: skip

# Needs that somebody who works with a community nearly always works with too.
NEEDS_OF_COMMUNITIES: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "lgbtq": {"sexuality": 0.6, "identity": 0.5, "gender_identity": 0.35},
        "transgender": {"gender_identity": 0.9, "identity": 0.5},
        "immigrants": {"migration": 0.6, "racism": 0.3},
        "refugees": {"migration": 0.6, "ptsd": 0.5},
        "veterans": {"ptsd": 0.6, "anger": 0.25},
        "first_responders": {"ptsd": 0.4, "burnout": 0.5, "sleep": 0.3},
        "disability": {"chronic_illness": 0.5, "chronic_pain": 0.35},
        "neurodivergent": {"adhd": 0.7, "autism": 0.5},
        "students": {"academic": 0.6, "perfectionism": 0.3},
        "parents": {"parenting": 0.5, "perinatal": 0.3},
        "healthcare_workers": {"burnout": 0.6, "stress": 0.4},
        "kink_poly": {"sexuality": 0.7, "relationships": 0.5},
        "christian": {"faith": 0.3},
        "muslim": {"faith": 0.3},
        "jewish_faith": {"faith": 0.3},
    }
)
