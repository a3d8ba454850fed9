"""Who a therapist is: background, gender, pronouns, name, languages and community experience."""

from dataclasses import dataclass

from matching.shared_codes import SHARED
from seed.backgrounds import BACKGROUNDS, OPEN_COMMUNITIES, Background
from seed.draw import Draw, in_order
from seed.names import NAMES

# Most of the profession are women; the exact shares are a choice.
GENDERS = {
    "woman": 0.71,
    "man": 0.215,
    "non_binary": 0.045,
    "genderqueer": 0.01,
    "trans_woman": 0.008,
    "trans_man": 0.008,
    "self_described": 0.004,
}
_FEMININE = frozenset({"woman", "trans_woman"})
_MASCULINE = frozenset({"man", "trans_man"})
_SECOND_BACKGROUND = 0.06
_SPANISH_LEARNT = 0.07
_ENGLISH = 0.985


@dataclass(frozen=True, slots=True)
class Person:
    """Codes of the shared vocabulary, in its order; `pronouns` None where not given."""

    name: str
    gender: str
    pronouns: str | None
    cultures: tuple[str, ...]
    communities: tuple[str, ...]
    languages: tuple[str, ...]


def draw_person(draw: Draw) -> Person:
    """One therapist's person; somebody of two backgrounds has both cultures and all languages."""
    mine = [BACKGROUNDS[draw.one(_SHARES)]]
    if draw.chance(_SECOND_BACKGROUND):
        mine.append(BACKGROUNDS[draw.one(_SHARES)])
    gender = draw.one(GENDERS)
    cultures = {background.culture for background in mine}
    if cultures == {"indigenous"} and gender == "non_binary" and draw.chance(0.5):
        gender = "two_spirit"
    return Person(
        name=_name(draw, mine, gender),
        gender=gender,
        pronouns=_pronouns(draw, gender),
        cultures=in_order(
            [*cultures, "multiracial"] if len(cultures) > 1 else cultures, SHARED["cultures"]
        ),
        communities=_communities(draw, mine, gender),
        languages=_languages(draw, mine),
    )


_SHARES = {name: background.therapists for name, background in BACKGROUNDS.items()}


def _name(draw: Draw, mine: list[Background], gender: str) -> str:
    given, family = NAMES[mine[0].names], NAMES[mine[-1].names]
    if gender in _FEMININE:
        first = draw.any_of(given.feminine)
    elif gender in _MASCULINE:
        first = draw.any_of(given.masculine)
    else:
        first = draw.any_of(given.either)
    return f"{first} {draw.any_of(family.family)}"


def _pronouns(draw: Draw, gender: str) -> str | None:
    if draw.chance(0.06):
        return None
    if gender in _FEMININE:
        return draw.one({"she/her": 0.94, "she/they": 0.06})
    if gender in _MASCULINE:
        return draw.one({"he/him": 0.95, "he/they": 0.05})
    return draw.one({"they/them": 0.75, "she/they": 0.15, "he/they": 0.1})


def _communities(draw: Draw, mine: list[Background], gender: str) -> tuple[str, ...]:
    codes = [code for background in mine for code in draw.some(background.communities)]
    codes += draw.some(OPEN_COMMUNITIES)
    if gender not in {"woman", "man"}:
        codes.append("lgbtq")
        codes += draw.some({"transgender": 0.7})
    return in_order(codes, SHARED["communities"])


def _languages(draw: Draw, mine: list[Background]) -> tuple[str, ...]:
    codes = [code for background in mine for code in draw.some(background.languages)]
    codes += draw.some({"es": _SPANISH_LEARNT, "fr": 0.02, "ase": 0.015, "bfi": 0.002})
    if draw.chance(_ENGLISH) or not codes:
        codes.append("en")
    return in_order(codes, SHARED["languages"])
