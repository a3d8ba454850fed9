"""A preview and a sensitivity in plain words, and as pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.pages.bars import Bar, Bars
from api.pages.numbers import signed
from api.web.console.weighting.words import COUNTS, number
from api.weightings.preview.schemas import (
    EstimateOut,
    ExampleOut,
    ExposureOut,
    GroupExposureOut,
    PreviewOut,
)
from api.weightings.sensitivity.schemas import SensitivityOut, ShareOut

_EACH_WAY = 6
_GROUPS = 8
# Below this a share of attention has not changed by anything that one would see.
_SEEN = 0.0005
FACETS = {
    "gender": "Gender",
    "cultures": "Background",
    "communities": "Community",
    "languages": "Language",
}
Labels = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Group:
    """A group's share of attention."""

    facet: str
    name: str
    therapists: int
    before: str
    after: str
    change: str


@dataclass(frozen=True, slots=True)
class Shown:
    """An example: both lists, and what did it."""

    match_id: str
    before: list[str]
    after: list[tuple[str, str]]
    because: str


def headline(found: PreviewOut) -> str:
    """The one sentence: in how many past matches somebody else would have come first."""
    counted = found.matches - found.empty
    if not counted:
        return "There are no past matches to try it on yet."
    return f"{share_of(found.top1_changed, counted)} somebody else would have come first."


def share_of(share: float | None, counted: int) -> str:
    """A share of matches as a person counts: of 100, or of all where there are fewer."""
    if not share:
        return f"In none of {counted} past matches"
    if counted < 100:
        return f"In {round(share * counted)} of {counted} past matches"
    of_hundred = round(100 * share)
    if of_hundred == 0:
        return "In fewer than 1 of 100 past matches"
    return f"In {of_hundred} of 100 past matches"


def exposure_chart(found: PreviewOut, each_way: int = _EACH_WAY) -> Bars | None:
    """Those whose share of attention grows or falls most; None where nobody's does.

    `each_way` is how many who gain, and how many who lose, are shown at most.
    """
    moved = [one for one in found.exposure if abs(one.change) >= _SEEN]
    if not moved:
        return None
    shown = moved if len(moved) <= 2 * each_way else moved[:each_way] + moved[-each_way:]
    return Bars(
        key="exposure",
        title="Shares of attention, before and after",
        description="Each therapist’s share of all attention in these matches, first places"
        f" counting most. The {len(shown)} who move most, of {len(moved)} who move: who gains"
        " stands first, who loses last.",
        series=("Before", "After"),
        bars=[_exposed(one.therapist.name, one) for one in shown],
    )


def _exposed(label: str, one: ExposureOut | GroupExposureOut) -> Bar:
    texts = (percent(one.before), f"{percent(one.after)} ({signed(100 * one.change, 1)})")
    return Bar(label, (one.before, one.after), texts)


def groups(found: PreviewOut, labels: Labels) -> list[Group]:
    """Every group's share of attention; `labels` are the clinic's words, by facet and code."""
    return [_group(one, labels) for one in found.exposure_by_group]


def group_chart(found: PreviewOut, labels: Labels) -> Bars | None:
    """The groups whose share of attention changes most; None where none's does."""
    moved = [one for one in found.exposure_by_group if abs(one.change) >= _SEEN]
    if not moved:
        return None
    most = sorted(moved, key=lambda one: -abs(one.change))[:_GROUPS]
    return Bars(
        key="groups",
        title="Shares of attention by group, before and after",
        description=f"As profiles say; a therapist may be in several groups. The {len(most)} that"
        f" move most, of {len(moved)} that move.",
        series=("Before", "After"),
        bars=[
            _exposed(f"{FACETS[one.facet]}: {_called(one, labels)}", one)
            for one in sorted(most, key=lambda one: -one.change)
        ],
    )


def _group(one: GroupExposureOut, labels: Labels) -> Group:
    shares = (percent(one.before), percent(one.after), signed(100 * one.change, 1))
    return Group(FACETS[one.facet], _called(one, labels), one.therapists, *shares)


def _called(one: GroupExposureOut, labels: Labels) -> str:
    if one.code is None:
        return "not said"
    facet = "genders" if one.facet == "gender" else one.facet
    return labels.get(facet, {}).get(one.code, one.code)


def told_examples(examples: Sequence[ExampleOut]) -> list[Shown]:
    """The matches whose list changes most, both lists side by side."""
    return [_example(one) for one in examples]


def _example(one: ExampleOut) -> Shown:
    before, after = [], []
    for who in one.therapists:
        was = who.before.rank if who.before else None
        now = who.after.rank if who.after else None
        if was is not None:
            before.append((was, who.therapist.name))
        if now is not None:
            after.append((now, who.therapist.name, _moved(was, now)))
    causes = [
        f"{COUNTS[cause.dimension][0]} (+{cause.points:.3f})"
        for cause in one.because
        if cause.points >= _SEEN
    ]
    return Shown(
        one.match_id,
        [name for _, name in sorted(before)],
        [(name, move) for _, name, move in sorted(after)],
        ", ".join(causes) or "close scores, arranged otherwise",
    )


def _moved(was: int | None, now: int) -> str:
    if was is None:
        return "new"
    return "" if was == now else f"was {was}"


def estimate_words(estimate: EstimateOut) -> list[str]:
    """How well clients would have got on, or why that cannot be told."""
    if estimate.why is not None or estimate.difference is None or estimate.before is None:
        why = estimate.why.text if estimate.why else "Your data cannot tell."
        return ["It cannot be told how well clients would have got on.", why]
    by = estimate.difference
    span = f"{signed(by.value)} points ({signed(by.low)} to {signed(by.high)}, 95 % interval)"
    sense = (
        "The interval holds 0: your data do not tell whether the change helps or harms."
        if by.low <= 0 <= by.high
        else f"The change would have {'helped' if by.value > 0 else 'harmed'}."
    )
    return [
        (
            f"Mean fit, of 10: {estimate.before.value:.2f} before, {estimate.value or 0:.2f} after."
            f" The difference is {span}."
        ),
        sense,
        (
            f"It rests on {estimate.outcomes} rated choices, which tell as much as"
            f" {estimate.effective_sample_size:.0f} of the new weighting’s own."
        ),
    ]


@dataclass(frozen=True, slots=True)
class Reach:
    """How far one weight can move: what is said for each share of matches."""

    name: str
    weight: str
    asked: str
    said: list[str]


def reaches(found: SensitivityOut) -> list[Reach]:
    """How far each weight can move before the first place of 1, 5 and 20 % changes."""
    return [
        Reach(
            COUNTS[one.dimension][0],
            number(one.weight),
            "fewer than 5" if one.asked is None else str(one.asked),
            [_reach(share, found.bound) for share in one.shares],
        )
        for one in found.dimensions
    ]


def _reach(share: ShareOut, bound: float) -> str:
    said = []
    if share.down is not None:
        said.append(f"below {number(share.down.weight)}" if share.down.factor else "only near 0")
    if share.up is not None:
        said.append(f"above {number(share.up.weight)}")
    return " or ".join(said) or f"not even ×{bound:g}"


def some(count: float) -> str:
    """A number of people that is a mean: whole, but for a few."""
    return f"{count:.0f}" if count >= 10 or count == 0 else f"{count:.1f}"


def percent(value: float) -> str:
    """A share in per cent, to a tenth."""
    return f"{100 * value:.1f} %"
