"""What each dimension's contribution says to a client: one sentence, from the data that was scored.

Second person, short words, no figures of fit, and no claim that the profile does not make.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from matching.query import REFERRAL, Query, style_steps
from matching.roster import STYLE_STEPS, Roster
from matching.scorers.language import spoken, takes_in
from matching.scorers.style import axis_score
from matching.words import labels, language_label, listed

Sentence = Callable[[Query, Roster, int], str]

# From here on an axis counts as like what was asked for, and below LEAST_FOR_MUST as unlike it.
NEAR = 0.75

# A wish nearer to the middle of an axis than this asks for neither pole.
_MIDDLE = 0.15 * STYLE_STEPS

_POLES = (
    ("focused and ready to challenge you", "both warm and challenging", "warm and supportive"),
    ("lets you lead", "shares the lead with you", "leads the sessions"),
    ("stays calm around feelings", "goes some way into feelings", "goes deep into feelings"),
    ("looks at the here and now", "looks at now and at the past", "looks at the past"),
)


def style(query: Query, roster: Roster, row: int) -> str:
    """How a therapist's style compares, naming the axes that are near or, where none is, those far."""
    near, far, open_ = style_axes(query, roster, row)
    if near:
        rest = " Their profile does not say all you asked about." if open_ else ""
        more = " Other parts of their style differ." if far and not rest else ""
        return f"Like the style you asked for: {listed(near)}.{rest or more}"
    if far:
        return f"Differs from the style you asked for: {listed(far)}."
    return "Their style is partly like what you asked for."


def style_axes(query: Query, roster: Roster, row: int) -> tuple[list[str], list[str], list[str]]:
    """The wish of each axis asked for, in words: those met, those far from met, those unknown."""
    near: list[str] = []
    far: list[str] = []
    open_: list[str] = []
    blank = int(roster.style_blank[row])
    for axis, wish in style_steps(query.intake.style):
        pole = 1 + (wish > _MIDDLE) - (wish < -_MIDDLE)
        score = axis_score(wish, int(roster.style[axis, row]))
        if blank >> axis & 1:
            open_.append(_POLES[axis][pole])
        elif score >= NEAR:
            near.append(_POLES[axis][pole])
        elif score < 1 / 2:
            far.append(_POLES[axis][pole])
    return near, far, open_


def _gender(query: Query, roster: Roster, row: int) -> str:
    held = roster.gender.held(row, query.intake.gender.codes)
    if not held:
        return "Not of a gender you asked for."
    return f"Of a gender you asked for: {labels(query.vocabulary, 'genders', held, name=False)}."


def _culture(query: Query, roster: Roster, row: int) -> str:
    codes = tuple(dict.fromkeys(query.intake.culture.codes))
    known = query.vocabulary
    shared = [known.label("cultures", code) for code in roster.cultures.held(row, codes)]
    shared += [known.label("communities", code) for code in roster.communities.held(row, codes)]
    if not shared:
        return "Does not list a background or community you named."
    return f"Shares or works with what you named: {listed(shared)}."


def _language(query: Query, roster: Roster, row: int) -> str:
    codes = query.intake.language.codes
    held = roster.languages.held(row, spoken(codes, roster.languages.bits))
    met = [code for code in dict.fromkeys(codes) if any(takes_in((code.lower(),), t) for t in held)]
    if not met:
        return "Does not list a language you asked for."
    return f"Speaks {listed([language_label(query.vocabulary, code) for code in met])}."


def _modality(query: Query, roster: Roster, row: int) -> str:
    held = roster.modalities.held(row, dict.fromkeys(query.intake.modality.codes))
    if not held:
        return "Does not list a way of working you asked for."
    words = labels(query.vocabulary, "modalities", held, name=True)
    return f"Works in a way you asked for: {words}."


def _needs(query: Query, roster: Roster, row: int) -> str:
    asked = tuple(dict.fromkeys(query.intake.needs))
    held = roster.needs.held(row, asked)
    if not held:
        return "Does not list what you want help with."
    words = labels(query.vocabulary, "needs", held, name=False)
    if len(held) < len(asked):
        return f"Works with {len(held)} of the {len(asked)} things you named: {words}."
    whole = {1: "what", 2: "both things"}.get(len(asked), f"all {len(asked)} things")
    return f"Works with {whole} you named: {words}."


def _format(query: Query, roster: Roster, row: int) -> str:
    held = roster.formats.held(row, dict.fromkeys(query.intake.format.codes))
    if not held:
        return "Does not list a way to meet that you asked for."
    return f"Meets in a way you asked for: {labels(query.vocabulary, 'formats', held, name=False)}."


def _schedule(query: Query, roster: Roster, row: int) -> str:
    held = roster.schedule.held(row, dict.fromkeys(query.intake.schedule.codes))
    if not held:
        return "Does not list a time you asked for."
    return f"Works at a time you asked for: {labels(query.vocabulary, 'schedule', held, name=True)}."


def _referral(query: Query, _: Roster, row: int) -> str:
    named = row in query.referred
    return "Someone you trust named them." if named else "Not one of those named to you."


SENTENCES: Mapping[str, Sentence] = MappingProxyType(
    {
        "communication_style": style,
        "gender": _gender,
        "culture": _culture,
        "language": _language,
        "modality": _modality,
        "needs": _needs,
        "format": _format,
        "schedule": _schedule,
        REFERRAL: _referral,
    }
)

# Where the profile does not say.
UNSAID: Mapping[str, str] = MappingProxyType(
    {
        "communication_style": "Their profile does not say what their style is like.",
        "gender": "Their profile does not say their gender.",
        "culture": "Their profile does not say which backgrounds or communities they know.",
        "language": "Their profile does not say which languages they speak.",
        "modality": "Their profile does not say how they work.",
        "needs": "Their profile does not say what they help with.",
        "format": "Their profile does not say how they meet clients.",
        "schedule": "Their profile does not say when they work.",
    }
)

# A wish that mattered a lot and is not met.
UNMET: Mapping[str, str] = MappingProxyType(
    {
        "communication_style": "Their style is not like what you said matters a lot.",
        "gender": "Not of a gender you asked for, which you said matters a lot.",
        "culture": "Does not list a background or community you said matters a lot.",
        "language": "Does not list a language you said matters a lot.",
        "modality": "Does not list a way of working you said matters a lot.",
        "format": "Does not list a way to meet that you said matters a lot.",
        "schedule": "Does not list a time you said matters a lot.",
    }
)
