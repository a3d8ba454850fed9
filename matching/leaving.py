"""The therapist whom a client leaves, and where they stand on an axis of style."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import isnan
from typing import Self

import numpy as np

from matching.learning.learned import Learned, told_style
from matching.profile import UNKNOWN_STYLE, StyleAxes
from matching.roster import Roster

# How far off, on −1..1, a therapist is whom a client would like to be different: the expectation
# that `learning.style_met` starts from.
DISTANCE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavingTherapist:
    """What is known of the therapist who is being left; every axis −1..1, None where unknown.

    `described` is the style that the profile tells, `met` the style as clients of theirs met it,
    `seen` what this client said last of each axis: would like less (−1), right (0), more (1).
    `format` is how client and therapist met last.
    """

    described: StyleAxes = UNKNOWN_STYLE
    met: StyleAxes = UNKNOWN_STYLE
    seen: StyleAxes = UNKNOWN_STYLE
    format: str | None = None

    @classmethod
    def on(
        cls,
        roster: Roster,
        id_: str,
        learned: Learned | None = None,
        *,
        seen: StyleAxes = UNKNOWN_STYLE,
        format: str | None = None,  # noqa: A002 - the field's own name
    ) -> Self:
        """What a roster, and a model on it, know of a therapist; nothing of one who is not there.

        As met is as their clients told it, or, before they did, as therapists who describe
        themselves like this are mostly met.
        """
        row = roster.row_of(id_)
        if row is None:
            return cls(seen=seen, format=format)
        met = _axes(learned.style_met[:, row].tolist()) if learned else UNKNOWN_STYLE
        described = _axes(told_style(roster)[:, row].tolist())
        return cls(described=described, met=met, seen=seen, format=format)

    def stands(self, axis: int, wish: float | None) -> float | None:
        """Where they stand on an axis: the mean of what is known, None where nothing is.

        Known are the style described, the style met, and, from a client who wished for `wish`, what
        they must have met to say what they said: DISTANCE beyond it to want less, short of it to
        want more.
        """
        seen = self.seen[axis]
        own = None if seen is None or wish is None else wish - DISTANCE * seen
        known = [one for one in (self.described[axis], self.met[axis], own) if one is not None]
        return sum(known) / len(known) if known else None


def mean_style(roster: Roster, ids: Iterable[str]) -> StyleAxes:
    """The mean style of some therapists as described, each axis over those who say."""
    rows = [row for id_ in ids if (row := roster.row_of(id_)) is not None]
    told = told_style(roster)[:, rows]
    known = np.isfinite(told)
    total, count = np.where(known, told, 0.0).sum(1), known.sum(1)
    return _axes(np.where(count > 0, total / np.maximum(count, 1), np.nan).tolist())


def _axes(values: list[float]) -> StyleAxes:
    known = [None if isnan(value) else value for value in values]
    return (known[0], known[1], known[2], known[3])
