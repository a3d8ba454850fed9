"""Whom clients chose, and what was answered: only as far as whole steps of five clients say so."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row

from api.auth.scope import ClinicScope
from api.insights import queries
from api.insights.reading import Staff, behind
from api.insights.window import Window
from matching.learning.steps import completed

_Floats = NDArray[np.float64]
_Codes = NDArray[np.intp]


class Choices:
    """The pairings that the window's matches led to.

    Attributes:
        rows: in the order in which they were asked for.
        therapist: places in the staff, client: numbers, and match: places in the window, (n,).
        counted: flags those in whole steps of five clients of the clinic, (n,).
    """

    def __init__(self, rows: Sequence[Row[Any]], window: Window, staff: Staff) -> None:
        self.rows = rows
        at = {id_: number for number, id_ in enumerate(window.ids)}
        numbers: dict[Any, int] = {}
        self.match: _Codes = np.array([at[row.match_id] for row in rows], np.intp)
        self.therapist: _Codes = np.array(
            [staff.place[str(row.therapist_id)] for row in rows], np.intp
        )
        self.client: _Codes = np.array(
            [numbers.setdefault(row.client_id, len(numbers)) for row in rows], np.intp
        )
        self.counted = completed(np.zeros(len(rows), np.intp), self.client)
        self._size = len(staff)

    @classmethod
    def of(cls, scope: ClinicScope, window: Window, staff: Staff) -> "Choices":
        """Those of the window's matches."""
        return cls(queries.choices_of(scope, window.ids), window, staff)

    def chosen_by(self) -> _Floats:
        """How many different clients chose each therapist, shape (staff,)."""
        return self._clients(self.counted)

    def declined_full(self) -> _Floats:
        """How many different clients each one had no room for, shape (staff,)."""
        return self._clients(np.array([row.decline_reason == "full" for row in self.rows], bool))

    def acceptance(self) -> _Floats:
        """The share that each one accepted of what they answered, shape (staff,).

        Over the answers of whole steps of the therapist's clients; NaN where there is none.
        """
        answered = [
            (row.accepted_at or row.closed_at, place)
            for place, row in enumerate(self.rows)
            if row.accepted_at or row.decline_reason
        ]
        order = np.array([place for _, place in sorted(answered)], np.intp)
        therapist = self.therapist[order]
        whole = completed(therapist, self.client[order])
        accepted = np.array([self.rows[place].accepted_at is not None for place in order], bool)
        with np.errstate(invalid="ignore"):
            share: _Floats = np.bincount(
                therapist[whole], accepted[whole], self._size
            ) / np.bincount(therapist[whole], minlength=self._size)
        return share

    def days_to_acceptance(self, window: Window) -> _Floats:
        """Days from match to acceptance, one for each acceptance in whole steps of the clinic."""
        taken = [place for place, row in enumerate(self.rows) if row.accepted_at]
        order = np.array(sorted(taken, key=lambda place: self.rows[place].accepted_at), np.intp)
        whole = order[completed(np.zeros(order.size, np.intp), self.client[order])]
        return np.array(
            [
                (self.rows[place].accepted_at - window.times[self.match[place]]).total_seconds()
                / 86_400
                for place in whole
            ]
        )

    def _clients(self, which: NDArray[np.bool_]) -> _Floats:
        return behind(self.client[which], self.therapist[which].tolist(), self._size)
