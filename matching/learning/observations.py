"""From ratings to observations: one a pair, resting on what may be published of a therapist."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matching.learning.departures import DEPARTURE, Departure
from matching.learning.design import Codes
from matching.learning.features import Floats
from matching.learning.fit_index import fit_index
from matching.learning.ratings import ITEMS, Ratings
from matching.learning.series import Growth, growth_of, pair_codes, pairs_of
from matching.learning.told import NEVER, first_told_with_ends

Flags = NDArray[np.bool_]

_RESPECT = ITEMS.index("cultural_respect")


@dataclass(frozen=True, slots=True)
class Scale:
    """How ratings of one clinic become points: each item's level, and growth over sessions."""

    levels: Floats
    growth: Growth


@dataclass(frozen=True, slots=True)
class Observations:
    """m pairs of a client and a therapist.

    Attributes:
        client: codes of the ratings' clients, shape (m,).
        rated: codes of the ratings' therapists.
        therapist: the same where the pair may be told of its therapist; elsewhere a code of its
            own from `therapists` on, so that it teaches about the clinic alone.
        case: which intake.
        value, noise: fit in points and the variance of its measurement.
        first_at: days since 1970.
        ratings: how many rows, its end among them.
        since: the training that first told of it at all.
        told: the training that first told of it of its therapist, NEVER where none does.
    """

    client: Codes
    rated: Codes
    therapist: Codes
    case: Codes
    value: Floats
    noise: Floats
    first_at: Floats
    ratings: Codes
    since: Codes
    told: Codes
    therapists: int

    def __len__(self) -> int:
        return len(self.client)

    @property
    def own(self) -> Flags:
        """Which pairs teach about their therapist."""
        own: Flags = self.therapist < self.therapists
        return own

    def where(self, flags: Flags) -> "Observations":
        """Some of the pairs."""
        return Observations(
            self.client[flags], self.rated[flags], self.therapist[flags], self.case[flags],
            self.value[flags], self.noise[flags], self.first_at[flags], self.ratings[flags],
            self.since[flags], self.told[flags], self.therapists,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rows:
    """Ratings and departures in points, one by one, in order of arrival.

    `respect` is how far cultural respect stands above the rest of a rating, NaN where not answered;
    `style_seen`, `left` and `again` as in `Ratings`; `since` is the training that first told of a
    row.
    """

    client: Codes
    therapist: Codes
    case: Codes
    at: Floats
    value: Floats
    noise: Floats
    respect: Floats
    style_seen: NDArray[np.int8]
    left: Flags
    since: Codes
    again: Flags
    scale: Scale

    def __len__(self) -> int:
        return len(self.client)

    def where(self, flags: Flags) -> "Rows":
        """Some of the ratings."""
        return Rows(
            self.client[flags], self.therapist[flags], self.case[flags], self.at[flags],
            self.value[flags], self.noise[flags], self.respect[flags], self.style_seen[flags],
            self.left[flags], self.since[flags], self.again[flags], self.scale,
        )  # fmt: skip


def rows_of(
    ratings: Ratings,
    culture_asked: Flags,
    fit_weights: Mapping[str, float],
    departure: Departure = DEPARTURE,
) -> Rows:
    """Ratings in points, carried to one session. `culture_asked` (n,) of each rating's intake.

    Every row must hold an item that counts or be a departure, which comes after a rating.
    """
    said = np.flatnonzero(~ratings.left)
    client, therapist = ratings.client.astype(np.intp), ratings.therapist.astype(np.intp)
    session = ratings.session[said]
    index = fit_index(ratings.items[said], session, culture_asked[said], fit_weights)
    pair, _ = pair_codes(client[said], therapist[said])
    growth = growth_of(pair, session, index.value, index.noise)
    fits = growth.carried(index.value, session)
    value, noise = np.empty(len(ratings)), np.full(len(ratings), departure.noise, np.float64)
    value[said], noise[said] = fits, index.noise + growth.noise(session)
    if ratings.left.any():
        value[ratings.left] = fits.mean() - departure.drop
    respect = np.full(len(ratings), np.nan)
    respect[said] = ratings.items[said, _RESPECT] - index.levels[_RESPECT] - index.value
    return Rows(
        client, therapist, ratings.case.astype(np.intp), ratings.at, value, noise, respect,
        ratings.style_seen, ratings.left, ratings.since.astype(np.intp), ratings.again,
        Scale(index.levels, growth),
    )  # fmt: skip


def observe(rows: Rows, therapists: int) -> tuple[Observations, Rows]:
    """Pairs that may be told of their therapist, and the others, for the clinic alone.

    And the ratings that teach about their therapist, `since` being the training that first told of
    them so. `rows` are what may be learned from at all, `therapists` is how many codes there are.
    Sessions of a pair that came after what is told of its therapist wait.
    """
    told = first_told_with_ends(rows.therapist, rows.client, rows.left, rows.since, rows.again)
    own = told < NEVER
    pair, _ = pair_codes(rows.client, rows.therapist)
    of_pair = np.full(int(pair.max(initial=-1)) + 1, NEVER, np.intp)
    np.minimum.at(of_pair, pair, told)
    taught = of_pair < NEVER
    # Every pair keeps its first row, so pairs keep their numbers, in order of arrival.
    found = observe_all(rows.where(own | ~taught[pair]), therapists)
    alone = therapists + np.arange(len(found))
    therapist = np.where(taught, found.therapist, alone)
    seen = replace(found, therapist=therapist, told=of_pair)
    return seen, replace(rows.where(own), since=told[own])


def observe_all(rows: Rows, therapists: int) -> Observations:
    """Every pair as it is: to test a model on, never to train one that is served."""
    found = pairs_of(rows.client, rows.therapist, rows.at, rows.value, rows.noise)
    since = rows.since[found.first]
    # What was asked for first counts: other wishes later would move one client between columns.
    return Observations(
        found.client, found.therapist, found.therapist, rows.case[found.first], found.value,
        found.noise, found.first_at, found.ratings, since, since, therapists,
    )  # fmt: skip
