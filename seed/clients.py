"""Clients: what they want, what they need, and how they say so in the body of a request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from matching.intake import AnyOf, Importance, Intake, StyleWish
from matching.profile import UNKNOWN_STYLE, StyleAxes
from matching.shared_codes import SHARED
from matching.vocabulary import STYLE_AXES
from seed.backgrounds import BACKGROUNDS, OPEN_COMMUNITIES
from seed.draw import Draw, in_order
from seed.schools import SCHOOLS, School

# All shares in this file are choices, unless a source stands beside them.
# Lay people want more directiveness and less intensity than therapists do (Cooper–Norcross); the
# sizes, on −1..1, are choices.
STYLE_WISH_MEAN = (0.25, 0.2, -0.05, -0.1)
STYLE_WISH_SD = 0.45
ASKED = {"style": 0.75, "gender": 0.45, "modality": 0.35, "format": 0.55, "schedule": 0.5}
_AXIS_SKIPPED = 0.2
_NO_NEEDS = 0.05
LEARNING = 0.86  # share whose past ratings may be learned from
_LANGUAGE = 0.4  # of those with another language than English
_CULTURE = 0.4  # of those outside the majority background
_CULTURE_OF_MAJORITY = 0.04
_COMMUNITY = 0.12  # times the share of therapists with experience of a community
_IMPORTANCE = {Importance.SOME: 0.42, Importance.STRONG: 0.43, Importance.MUST: 0.15}
_SOFT = {Importance.SOME: 0.5, Importance.STRONG: 0.5}
_GENDERS = {
    ("woman",): 0.52, ("woman", "non_binary"): 0.14, ("man",): 0.24,
    ("non_binary", "trans_woman", "trans_man", "genderqueer"): 0.06, ("woman", "man"): 0.04,
}  # fmt: skip
_FORMATS = {("video",): 0.45, ("in_person",): 0.35, ("video", "phone"): 0.15, ("chat",): 0.05}
_SLOTS = {
    slot: {"morning": 1.0, "afternoon": 1.4, "evening": 2.2}[slot[4:]]
    * (0.4 if slot[:3] in {"sat", "sun"} else 1.0)
    for slot in SHARED["schedule"]
}
_AGES = {"adult": 0.66, "young_adult": 0.23, "older_adult": 0.11}
_STATES = {"US-CA": 0.9, "US-NY": 0.035, "US-WA": 0.035, "US-TX": 0.03}
_PAYERS = {
    "aetna": 0.2, "anthem_blue_cross": 0.2, "blue_shield": 0.14, "kaiser": 0.05, "united": 0.1,
    "medicaid": 0.1, "self_pay": 0.14, "not_asked": 0.07,
}  # fmt: skip
_ACCESS = {("step_free",): 0.05, ("captions",): 0.015, ("step_free", "parking"): 0.015, (): 0.92}
_ASSOCIATE: Mapping[Literal["yes", "no", "not_sure"] | None, float] = {
    "yes": 0.55, "no": 0.12, "not_sure": 0.33,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Client:
    """One client: what the intake says, and whether their ratings may be learned from."""

    intake: Intake
    learning: bool


def draw_client(seed: int, kind: str, number: int) -> Client:
    """Client `<kind>-<number>` of the clinic of `seed`, the same however many others there are."""
    draw = Draw(seed, f"client:{kind}:{number}")
    school = SCHOOLS[draw.one({name: school.share for name, school in SCHOOLS.items()})]
    background = BACKGROUNDS[draw.one({name: one.clients for name, one in BACKGROUNDS.items()})]
    return Client(
        Intake(
            style=_style(draw),
            gender=_asked(draw, "gender", draw.one(_GENDERS)),
            culture=_culture(draw, background.culture),
            language=_language(draw, background.languages),
            modality=_asked(draw, "modality", _modalities(draw, school)),
            format=_asked(draw, "format", draw.one(_FORMATS)),
            schedule=_schedule(draw),
            needs=_needs(draw, school),
            service=_service(draw, school),
            age_group=_age(draw, school),
            jurisdiction=draw.one(_STATES),
            payer=_payer(draw),
            access=draw.one(_ACCESS),
            accepts_associate=draw.one(_ASSOCIATE),
            client_reference=f"{kind}-{number}",
        ),
        learning=draw.chance(LEARNING),
    )


def preferences(intake: Intake) -> dict[str, object]:
    """The `preferences` of a request or a past rating; a skipped question is not in it."""
    stated: dict[str, object] = {}
    if intake.style.asked:
        axes = dict(zip(STYLE_AXES, intake.style.axes, strict=True))
        stated["communication_style"] = axes | {"importance": intake.style.importance.value}
    for dimension in ("gender", "culture", "language", "modality", "format", "schedule"):
        wish: AnyOf = getattr(intake, dimension)
        if wish.asked:
            stated[dimension] = {"any_of": list(wish.codes), "importance": wish.importance.value}
    return stated


def body(intake: Intake) -> dict[str, object]:
    """The body of `POST /v1/matches` for a client nobody has rated for yet."""
    optional: dict[str, object] = {
        "age_group": intake.age_group,
        "jurisdiction": intake.jurisdiction,
        "payer": intake.payer,
        "access": list(intake.access),
        "accepts_associate": intake.accepts_associate,
    }
    return {
        "client": {"reference": intake.client_reference},
        "preferences": preferences(intake),
        "needs": list(intake.needs),
        "service": intake.service,
        **{name: value for name, value in optional.items() if value},
    }


def _asked(draw: Draw, dimension: str, codes: tuple[str, ...]) -> AnyOf:
    importance = draw.one(_SOFT if dimension in {"modality", "schedule"} else _IMPORTANCE)
    return AnyOf(codes, importance) if draw.chance(ASKED[dimension]) else AnyOf()


def _style(draw: Draw) -> StyleWish:
    axes: list[float | None] = []
    for mean in STYLE_WISH_MEAN:
        value = round(min(1.0, max(-1.0, draw.normal(mean, STYLE_WISH_SD))), 1)
        axes.append(None if draw.chance(_AXIS_SKIPPED) else value)
    stated: StyleAxes = (axes[0], axes[1], axes[2], axes[3])
    return StyleWish(stated if draw.chance(ASKED["style"]) else UNKNOWN_STYLE, draw.one(_SOFT))


def _culture(draw: Draw, culture: str) -> AnyOf:
    """A `must` is taken for communities only, as the contract's manners have it."""
    share = _CULTURE_OF_MAJORITY if culture == "european" else _CULTURE
    ancestry = [culture] if draw.chance(share) else []
    wanted = {code: _COMMUNITY * known for code, known in OPEN_COMMUNITIES.items()}
    communities = draw.some(wanted)[:2]
    codes = (*ancestry, *communities)
    return AnyOf(codes, draw.one(_SOFT if ancestry else _IMPORTANCE)) if codes else AnyOf()


def _language(draw: Draw, languages: Mapping[str, float]) -> AnyOf:
    spoken = draw.some(languages)[:1]
    return AnyOf(spoken, draw.one(_IMPORTANCE)) if spoken and draw.chance(_LANGUAGE) else AnyOf()


def _modalities(draw: Draw, school: School) -> tuple[str, ...]:
    return in_order(
        draw.several({school.core: 1.0, **school.modalities}, draw.between(1, 2)),
        SHARED["modalities"],
    )


def _schedule(draw: Draw) -> AnyOf:
    slots = draw.several(_SLOTS, draw.between(1, 5))
    return _asked(draw, "schedule", in_order(slots, SHARED["schedule"]))


def _needs(draw: Draw, school: School) -> tuple[str, ...]:
    """One to four, those that come together; the first is the main one."""
    drawn = draw.several(school.needs, draw.one({1: 0.25, 2: 0.4, 3: 0.25, 4: 0.1}))
    return () if draw.chance(_NO_NEEDS) else drawn


def _service(draw: Draw, school: School) -> str:
    if "couple" in school.services and draw.chance(0.5):
        return draw.one({"couple": 0.7, "family": 0.3})
    return "individual"


def _age(draw: Draw, school: School) -> str:
    if "adult" in school.ages and school.ages["adult"] < 0.5:
        return draw.one({"child": 0.55, "adolescent": 0.45})
    return draw.one(_AGES)


def _payer(draw: Draw) -> str | None:
    payer = draw.one(_PAYERS)
    return None if payer == "not_asked" else payer
