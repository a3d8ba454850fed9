"""How a batch of new and changed rows goes into columns that are sorted by id."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

_T = TypeVar("_T", bound=np.generic)
_V = TypeVar("_V")


@dataclass(frozen=True, slots=True)
class Splice:
    """Where each row of a batch goes: over an old row, or in between old rows.

    Attributes:
        size: how many old rows there are.
        changed: old rows that the batch replaces, with `changed_by` their rows in the batch.
        fresh: rows of the batch that are new.
        order: the new column as rows of old column + fresh rows; None where that is the order
            already, as with ids that grow with time.
    """

    size: int
    changed: NDArray[np.intp]
    changed_by: NDArray[np.intp]
    fresh: NDArray[np.intp]
    order: NDArray[np.intp] | None

    @classmethod
    def between(cls, ids: Sequence[str], batch: Sequence[str]) -> "Splice":
        """How sorted `batch` goes into sorted `ids`."""
        places = [bisect_left(ids, id_) for id_ in batch]
        same = [
            place < len(ids) and ids[place] == id_ for place, id_ in zip(places, batch, strict=True)
        ]
        at, known = np.asarray(places, np.intp), np.asarray(same, np.bool_)
        fresh = np.flatnonzero(~known)
        order = None
        if (at[fresh] < len(ids)).any():
            tail = np.arange(len(ids), len(ids) + fresh.size)
            order = np.insert(np.arange(len(ids)), at[fresh], tail)
        return cls(len(ids), at[known], np.flatnonzero(known), fresh, order)

    def column(self, old: NDArray[_T], batch: NDArray[_T]) -> NDArray[_T]:
        """A column, or planes of columns, with the batch in; the last axis is rows."""
        out = np.concatenate((old, batch.take(self.fresh, axis=-1)), axis=-1)
        out[..., self.changed] = batch.take(self.changed_by, axis=-1)
        return out if self.order is None else out.take(self.order, axis=-1)

    def values(self, old: Sequence[_V], batch: Sequence[_V]) -> list[_V]:
        """The same for a sequence of Python objects."""
        out = [*old, *(batch[row] for row in self.fresh.tolist())]
        for row, by in zip(self.changed.tolist(), self.changed_by.tolist(), strict=True):
            out[row] = batch[by]
        if self.order is None:
            return out
        column = np.empty(len(out), object)
        column[:] = out
        moved: list[_V] = column.take(self.order).tolist()
        return moved

    def moved(self, rows: NDArray[np.int32]) -> NDArray[np.int32]:
        """Where old rows stand now."""
        if self.order is None:
            return rows
        now = np.empty(self.order.size, np.int32)
        now[self.order] = np.arange(self.order.size, dtype=np.int32)
        return now.take(rows)

    def placed(self, size: int) -> NDArray[np.int32]:
        """Where each of the batch's `size` rows stands now."""
        before = np.empty(size, np.int32)
        before[self.changed_by] = self.changed
        before[self.fresh] = self.size + np.arange(self.fresh.size)
        return self.moved(before)
