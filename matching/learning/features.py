"""What a client asked for against what a therapist offers, as columns that a model weighs.

Two kinds. *Content* columns say how far a pair's wishes are met, in ways that hold for every
therapist: the scores that ranking uses, but for style the nearness of what clients meet, and finer
views of style and needs. *Slopes* say what is particular about a client, to be multiplied by what a
therapist is particularly good at: the needs, the style wished for, whether culture was asked for.

Only what a query counts is looked at: a skipped question, or one without weight in the clinic,
leaves no trace in any column. No column is a therapist's gender, culture or age by itself.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.query import Query, axis_factors, style_steps
from matching.roster import STYLE_STEPS, Roster
from matching.rows import Rows
from matching.scorers import SCORERS, Levels
from matching.vocabulary import DIMENSIONS, STYLE_AXES

Floats = NDArray[np.float64]

CONTENT_DIMENSIONS = tuple(name for name in DIMENSIONS if name != "expected_fit")
STYLE, NEEDS, CULTURE = "communication_style", "needs", "culture"

# Columns of one kind are held towards nothing by one variance, estimated for the kind.
KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("dimension", CONTENT_DIMENSIONS),
    ("strong", tuple(f"{name}:strong" for name in CONTENT_DIMENSIONS)),
    (
        "style",
        (
            *(f"closeness:{axis}" for axis in STYLE_AXES),
            *(f"product:{axis}" for axis in STYLE_AXES),
            *(f"beyond:{axis}" for axis in STYLE_AXES),
            "near",
        ),
    ),
    ("needs", ("all_needs", "first_need")),
)
CONTENT = tuple(name for _, names in KINDS for name in names)
_PLACE = {name: place for place, name in enumerate(CONTENT)}

# A therapist is near a style at this mean distance on −1..1, and beyond it at this much more.
_NEAR = 0.4
_BEYOND = 0.3


@dataclass(frozen=True, slots=True)
class Asked:
    """What is particular about one client, for the slopes of therapists.

    Attributes:
        needs: the codes that count, the first named first.
        style: −1..1 on each axis, 0 where not asked, shape (4,).
        culture: how much culture matters, 0 where not asked.
        dimensions: the same for every content dimension, shape (8,).
    """

    needs: tuple[str, ...]
    style: Floats
    culture: float
    dimensions: Floats

    @classmethod
    def of(cls, query: Query) -> "Asked":
        """What a query counts; importance is 1 for strong and a must."""
        importance = [query.importance.get(name, 0.0) for name in CONTENT_DIMENSIONS]
        style = np.zeros(len(STYLE_AXES))
        if STYLE in query.importance:
            for axis, steps in style_steps(query.intake.style):
                style[axis] = steps / STYLE_STEPS
        needs = tuple(dict.fromkeys(query.intake.needs)) if NEEDS in query.importance else ()
        return cls(needs, style, query.importance.get(CULTURE, 0.0), np.array(importance))


def content_columns(
    query: Query,
    roster: Roster,
    rows: Rows,
    style: Floats,
    levels: Mapping[str, Levels] | None = None,
) -> Iterator[tuple[int, Floats]]:
    """The content columns that are not 0 throughout, as (place in CONTENT, values (rows.size,)).

    `style` is the style that clients meet, −1..1, shape (4, len(roster)), NaN where unknown;
    `levels` the dimensions' scores where they are at hand.
    """
    for dimension in query.importance:
        level = levels[dimension] if levels else None
        yield from columns_of(dimension, query, roster, rows, style, level)


def columns_of(
    dimension: str,
    query: Query,
    roster: Roster,
    rows: Rows,
    style: Floats,
    level: Levels | None = None,
) -> Iterator[tuple[int, Floats]]:
    """The columns of one dimension that the query counts; see `content_columns`."""
    importance = query.importance[dimension]
    if dimension == STYLE:
        score = _nearness(query, rows, style)
    else:
        score = np.empty(rows.size)
        (level or SCORERS[dimension].score(query, roster, rows)).into(score, None)
        score -= 0.5
    yield _PLACE[dimension], importance * score
    if importance >= 1:
        yield _PLACE[f"{dimension}:strong"], score
    if dimension == STYLE:
        yield from _style_columns(query, rows, style)
    if dimension == NEEDS:
        yield from _need_columns(query, roster, rows)


def _nearness(query: Query, rows: Rows, style: Floats) -> Floats:
    """½ less the mean distance to the style wished for, by axis as the client emphasises them.

    Plain distance, not by how far off a therapist could be as in the score: over the ratings of
    simulated clinics it tells more (docs/benchmarks.md).
    """
    axes, factors = style_steps(query.intake.style), axis_factors(query.intake)
    total = np.zeros(rows.size)
    for (axis, steps), factor in zip(axes, factors, strict=True):
        total += factor * _known(0.5 - np.abs(rows.of(style[axis]) - steps / STYLE_STEPS), rows)
    return total / sum(factors)


def _style_columns(query: Query, rows: Rows, style: Floats) -> Iterator[tuple[int, Floats]]:
    importance = query.importance[STYLE]
    axes = style_steps(query.intake.style)
    distance = np.zeros(rows.size)
    for axis, steps in axes:
        wish, name = steps / STYLE_STEPS, STYLE_AXES[axis]
        own = rows.of(style[axis])
        apart = np.abs(own - wish)
        yield _PLACE[f"closeness:{name}"], importance * _known(0.5 - apart / (1 + abs(wish)), rows)
        yield _PLACE[f"product:{name}"], importance * _known(wish * own, rows)
        beyond = np.clip((own - wish) / _BEYOND, -1, 1)
        yield _PLACE[f"beyond:{name}"], importance * _known(beyond, rows)
        distance += apart
    near = (distance / len(axes) <= _NEAR).astype(np.float64)
    near[np.isnan(distance)] = np.nan
    yield _PLACE["near"], importance * _known(near - 0.5, rows)


def _need_columns(query: Query, roster: Roster, rows: Rows) -> Iterator[tuple[int, Floats]]:
    needs = tuple(dict.fromkeys(query.intake.needs))
    blank = roster.needs.blank(rows)
    for name, codes in (("all_needs", needs), ("first_need", needs[:1])):
        met = roster.needs.all_of(codes, rows).astype(np.float64)
        met[blank] = np.nan
        yield _PLACE[name], _known(met - 0.5, rows)


def _known(values: Floats, rows: Rows) -> Floats:
    """What is unknown takes the mean of what is known of the rows that count."""
    unknown = np.isnan(values)
    if unknown.any():
        known = values[~unknown if rows.among is None else ~unknown & rows.among]
        values[unknown] = known.mean() if known.size else 0.0
    return values


def need_shares(needs: Sequence[str]) -> list[float]:
    """How much each need counts in a slope: together of length 1, so that all clients are alike."""
    return [len(needs) ** -0.5 for _ in needs]
