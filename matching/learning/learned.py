"""A model on a roster: what it expects of every therapist for one query, and how sure it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.learning.codes import client_codes, profile_table
from matching.learning.features import Asked, Floats, content_columns, need_shares
from matching.learning.model import FitModel
from matching.query import Query
from matching.roster import STYLE_STEPS, Roster
from matching.rows import Rows
from matching.scorers import Levels
from matching.vocabulary import STYLE_AXES

# The normal quantile of an 80 % interval.
EIGHTY = 1.2815515655446004

# How many standard deviations the 0..1 scale reaches to either side.
REACH = 3.0

# A posterior variance is that of one who knows every variance and the form of the model. What is
# not known of these makes errors larger by as much, in simulated clinics (docs/benchmarks.md).
BEYOND_THE_FORM = 1.4

_Columns = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Expected:
    """What a model expects of the rows of a view, for one query.

    Attributes:
        mean: points, shape (rows.size,).
        places: the content columns that were looked at, `columns` (len(places), rows.size).
    """

    mean: Floats
    places: list[int]
    columns: list[Floats]

    def take(self, positions: NDArray[np.intp]) -> "Expected":
        """The same for some positions of the view."""
        columns = [column.take(positions) for column in self.columns]
        return Expected(self.mean.take(positions), self.places, columns)

    def at(self, position: int) -> list[tuple[int, float]]:
        """The content columns of one position of the view, by place."""
        values = (float(column[position]) for column in self.columns)
        return list(zip(self.places, values, strict=True))


@dataclass(frozen=True, slots=True)
class NeedEffect:
    """Points by which clients with a need get on better than others, and the doubt (sd) in it."""

    code: str
    points: float
    doubt: float
    clients: int


@dataclass(frozen=True, slots=True)
class Learned:
    """A model with its columns in the order of a roster.

    Attributes:
        evidence: the therapist's row in `model.evidence`, −1 for none, shape (len(roster),).
        style_met: as `features.content_columns` takes it, shape (4, len(roster)).
        level, respect, culture: shape (len(roster),); style (4, len(roster)).
        need: by code, shape (len(roster),).
        liking: (len(roster), k) vectors of the affinity and their biases, None without one.
    """

    model: FitModel
    evidence: NDArray[np.intp]
    style_met: Floats
    level: Floats
    respect: Floats
    culture: Floats
    style: Floats
    need: _Columns
    liking: tuple[NDArray[np.float32], NDArray[np.float32]] | None

    @classmethod
    def on(cls, model: FitModel, roster: Roster) -> "Learned":
        """A model's columns for a roster; therapists it does not know have effects of 0."""
        at = _rows_of(model.evidence.ids, roster)
        known = model.evidence
        return cls(
            model,
            at,
            _style_met(model, roster, at),
            _aligned(known.level, at),
            _aligned(known.respect, at),
            _aligned(known.culture, at),
            np.ascontiguousarray(_aligned(known.style, at).T),
            _needs(model, at),
            _liking(model, roster, at),
        )

    def expected(
        self,
        query: Query,
        roster: Roster,
        rows: Rows,
        levels: Mapping[str, Levels] | None = None,
    ) -> Expected:
        """Expected fit of each row of a view, before what only meeting can show.

        `levels` are the content dimensions' scores of the same view, where they are at hand.
        """
        model, asked = self.model, Asked.of(query)
        mean = model.level + rows.of(self.level)
        places, columns = [], []
        for place, column in content_columns(query, roster, rows, self.style_met, levels):
            mean += model.content[place] * column
            places.append(place)
            columns.append(column)
        for axis in np.flatnonzero(asked.style).tolist():
            mean += asked.style[axis] * rows.of(self.style[axis])
        if asked.culture:
            mean += asked.culture * rows.of(self.culture + model.respect * self.respect)
        for code, share in zip(asked.needs, need_shares(asked.needs), strict=True):
            if code in self.need:
                mean += share * rows.of(self.need[code])
        self._add_liking(mean, query, rows)
        return Expected(mean, places, columns)

    def position(self, mean: Floats) -> NDArray[np.float32]:
        """Expected fits on the 0..1 scale: where they stand among the clinic's pairs."""
        model = self.model
        place = 0.5 + (mean - model.centre) / (2 * REACH * model.spread)
        return np.clip(place, 0, 1).astype(np.float32)

    def half_interval(self, query: Query, row: int, columns: Sequence[tuple[int, float]]) -> float:
        """Half the width of the 80 % interval of a pair's mean fit, points.

        `row` is the therapist's in the roster, `columns` the pair's content columns by place. What
        only meeting can show is in it; how generously the client rates is not.
        """
        variance = self.doubt(query, row, columns) + self.model.pair_variance
        return EIGHTY * self.model.interval * float(np.sqrt(variance))

    def doubt(self, query: Query, row: int, columns: Sequence[tuple[int, float]]) -> float:
        """How far what can be known of a pair may be from what is told, as a variance, points²."""
        return BEYOND_THE_FORM * self.posterior_variance(query, row, columns)

    def posterior_variance(
        self, query: Query, row: int, columns: Sequence[tuple[int, float]]
    ) -> float:
        """The same by the model alone, points²."""
        places = np.array([place for place, _ in columns], np.intp)
        values = np.array([value for _, value in columns])
        content = float(values @ self.model.covariance[places[:, None], places] @ values)
        return content + self._of_therapist(Asked.of(query), int(self.evidence[row]))

    def clients_of(self, row: int) -> int:
        """How many clients a therapist's figures rest on, in whole steps, 0 below the first."""
        known = int(self.evidence[row])
        return int(self.model.evidence.clients[known]) if known >= 0 else 0

    def level_of(self, row: int) -> tuple[float, float]:
        """Points by which clients get on better than the profile says, and the doubt in it."""
        known, evidence = int(self.evidence[row]), self.model.evidence
        if known < 0:
            return 0.0, float(self.model.prior.level) ** 0.5
        return float(evidence.level[known]), float(evidence.variance[known, 0]) ** 0.5

    def needs_of(self, row: int, query: Query) -> list[NeedEffect]:
        """What is known of a therapist with clients who had the needs asked for."""
        known, evidence = int(self.evidence[row]), self.model.evidence
        if known < 0:
            return []
        wanted = Asked.of(query).needs
        return [
            NeedEffect(
                code,
                float(evidence.need_effect[place]),
                float(evidence.need_variance[place]) ** 0.5,
                int(evidence.need_clients[place]),
            )
            for place in range(evidence.need_start[known], evidence.need_start[known + 1])
            if (code := self.model.needs[evidence.need[place]]) in wanted
        ]

    def _of_therapist(self, asked: Asked, known: int) -> float:
        prior, evidence = self.model.prior, self.model.evidence
        slopes = np.r_[1.0, asked.style, asked.culture]
        shares = dict(zip(asked.needs, need_shares(asked.needs), strict=True))
        unseen = sum(share**2 for share in shares.values()) * prior.need
        if known < 0:
            alike = np.r_[prior.level, np.full(len(STYLE_AXES), prior.style), prior.culture]
            return float(slopes**2 @ alike) + unseen
        twice = np.r_[0.0, 2 * slopes[1:]]
        total = float(slopes**2 @ evidence.variance[known] + twice @ evidence.with_level[known])
        for place in range(evidence.need_start[known], evidence.need_start[known + 1]):
            share = shares.get(self.model.needs[evidence.need[place]])
            if share:
                unseen -= share**2 * prior.need
                total += share**2 * float(evidence.need_variance[place])
                total += 2 * share * float(evidence.need_with_level[place])
        return max(total + unseen, 0.0)

    def _add_liking(self, mean: Floats, query: Query, rows: Rows) -> None:
        affinity = self.model.affinity
        if affinity is None or self.liking is None:
            return
        place = {code: row for row, code in enumerate(affinity.client_codes)}
        # Sorted: the same sum to the last bit, in whichever order the codes were named.
        known = sorted(place[code] for code in client_codes(query) if code in place)
        vectors, bias = self.liking
        total = rows.of(bias).astype(np.float64)
        if known:
            own = affinity.client[known].sum(0) / np.sqrt(len(known))
            total += rows.of((vectors @ own).astype(np.float64))
        mean += affinity.weight * total


def _rows_of(ids: Sequence[str], roster: Roster) -> NDArray[np.intp]:
    place = {id_: row for row, id_ in enumerate(ids)}
    return np.array([place.get(id_, -1) for id_ in roster.ids], np.intp)


def _aligned(values: Floats, at: NDArray[np.intp]) -> Floats:
    """Values of therapists with evidence in roster order, 0 for the others."""
    padded = np.concatenate([values, np.zeros((1, *values.shape[1:]))])
    return padded[at]


def told_style(roster: Roster) -> Floats:
    """Style as profiles tell it, −1..1, shape (4, len(roster)), NaN where unknown."""
    told = roster.style / STYLE_STEPS - 1.0
    axes = np.arange(len(STYLE_AXES))[:, None]
    told[(roster.style_blank[None] >> axes) & 1 == 1] = np.nan
    return told


def _style_met(model: FitModel, roster: Roster, at: NDArray[np.intp]) -> Floats:
    """As clients meet it where they told, else as the profile says and clients mostly meet it."""
    told = told_style(roster)
    met = np.concatenate([model.evidence.style_met, np.full((1, len(STYLE_AXES)), np.nan)])[at].T
    shifted = np.clip(told + model.style_shift[:, None], -1, 1)
    return np.where(np.isnan(met), shifted, met)


def _needs(model: FitModel, at: NDArray[np.intp]) -> dict[str, NDArray[np.float32]]:
    known = model.evidence
    width = len(model.needs)
    table = np.zeros((len(known.ids) + 1, width), np.float32)
    table[np.repeat(np.arange(len(known.ids)), np.diff(known.need_start)), known.need] = (
        known.need_effect
    )
    used = np.flatnonzero(table.any(0))
    return {model.needs[code]: np.ascontiguousarray(table[at, code]) for code in used.tolist()}


def _liking(
    model: FitModel, roster: Roster, at: NDArray[np.intp]
) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
    affinity = model.affinity
    if affinity is None:
        return None
    profiles = profile_table(roster, list(affinity.profile_codes))
    vectors = profiles @ affinity.profile + _aligned(affinity.therapist, at)
    bias = profiles @ affinity.profile_bias + _aligned(affinity.therapist_bias, at)
    return vectors.astype(np.float32), bias.astype(np.float32)
