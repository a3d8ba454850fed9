"""How a therapist works: school, occupation, methods, needs, whom they see, and their style."""

from collections.abc import Mapping
from dataclasses import dataclass

from matching.shared_codes import SHARED
from seed.backgrounds import NEEDS_OF_COMMUNITIES
from seed.draw import Draw, in_order
from seed.schools import ANY_NEED, OUT_OF_SCOPE, SCHOOLS, School, Style

STYLE_SD = 0.28  # between therapists of one school, on each axis
_WITH_SCOPE = 0.4  # share of profiles that say what they do not work with
_ASSOCIATE = 0.08
_MEDICAL = frozenset({"psychologist", "psychiatrist"})


@dataclass(frozen=True, slots=True)
class Practice:
    """Codes of the shared vocabulary, in its order. `style` is the style that clients meet."""

    school: str
    discipline: str
    associate: bool
    modalities: tuple[str, ...]
    needs: tuple[str, ...]
    out_of_scope: tuple[str, ...]
    services: tuple[str, ...]
    age_groups: tuple[str, ...]
    style: Style


def draw_practice(draw: Draw, communities: tuple[str, ...]) -> Practice:
    """One therapist's practice; experience with a community brings the needs that go with it."""
    school_name = draw.one(_SHARES)
    school = SCHOOLS[school_name]
    discipline = draw.one(school.disciplines)
    needs = _needs(draw, school, communities)
    modalities = [school.core, *draw.some(school.modalities)]
    if discipline == "art_therapist":
        modalities.append("art")
    return Practice(
        school=school_name,
        discipline=discipline,
        associate=discipline not in _MEDICAL and draw.chance(_ASSOCIATE),
        modalities=in_order(modalities, SHARED["modalities"]),
        needs=needs,
        out_of_scope=_out_of_scope(draw, needs),
        services=_services(draw, school, discipline),
        age_groups=in_order(draw.some(school.ages) or ("adult",), SHARED["age_groups"]),
        style=_style(draw, school),
    )


_SHARES: Mapping[str, float] = {name: school.share for name, school in SCHOOLS.items()}


def _needs(draw: Draw, school: School, communities: tuple[str, ...]) -> tuple[str, ...]:
    codes = list(draw.some(school.needs))
    for community in communities:
        codes += draw.some(NEEDS_OF_COMMUNITIES.get(community, {}))
    codes += [code for code in SHARED["needs"] if draw.chance(ANY_NEED)]
    return in_order(codes or ["anxiety"], SHARED["needs"])


def _out_of_scope(draw: Draw, needs: tuple[str, ...]) -> tuple[str, ...]:
    if not draw.chance(_WITH_SCOPE):
        return ()
    others = {code: weight for code, weight in OUT_OF_SCOPE.items() if code not in needs}
    return in_order(draw.several(others, draw.between(1, 3)), SHARED["needs"])


def _services(draw: Draw, school: School, discipline: str) -> tuple[str, ...]:
    codes = list(draw.some(school.services))
    if discipline == "psychologist":
        codes += draw.some({"assessment": 0.25})
    return in_order(codes, SHARED["services"])


def _style(draw: Draw, school: School) -> Style:
    warm, directive, intense, past = (
        min(1.0, max(-1.0, draw.normal(mean, STYLE_SD))) for mean in school.style
    )
    return warm, directive, intense, past
