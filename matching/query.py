"""What one request effectively asks of one clinic: which wishes count, and with what weights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from matching.intake import AnyOf, Importance, Intake, StyleWish
from matching.roster import STYLE_STEPS, Roster
from matching.rows import Rows
from matching.vocabulary import DIMENSIONS, STYLE_AXES, Vocabulary
from matching.weighting import Weighting

REFERRAL = "referral"
EXPECTED_FIT = "expected_fit"
STYLE = "communication_style"

# What a word from somebody the client trusts adds at most, as a share of the whole score: visible
# and bounded, less than one dimension at its default weight.
REFERRAL_SHARE = 0.10

# The field of an intake that states each dimension's wish.
WISH_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "communication_style": "style",
        "gender": "gender",
        "culture": "culture",
        "language": "language",
        "modality": "modality",
        "format": "format",
        "schedule": "schedule",
    }
)


@dataclass(frozen=True, slots=True)
class Query:
    """One intake as this clinic's weighting and roster see it.

    Attributes:
        weights: by dimension (and referral), in contract order; they sum to 1 over the rows that
            are asked, and hold no others.
        importance: of the wishes and needs that count, how much each matters to the client, in
            0..1: 1 for strong and must, as the clinic has it for the others.
        referred, excluded: roster rows of the therapists named, sorted.
        with_now, left_before: roster rows of whom the client is with and whom they left, sorted.
        unmatched: how many of the references named are not on the roster.
    """

    intake: Intake
    vocabulary: Vocabulary
    weights: Mapping[str, float]
    importance: Mapping[str, float]
    referred: tuple[int, ...]
    excluded: tuple[int, ...]
    with_now: tuple[int, ...]
    left_before: tuple[int, ...]
    unmatched: int

    @classmethod
    def of(
        cls,
        intake: Intake,
        roster: Roster,
        weighting: Weighting,
        vocabulary: Vocabulary,
        reliability: float = 0.0,
    ) -> "Query":
        """The effective query. References and ids that are not on the roster have no effect.

        `reliability` is that of the model that ranks, 0..1, 0 without one.
        """
        named = [
            {name: roster.rows_of_reference(name) for name in references}
            for references in (intake.referred_to, intake.exclude_therapists)
        ]
        referred, excluded = (
            tuple(sorted({row for rows in found.values() for row in rows})) for found in named
        )
        missing = {name for found in named for name, rows in found.items() if not rows}
        weights = effective_weights(
            intake, weighting, referred=bool(referred), reliability=reliability
        )
        most = max(weighting.importance.values(), default=1.0) or 1.0
        importance = {
            dimension: _multiplier(intake, weighting, dimension) / most
            for dimension in weights
            if dimension in WISH_FIELDS or dimension == "needs"
        }
        with_now, left_before = (
            tuple(sorted({row for id_ in ids if (row := roster.row_of(id_)) is not None}))
            for ids in (intake.with_now, intake.left_before)
        )
        return cls(
            intake, vocabulary, weights, importance,
            referred, excluded, with_now, left_before, len(missing),
        )  # fmt: skip

    def wish(self, dimension: str) -> AnyOf | StyleWish | None:
        """What the client stated about a dimension, None for one that has no wish of its own."""
        field = WISH_FIELDS.get(dimension)
        wish: AnyOf | StyleWish | None = getattr(self.intake, field) if field else None
        return wish

    def musts(self) -> list[str]:
        """The dimensions whose wish is a requirement."""
        return [
            dimension
            for dimension in WISH_FIELDS
            if (wish := self.wish(dimension)) is not None
            and wish.asked
            and wish.importance is Importance.MUST
        ]

    def canonical(self, roster: Roster) -> bytes:
        """The same bytes for the same question: all that can change who is eligible or a score.

        Not the limit, the client's reference or the order in which codes were named. The clinic's
        weights are left out too, so that two weightings are compared under the same randomness.
        """
        intake, musts = self.intake, self.musts()
        asked = [
            (dimension, str(wish.importance), _stated(wish))
            for dimension in WISH_FIELDS
            if (wish := self.wish(dimension)) and (dimension in self.weights or dimension in musts)
        ]
        named = [[roster.ids[row] for row in rows] for rows in (self.referred, self.excluded)]
        parts: tuple[object, ...] = (
            asked,
            sorted(self._needs_that_count(roster)),
            [intake.service, intake.age_group, (intake.jurisdiction or "").upper()],
            (intake.payer or "").casefold(),
            sorted(set(intake.access)),
            intake.accepts_associate == "no",
            named,
        )
        # Only where there is any, so that a first question keeps the bytes that it always had. Whom
        # a client rules out is remembered: asked again, that is no other question.
        left = [row for row in self.left_before if row not in self.excluded]
        later = (
            [[roster.ids[row] for row in rows] for rows in (self.with_now, left)],
            sorted(self._emphasis_that_counts()),
        )
        if any(later[0]) or later[1]:
            parts = (*parts, later)
        return repr(parts).encode()

    def _emphasis_that_counts(self) -> list[tuple[str, float]]:
        asked = {f"{STYLE}.{STYLE_AXES[axis]}" for axis, _ in style_steps(self.intake.style)}
        counting = {*self.weights, *(asked if STYLE in self.weights else ())}
        return [
            (name, float(factor))
            for name, factor in self.intake.emphasis
            if name in counting and factor != 1
        ]

    def _needs_that_count(self, roster: Roster) -> set[str]:
        """The needs; without a weight only those that some therapist rules out."""
        needs = set(self.intake.needs)
        if "needs" in self.weights:
            return needs
        rows = Rows.every(len(roster))
        return {need for need in needs if roster.out_of_scope.any_of((need,), rows).any()}


def effective_weights(
    intake: Intake, weighting: Weighting, *, referred: bool, reliability: float = 0.0
) -> Mapping[str, float]:
    """Clinic weights × client importance × emphasis, over what is asked, summing to 1.

    Emphasis on an axis of style makes its part of the dimension's weight so much larger and leaves
    those of the other axes as they are.
    `must` counts as `strong`; needs, which have no importance, count as `some`; `expected_fit`
    counts as far as its model is reliable, 0..1. A referral takes REFERRAL_SHARE of the whole, or
    all of it where nothing else is asked.
    """
    raw: dict[str, float] = {}
    emphasis = dict(intake.emphasis)
    for dimension in DIMENSIONS:
        counts = _multiplier(intake, weighting, dimension)
        if dimension == EXPECTED_FIT:
            counts = reliability
        if dimension == STYLE:
            factors = axis_factors(intake)
            counts *= sum(factors) / max(len(factors), 1)
        weight = weighting.weights[dimension] * emphasis.get(dimension, 1.0) * counts
        if weight > 0:
            raw[dimension] = weight
    total = sum(raw.values())
    share = (1 - REFERRAL_SHARE if referred else 1) / total if raw else 0.0
    weights = {dimension: weight * share for dimension, weight in raw.items()}
    if referred:
        weights[REFERRAL] = REFERRAL_SHARE if raw else 1.0
    return weights


def _multiplier(intake: Intake, weighting: Weighting, dimension: str) -> float:
    if dimension == "needs":
        return weighting.importance["some"] if intake.needs else 0.0
    field = WISH_FIELDS.get(dimension)
    if field is None:
        return 0.0
    wish: AnyOf | StyleWish = getattr(intake, field)
    if not wish.asked:
        return 0.0
    strong = wish.importance in {Importance.MUST, Importance.STRONG}
    return weighting.importance["strong" if strong else "some"]


def style_steps(wish: StyleWish) -> list[tuple[int, int]]:
    """The axes asked for, as (axis, wish in whole steps of 1 / STYLE_STEPS)."""
    return [
        (axis, round(value * STYLE_STEPS))
        for axis, value in enumerate(wish.axes)
        if value is not None
    ]


def axis_factors(intake: Intake) -> list[float]:
    """How much each axis asked for counts within style, in the order of `style_steps`."""
    emphasis = dict(intake.emphasis)
    return [
        emphasis.get(f"{STYLE}.{STYLE_AXES[axis]}", 1.0) for axis, _ in style_steps(intake.style)
    ]


def _stated(wish: AnyOf | StyleWish) -> Sequence[object]:
    if isinstance(wish, StyleWish):
        return style_steps(wish)
    return sorted({code.casefold() for code in wish.codes})
