"""The same requests under two weightings: what would change, tallied match by match.

Every figure is a running sum, but for the few examples that are kept; so ten thousand matches take
no more memory than one and a number for each therapist.
"""

from bisect import insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from matching.attention import attention
from matching.availability import MOST_ROOM, OPEN, Availability
from matching.choosing import Choosing
from matching.engine import LineUp
from matching.lists import overlap, rank_correlation
from matching.overflow import Overflow
from matching.standing import Standing, judged, preference_fits

_Floats = NDArray[np.float64]
_TOP = 3


@dataclass(frozen=True, slots=True)
class Change:
    """One figure under the weighting of now and under the other."""

    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Example:
    """A match whose list changes, and how alike the two lists are (`lists.overlap`)."""

    key: str
    overlap: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a replay found; the shares and means are None where there is nothing to take them of.

    Attributes:
        matches: how many were replayed; `empty` of them had nobody to show, under either weighting,
            and are left out of all that follows.
        top1_changed: share whose first is another.
        top3_changed: share whose first three are not the same three in the same order.
        rank_correlation: mean over matches of `lists.rank_correlation`, −1..1.
        overlap: mean over matches of `lists.overlap`, 0..1.
        exposure: by therapist id, the share of all attention that falls on them, 0..1.
        preference_fit: mean over matches of how well those shown meet what was asked, 0..1, each
            rank counting by its attention, both lists judged by the weights of before.
        expected_fit: the same of what the model expects, 0..10, of the matches that had a model.
        overflow: how many more would choose a therapist than there are places, clients.
        examples: the matches whose lists change most, the most changed first.
    """

    matches: int
    empty: int
    top1_changed: float | None
    top3_changed: float | None
    rank_correlation: float | None
    overlap: float | None
    exposure: Mapping[str, Change]
    preference_fit: Change | None
    expected_fit: Change | None
    overflow: Change
    examples: tuple[Example, ...]


@dataclass
class Tally:
    """Takes a replay's matches one at a time, oldest first.

    `examples` says how many to keep, `choosing` how clients choose from a list.
    """

    examples: int = 10
    choosing: Choosing = field(default_factory=Choosing.usual)
    _matches: int = 0
    _empty: int = 0
    _lists: "_Mean" = field(default_factory=lambda: _Mean(4))
    _fits: "_Mean" = field(default_factory=lambda: _Mean(2))
    _expected: "_Mean" = field(default_factory=lambda: _Mean(2))
    _exposure: dict[str, list[float]] = field(default_factory=dict)
    _overflow: Overflow = field(default_factory=Overflow)
    _kept: list[tuple[float, int, Example]] = field(default_factory=list)

    def add(
        self, key: str, ids: Sequence[str], before: LineUp, after: LineUp, places: _Floats
    ) -> None:
        """Count one match, both line-ups being of the same request on the same roster.

        `key` names the match in the examples; `ids` are the roster's; `places` (len(ids),) how many
        places each therapist had free at the time, infinite without a limit (`places_of`).
        """
        self._matches += 1
        two = before, after
        standing = Standing.of(before), Standing.of(after)
        self._overflow.see(ids, places)
        for way, one in enumerate(standing):
            self._overflow.want(way, one.rows, one.chances @ self.choosing.given(one.ranks))
        if not standing[0].ranks:
            self._empty += 1
            return
        shown = [_shown(one) for one in two]
        self._compare(*shown)
        self._see(ids, standing)
        self._judge(two, standing)
        self._keep(key, shown)

    def comparison(self, uptake: float = 1.0) -> Comparison:
        """What all the matches added so far show.

        `uptake` is the share of lists from which somebody is chosen, 0..1.
        """
        top1, top3, correlation, alike = self._lists.each()
        counted = self._matches - self._empty
        return Comparison(
            matches=self._matches,
            empty=self._empty,
            top1_changed=top1,
            top3_changed=top3,
            rank_correlation=correlation,
            overlap=alike,
            exposure={
                id_: Change(seen[0] / counted, seen[1] / counted)
                for id_, seen in sorted(self._exposure.items())
            },
            preference_fit=self._fits.change(),
            expected_fit=self._expected.change(),
            overflow=Change(*self._overflow.clients(uptake)),
            examples=tuple(one for *_, one in self._kept),
        )

    def _compare(self, before: list[int], after: list[int]) -> None:
        self._lists.add(
            before[0] != after[0],
            before[:_TOP] != after[:_TOP],
            rank_correlation(before, after),
            overlap(before, after),
        )

    def _see(self, ids: Sequence[str], standing: tuple[Standing, Standing]) -> None:
        for way, one in enumerate(standing):
            for row, seen in zip(one.rows.tolist(), _seen(one).tolist(), strict=True):
                self._exposure.setdefault(ids[row], [0.0, 0.0])[way] += seen

    def _judge(self, two: tuple[LineUp, LineUp], standing: tuple[Standing, Standing]) -> None:
        pools = two[0].pool, two[1].pool
        fits = preference_fits(pools[0]), judged(pools[1], by=pools[0])
        self._fits.add_where_known(*_means(fits, standing))
        # On the scale of a fit, as an answer shows it.
        expected = [np.clip(pool.expected.mean, 0.0, 10.0) for pool in pools if pool.expected]
        if len(expected) == len(pools):
            self._expected.add_where_known(*_means((expected[0], expected[1]), standing))

    def _keep(self, key: str, shown: list[list[int]]) -> None:
        """Among the most changed, the earliest come first."""
        if shown[0] == shown[1] or not self.examples:
            return
        order = (overlap(*shown), self._matches)
        if len(self._kept) == self.examples and self._kept[-1][:2] < order:
            return
        insort(self._kept, (*order, Example(key, order[0])))
        del self._kept[self.examples :]


@dataclass
class _Mean:
    """The running means of some figures that are told together."""

    figures: int
    _count: int = 0
    _sums: list[float] = field(default_factory=list)

    def add(self, *values: float) -> None:
        self._count += 1
        self._sums = [
            a + b for a, b in zip(self._sums or [0.0] * self.figures, values, strict=True)
        ]

    def add_where_known(self, *values: float) -> None:
        if np.isfinite(values).all():
            self.add(*values)

    def each(self) -> list[float | None]:
        if not self._count:
            return [None] * self.figures
        return [value / self._count for value in self._sums]

    def change(self) -> Change | None:
        return Change(*(value / self._count for value in self._sums)) if self._count else None


def places_of(availability: Availability) -> _Floats:
    """How many places each therapist has free, as far as a ranking knows: (len(ids),).

    None for who takes nobody new, and infinite from MOST_ROOM on, where it stops counting.
    """
    room = availability.room.astype(np.float64)
    room[availability.room >= MOST_ROOM] = np.inf
    return np.where(availability.standing == OPEN, room, 0.0)


def _shown(line_up: LineUp) -> list[int]:
    """The roster rows that are shown, in order."""
    shown: list[int] = line_up.pool.rows[
        line_up.arrangement.orders[line_up.arrangement.mine]
    ].tolist()
    return shown


def _seen(standing: Standing) -> _Floats:
    """The share of a list's attention that falls on each who may stand on it: sums to 1."""
    by_rank = attention(standing.ranks)
    seen: _Floats = standing.chances @ (by_rank / by_rank.sum())
    return seen


def _means(
    values: tuple[_Floats, _Floats], standing: tuple[Standing, Standing]
) -> tuple[float, float]:
    """The mean of a value over those shown before and after, by attention."""
    first, second = (
        float(_seen(one) @ value[one.places]) for value, one in zip(values, standing, strict=True)
    )
    return first, second
