"""How many clients would choose a therapist beyond the places there are, over a run of matches."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

_Floats = NDArray[np.float64]


@dataclass
class Overflow:
    """Who is likely to be chosen under two weightings, and the places there were for it.

    A therapist's places are those that were free when they were first seen, and all that came free
    between the matches after that, oldest first.
    """

    _ids: Sequence[str] = ()
    _free: _Floats = field(default_factory=lambda: np.zeros(0))
    _opened: dict[str, float] = field(default_factory=dict)
    _wanted: dict[str, list[float]] = field(default_factory=dict)

    def see(self, ids: Sequence[str], places: _Floats) -> None:
        """How many places each therapist of a roster has free at the time of the next match.

        `places` (len(ids),), infinite without a limit.
        """
        before = self._free
        if ids is not self._ids and list(ids) != list(self._ids):
            last = dict(zip(self._ids, self._free.tolist(), strict=True))
            before = np.array([last.get(id_, 0.0) for id_ in ids])
        for at in np.flatnonzero(places > before).tolist():
            opened = float(places[at] - before[at])
            self._opened[ids[at]] = self._opened.get(ids[at], 0.0) + opened
        self._ids, self._free = ids, places

    def want(self, way: int, rows: NDArray[np.intp], chances: _Floats) -> None:
        """The chance of each roster row to be who is chosen from a list, under weighting 0 or 1."""
        for row, chance in zip(rows.tolist(), chances.tolist(), strict=True):
            self._wanted.setdefault(self._ids[row], [0.0, 0.0])[way] += chance

    def clients(self, uptake: float = 1.0) -> tuple[float, float]:
        """How many more would choose somebody than have a place, added up over therapists.

        `uptake` is the share of lists from which anybody is chosen, 0..1.
        """
        before, after = (
            sum(
                max(0.0, uptake * wanted[way] - self._opened.get(id_, 0.0))
                for id_, wanted in self._wanted.items()
            )
            for way in (0, 1)
        )
        return before, after
