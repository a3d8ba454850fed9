"""Training data as the mixed model takes it: observations, content columns and slopes."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matching.learning.apart import told_apart
from matching.learning.features import (
    CONTENT,
    CONTENT_DIMENSIONS,
    Asked,
    Floats,
    columns_of,
    need_shares,
)
from matching.learning.told import NEVER, first_told
from matching.query import Query
from matching.roster import Roster
from matching.rows import Rows
from matching.vocabulary import STYLE_AXES

Codes = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Slopes:
    """What is particular about the clients of m pairs: sparse, one row a pair.

    Attributes:
        needs: (m, len(codes)), rows of length 1 or of zeros.
        style: (m, 4).
        culture: (m, 1).
        asked: (m, 8), how much each content dimension matters to the client.
        codes: the needs' codes, sorted.
    """

    needs: csr_array
    style: csr_array
    culture: csr_array
    asked: csr_array
    codes: tuple[str, ...]

    def where(self, flags: NDArray[np.bool_]) -> "Slopes":
        """Some of the pairs."""
        return Slopes(
            self.needs[flags], self.style[flags], self.culture[flags], self.asked[flags], self.codes
        )


@dataclass(frozen=True, slots=True)
class Own:
    """The slopes of m pairs within their therapists, as they may be told apart there: (m, …)."""

    needs: csr_array
    style: csr_array
    culture: csr_array

    @classmethod
    def of(cls, slopes: Slopes, therapist: Codes, told: Codes) -> "Own":
        """Those of pairs of different clients of each therapist, in order of arrival.

        `told` (m,) is the training that first told of each pair of its therapist.
        """
        parts = (slopes.needs, slopes.style, slopes.culture)
        return cls(*(told_apart(part, therapist, told) for part in parts))

    def where(self, flags: NDArray[np.bool_]) -> "Own":
        """Some of the pairs."""
        return Own(self.needs[flags], self.style[flags], self.culture[flags])


def content_of_pairs(
    queries: Sequence[Query], case: Codes, row: Codes, roster: Roster, style: Floats
) -> Floats:
    """The content columns of m pairs, shape (m, len(CONTENT)).

    `case` says which query a pair's client asked, `row` which roster row the therapist is, both
    shape (m,).
    """
    columns = np.zeros((len(case), len(CONTENT)))
    every = Rows.every(len(roster))
    for dimension in CONTENT_DIMENSIONS:
        alike, first = _asking_alike(dimension, queries)
        order = np.argsort(alike[case], kind="stable")
        bounds = np.searchsorted(alike[case][order], np.arange(len(first) + 1))
        for number, query in enumerate(first):
            pairs = order[bounds[number] : bounds[number + 1]]
            if pairs.size:
                for place, values in columns_of(dimension, query, roster, every, style):
                    columns[pairs, place] = values[row[pairs]]
    return columns


def keep_told(columns: Floats, client: Codes, since: Codes) -> None:
    """Leave in each column only what may be told of the clients who asked for it, the rest 0.

    So what a column is worth never rests on fewer than five clients. `client` and `since`, the
    training that first told of a pair, have shape (m,), in order of arrival.
    """
    for column in columns.T:
        asked = np.flatnonzero(column)
        told = first_told(np.zeros(asked.size, np.intp), client[asked], since[asked])
        column[asked[told == NEVER]] = 0.0


def _asking_alike(dimension: str, queries: Sequence[Query]) -> tuple[Codes, list[Query]]:
    """Which queries ask the same of a dimension, so have the same columns.

    Each query's number, −1 where it does not count the dimension, and the first of each number.
    """
    numbers: dict[Hashable, int] = {}
    first: list[Query] = []
    alike = np.full(len(queries), -1, np.intp)
    for place, query in enumerate(queries):
        importance = query.importance.get(dimension)
        if importance is None:
            continue
        wish: Hashable = query.wish(dimension) or query.intake.needs
        asks = wish, importance, query.intake.emphasis
        alike[place] = numbers.setdefault(asks, len(numbers))
        if len(numbers) > len(first):
            first.append(query)
    return alike, first


def slopes_of_pairs(asked: Sequence[Asked], case: Codes) -> Slopes:
    """The slopes of m pairs, `case` saying which client's they are."""
    codes = tuple(sorted({code for one in asked for code in one.needs}))
    place = {code: column for column, code in enumerate(codes)}
    needs = _rows([_needs_row(one, place) for one in asked], len(codes))
    style = csr_array(np.array([one.style for one in asked]).reshape(-1, len(STYLE_AXES)))
    culture = csr_array(np.array([[one.culture] for one in asked]).reshape(-1, 1))
    dimensions = csr_array(np.array([one.dimensions for one in asked]))
    return Slopes(needs[case], style[case], culture[case], dimensions[case], codes)


def _needs_row(one: Asked, place: Mapping[str, int]) -> list[tuple[int, float]]:
    shares = need_shares(one.needs)
    return [(place[code], share) for code, share in zip(one.needs, shares, strict=True)]


def _rows(rows: Sequence[Sequence[tuple[int, float]]], columns: int) -> csr_array:
    starts = np.cumsum([0, *(len(row) for row in rows)])
    indices = np.array([column for row in rows for column, _ in row], np.int64)
    values = np.array([value for row in rows for _, value in row], np.float64)
    return csr_array((values, indices, starts), shape=(len(rows), columns))
