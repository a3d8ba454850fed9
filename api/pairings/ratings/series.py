"""A pairing's ratings as a series of fits: what the pure half makes of stored rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row

from api.intake.wishes import asked_for_culture
from api.pairings.ratings.schemas import RuptureOut, TrendOut
from matching.learning.observations import Scale
from matching.learning.ratings import ITEMS
from matching.learning.series import Growth
from matching.rupture import watch
from matching.series_wording import rupture_words, trend_words
from matching.session_fit import Floats, line_of, session_fits
from matching.trend import trend


@dataclass(frozen=True, slots=True)
class Series:
    """Ratings of one pairing by session, as `matching` takes them; shape (n,) each."""

    sessions: NDArray[np.int64]
    values: Floats
    noise: Floats
    line: Floats
    growth: Growth

    @classmethod
    def of(
        cls,
        rows: Sequence[Row[Any]],
        request: Mapping[str, Any],
        fit_weights: Mapping[str, float],
        scale: Scale,
    ) -> "Series":
        """The series of rows in order of session, for what the match's request asked for."""
        answers = [[getattr(row, item) for item in ITEMS] for row in rows]
        # None becomes NaN.
        items = np.array(answers, np.float32).reshape(-1, len(ITEMS))
        sessions = np.array([row.session_number for row in rows], np.int64)
        culture = asked_for_culture(request)
        fits = session_fits(items, sessions, culture, fit_weights, scale.levels)
        return cls(sessions, fits.value, fits.noise, line_of(items), scale.growth)

    def fit_at(self, place: int) -> float | None:
        """The fit index of one rating, 0..10, None where nothing that counts was answered."""
        value = float(self.values[place])
        return round(min(max(value, 0.0), 10.0), 2) if np.isfinite(value) else None

    def rupture(self) -> RuptureOut:
        """Whether a fall stands out."""
        found = watch(self.sessions, self.values, self.noise, line=self.line, growth=self.growth)
        return RuptureOut(
            suspected=found.suspected,
            since_session=found.since_session,
            cause=found.cause,
            words=rupture_words(found),
        )

    def trend(self, *, figures: bool) -> TrendOut:
        """Where the series is going, in words, with `figures` also in points a session."""
        found = trend(self.sessions, self.values, self.noise, growth=self.growth)
        slope = found.per_session if figures else None
        return TrendOut(
            direction=found.direction,
            per_session=None if slope is None else round(slope, 2),
            words=trend_words(found),
        )
