"""What each dimension's contribution says to a client: one sentence, from the data that was scored.

Second person, short words, no figures of fit, and no claim that the profile does not make.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from matching.query import REFERRAL, Query, style_steps
from matching.roster import STYLE_STEPS, Roster
from matching.scorers.language import spoken
from matching.scorers.style import axis_score
from matching.words import labels, language_label, listed

Held = tuple[str, ...]

# From here on an axis counts as like what was asked for; below one half, as unlike it.
NEAR = 0.75

# A wish nearer to the middle of an axis than this asks for neither pole.
_MIDDLE = 0.15 * STYLE_STEPS

# By axis: what a wish for the negative pole, the middle and the positive pole asks for.
_POLES = (
    ("focused and ready to challenge you", "both warm and challenging", "warm and supportive"),
    ("lets you lead", "shares the lead with you", "leads the sessions"),
    ("stays calm around feelings", "goes some way into feelings", "goes deep into feelings"),
    ("looks at the here and now", "looks at now and at the past", "looks at the past"),
)


class Wording:
    """The sentences of one request; what several candidates share is worded once."""

    def __init__(self, query: Query, roster: Roster) -> None:
        self._query, self._roster = query, roster
        self._said: dict[tuple[str, Held], str] = {}

    def sentence(self, dimension: str, row: int, score: float) -> str:
        """What the profile says about a dimension that was asked for and scored `score`."""
        if not score and dimension in NOT_MET:
            return NOT_MET[dimension]
        held_by, say = _SENTENCES[dimension]
        held = held_by(self._query, self._roster, row)
        said = self._said.get((dimension, held))
        if said is None:
            said = self._said[dimension, held] = say(self._query, held)
        return said


def _style_held(query: Query, roster: Roster, row: int) -> Held:
    """For each axis asked, whether the therapist is near to the wish, far from it, or unsaid."""
    blank = roster.style_blank.item(row)
    out = []
    for axis, wish in style_steps(query.intake.style):
        if blank >> axis & 1:
            out.append("unsaid")
            continue
        score = axis_score(wish, roster.style.item(axis, row) - STYLE_STEPS)
        out.append("near" if score >= NEAR else "between" if score >= 1 / 2 else "far")
    return tuple(out)


def _style(query: Query, held: Held) -> str:
    words = [
        _POLES[axis][1 + (wish > _MIDDLE) - (wish < -_MIDDLE)]
        for axis, wish in style_steps(query.intake.style)
    ]
    near = [word for word, place in zip(words, held, strict=True) if place == "near"]
    far = [word for word, place in zip(words, held, strict=True) if place == "far"]
    rest = " Their profile does not say all you asked about." if "unsaid" in held else ""
    if near:
        more = " Other parts of their style differ." if far else ""
        return f"Like the style you asked for: {listed(near)}.{more}{rest}"
    if far:
        return f"Differs from the style you asked for: {listed(far)}.{rest}"
    return f"Their style is partly like what you asked for.{rest}"


def _culture_held(query: Query, roster: Roster, row: int) -> Held:
    codes = query.intake.culture.codes
    return (*roster.cultures.held(row, codes), *roster.communities.held(row, codes))


def _culture(query: Query, held: Held) -> str:
    known = query.vocabulary.facets
    words = [known["cultures"].get(code) or known["communities"].get(code, code) for code in held]
    return f"Shares or works with what you named: {listed(words)}."


def _language_held(query: Query, roster: Roster, row: int) -> Held:
    codes, tags = tuple(dict.fromkeys(query.intake.language.codes)), roster.languages.bits
    if len(codes) == 1:
        return codes
    return tuple([code for code in codes if roster.languages.held(row, spoken((code,), tags))])


def _language(query: Query, held: Held) -> str:
    return f"Speaks {listed([language_label(query.vocabulary, code) for code in held])}."


def _gender(query: Query, held: Held) -> str:
    return f"Of a gender you asked for: {labels(query.vocabulary, 'genders', held, name=False)}."


def _modality(query: Query, held: Held) -> str:
    words = labels(query.vocabulary, "modalities", held, name=True)
    return f"Works in a way you asked for: {words}."


def _needs(query: Query, held: Held) -> str:
    asked = len(set(query.intake.needs))
    words = labels(query.vocabulary, "needs", held, name=False)
    if len(held) < asked:
        return f"Works with {len(held)} of the {asked} things you named: {words}."
    whole = {1: "what", 2: "both things"}.get(asked, f"all {asked} things")
    return f"Works with {whole} you named: {words}."


def _format(query: Query, held: Held) -> str:
    return f"Meets in a way you asked for: {labels(query.vocabulary, 'formats', held, name=False)}."


def _schedule(query: Query, held: Held) -> str:
    times = labels(query.vocabulary, "schedule", held, name=True)
    return f"Works at a time you asked for: {times}."


# By dimension: what of the wish a therapist meets, and how that is said.
_SENTENCES: Mapping[
    str, tuple[Callable[[Query, Roster, int], Held], Callable[[Query, Held], str]]
] = MappingProxyType(
    {
        "communication_style": (_style_held, _style),
        "gender": (lambda q, roster, row: roster.gender.held(row, q.intake.gender.codes), _gender),
        "culture": (_culture_held, _culture),
        "language": (_language_held, _language),
        "modality": (
            lambda q, roster, row: roster.modalities.held(row, q.intake.modality.codes),
            _modality,
        ),
        "needs": (lambda q, roster, row: roster.needs.held(row, q.intake.needs), _needs),
        "format": (lambda q, roster, row: roster.formats.held(row, q.intake.format.codes), _format),
        "schedule": (
            lambda q, roster, row: roster.schedule.held(row, q.intake.schedule.codes),
            _schedule,
        ),
        REFERRAL: (lambda *_: (), lambda *_: "Someone you trust named them."),
    }
)

# Where nothing of what was asked for is there.
NOT_MET: Mapping[str, str] = MappingProxyType(
    {
        "gender": "Not of a gender you asked for.",
        "culture": "Does not list a background or community you named.",
        "language": "Does not list a language you asked for.",
        "modality": "Does not list a way of working you asked for.",
        "needs": "Does not list what you want help with.",
        "format": "Does not list a way to meet that you asked for.",
        "schedule": "Does not list a time you asked for.",
        REFERRAL: "Not one of those named to you.",
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
PASSED_OVER: Mapping[str, str] = MappingProxyType(
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
