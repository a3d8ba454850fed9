"""From the reasons a client gives for leaving to a changed query, and the list of what changed.

Each reason changes the query in one stated way; what it says nothing about stays as it was. Whom to
leave out is not decided here: `Intake.with_now` and `Intake.left_before` say it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from matching.alternative_wording import (
    EMPHASIS_TEXT,
    IMPORTANCE_TEXT,
    NO_LONGER_COUNTS,
    NOTES,
    OPPOSED,
    TEXTS,
)
from matching.changes import Change, Draft, value_at
from matching.emphasis import emphasis_for
from matching.intake import AnyOf, Importance, Intake
from matching.leaving import LeavingTherapist
from matching.profile import UNKNOWN_STYLE, StyleAxes
from matching.query import STYLE
from matching.reasons import AXES, REASONS, is_safety
from matching.repair import repair_words
from matching.vocabulary import STYLE_AXES
from matching.weighting import Weighting

# How far beyond the old wish and the therapist a new wish is set, on −1..1, and how far beyond the
# others who were shown (docs/alternatives.md).
STEP, PAST_OTHERS = 0.25, 0.3

_STYLE = f"preferences.{STYLE}"
_WORK = MappingProxyType({"needs": 0.2, "modality": 0.1})
_RATED = MappingProxyType({"expected_fit": 0.5})
_STATED = MappingProxyType({STYLE: 0.0, "needs": 0.0})

# The parts of the score that a reason makes count more, and the least share each then has: those of
# work and culture here, that of an axis of style as little as will do (`matching.following`). What
# predicts the items of a relationship is `expected_fit` where a model serves, and otherwise style
# and needs: _RATED and _STATED.
SHARES: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        **{code: _WORK for code, kind in REASONS.items() if kind == "work"},
        "culture": {"culture": 0.0, "expected_fit": 0.5},
    }
)

# The wish that a reason makes matter more, where there is one.
RAISES: Mapping[str, str] = MappingProxyType(
    {
        "culture": "culture",
        "gender": "gender",
        "language": "language",
        "schedule": "schedule",
        "format": "format",
    }
)

# The field of an intake whose answer a reason needs to be of use; the other reasons with a note
# are about what a request has no field for.
ANSWERED_BY: Mapping[str, str] = MappingProxyType(
    {
        **{code: code for code in (*RAISES, "modality", "payer", "access")},
        **dict.fromkeys(("goals", "needs", "no_progress", "specialist_advised"), "needs"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """A changed query and what is said about it.

    Attributes:
        intake: the query for the alternative.
        changes: applied to the first query in their order, they give `intake`.
        notes: what could not be done without an answer of the client's.
        repair: words for raising the matter with the current therapist, offered and never
            required; None where there is nothing to raise, or it would not be safe.
        safety: whether staff must look at once.
        ways: the axes of style that reasons speak of and the query asks about, each with its way:
            1 for more of it, −1 for less.
    """

    intake: Intake
    changes: tuple[Change, ...]
    notes: tuple[str, ...]
    repair: str | None
    safety: bool
    ways: tuple[tuple[str, int], ...] = ()


def alternative(  # noqa: PLR0913 - every input is named at the call
    intake: Intake,
    reasons: Sequence[str],
    leaving: LeavingTherapist,
    *,
    weighting: Weighting,
    reliability: float = 0.0,
    stated: frozenset[str] = frozenset(),
    others: StyleAxes = UNKNOWN_STYLE,
    axis_share: float = 0.0,
) -> Alternative:
    """What to ask next, after these reasons for leaving a therapist.

    `intake` is the query that led there, with what the client has changed themselves; `stated`
    names the places they changed (paths as in `matching.changes`, or what such paths begin with),
    which no reason changes again. `weighting` is the clinic's and `reliability` that of the model
    that serves, 0..1, 0 without one: emphasis is measured against them. `others` is the mean style
    of the others on the list that led there, as described (`leaving.mean_style`): a reason of style
    never draws the next list the wrong way from them. `axis_share` is the least share of the score,
    0..0.8, of each axis that a reason names, as far as `emphasis.MOST` leaves room for all that
    reasons lift (`following.following` finds it). A reason that is not in REASONS, such as a
    clinic's own, changes nothing.
    """
    draft, given = Draft(intake, stated), tuple(dict.fromkeys(reasons))
    opposed = _opposed(given)
    said = tuple(code for code in given if code not in opposed)
    _move_style(draft, [code for code in said if code in AXES], leaving, others)
    for code in said:
        if code in RAISES:
            _raise(draft, RAISES[code], code)
        if code == "connection":
            _other_format(draft, leaving.format)
    _emphasise(draft, said, weighting, reliability, axis_share)
    return Alternative(
        intake=draft.intake,
        changes=tuple(draft.changes),
        notes=tuple(dict.fromkeys(_notes(draft.intake, said, opposed, leaving.format))),
        repair=repair_words(given),
        safety=any(is_safety(code) for code in given),
        ways=tuple(dict.fromkeys(AXES[code] for code in said if _asks_of(draft.intake, code))),
    )


def _asks_of(intake: Intake, code: str) -> bool:
    """Whether a reason is one of style, and the query asks about its axis."""
    return code in AXES and value_at(intake, f"{_STYLE}.{AXES[code][0]}") is not None


def _opposed(given: Sequence[str]) -> tuple[str, ...]:
    """The reasons of style that pull one axis both ways: they say nothing about it together."""
    ways = {AXES[code] for code in given if code in AXES}
    return tuple(code for code in given if code in AXES and (AXES[code][0], -AXES[code][1]) in ways)


def _move_style(
    draft: Draft, codes: Sequence[str], leaving: LeavingTherapist, others: StyleAxes
) -> None:
    """Each axis named away from the therapist and from the old wish; style matters from here."""
    before = draft.intake.style
    if codes and before.importance is Importance.NONE:
        if draft.is_stated(f"{_STYLE}.importance"):
            return
        _forget_style(draft, codes)
    for code in codes:
        name, way = AXES[code]
        axis = STYLE_AXES.index(name)
        wish = before.axes[axis] if before.asked else None
        new = moved(wish, leaving.stands(axis, wish), others[axis], way)
        draft.change(f"{_STYLE}.{name}", new, code, TEXTS[code])
        if draft.intake.style.axes[axis] is not None:
            _make_strong(draft, STYLE, code)


def moved(wish: float | None, stands: float | None, others: float | None, way: int) -> float:
    """A wish on one axis, −1..1 in hundredths, beyond the old one, the therapist and the others.

    STEP is half of `leaving.DISTANCE`, how much more of an axis somebody met who wants less of it:
    some of that is the therapist's own, who is left. `way` is 1 for more of the axis, −1 for less.
    Beyond is STEP further than the old wish and where the therapist stands, from the middle where
    neither is known, and PAST_OTHERS further than the others on the first list.
    """
    known = [way * value for value in (wish, stands) if value is not None]
    least = [max(known, default=0.0) + STEP]
    if others is not None:
        least.append(way * others + PAST_OTHERS)
    return round(way * min(max(least), 1.0), 2)


def _forget_style(draft: Draft, codes: Sequence[str]) -> None:
    """What was stated of axes that no reason names did not count, and does not begin to."""
    named = {AXES[code][0] for code in codes}
    for name, value in zip(STYLE_AXES, draft.intake.style.axes, strict=True):
        if name not in named and value is not None:
            draft.change(f"{_STYLE}.{name}", None, codes[0], NO_LONGER_COUNTS)


def _raise(draft: Draft, dimension: str, code: str) -> None:
    """A wish that was stated matters strongly; one that was not is never guessed."""
    if getattr(draft.intake, dimension).asked:
        _make_strong(draft, dimension, code)


def _make_strong(draft: Draft, dimension: str, code: str) -> None:
    what = f"preferences.{dimension}.importance"
    if value_at(draft.intake, what) != Importance.MUST:
        draft.change(what, str(Importance.STRONG), code, IMPORTANCE_TEXT[dimension])


def _other_format(draft: Draft, used: str | None) -> None:
    """Of several formats that suit the client, those that were not used."""
    wish = draft.intake.format
    others = [one for one in wish.codes if one != used]
    if wish.asked and others:
        draft.change("preferences.format.any_of", others, "connection", TEXTS["connection"])


def _emphasise(
    draft: Draft,
    said: Sequence[str],
    weighting: Weighting,
    reliability: float,
    axis_share: float,
) -> None:
    """Each part that the reasons speak of counts more, to the largest share they give it."""
    served = reliability * weighting.weights["expected_fit"] > 0
    shares: dict[str, float] = {}
    because: dict[str, str] = {}
    for code in said:
        if code in AXES and not _asks_of(draft.intake, code):
            continue
        for part, share in _parts_of(code, served, axis_share).items():
            if part not in shares or share > shares[part]:
                shares[part], because[part] = share, code
    for part, factor in emphasis_for(shares, draft.intake, weighting, reliability).items():
        draft.change(f"emphasis.{part}", factor, because[part], EMPHASIS_TEXT[part])


def _parts_of(code: str, served: bool, axis_share: float) -> Mapping[str, float]:
    if code in AXES:
        return {f"{STYLE}.{AXES[code][0]}": axis_share}
    if REASONS.get(code) == "relationship":
        return _RATED if served else _STATED
    return SHARES.get(code, {})


def _notes(
    intake: Intake, said: Sequence[str], opposed: Sequence[str], used: str | None
) -> Iterator[str]:
    """What a reason leaves open until the client answers."""
    if opposed:
        yield OPPOSED
    for code in said:
        if code == "connection":
            answered = used is not None and bool(set(intake.format.codes) - {used})
        else:
            answered = code in ANSWERED_BY and _answered(intake, ANSWERED_BY[code])
        if code in NOTES and not answered:
            yield NOTES[code]


def _answered(intake: Intake, field: str) -> bool:
    answer = getattr(intake, field)
    return answer.asked if isinstance(answer, AnyOf) else bool(answer)
