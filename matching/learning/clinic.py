"""One clinic as the learned half sees it: who asked for what, and who is on the roster."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matching.learning.codes import client_codes, profile_codes, profile_table
from matching.learning.departures import DEPARTURE, Departure
from matching.learning.features import STYLE, Asked, Floats
from matching.learning.fit_index import counting
from matching.learning.learned import told_style
from matching.learning.observations import Rows, rows_of
from matching.learning.ratings import Ratings
from matching.learning.series import pair_codes
from matching.learning.steps import STEP
from matching.learning.told import NEVER, first_told_with_ends
from matching.query import Query
from matching.roster import Roster
from matching.vocabulary import STYLE_AXES, Vocabulary
from matching.weighting import Weighting


@dataclass(frozen=True, slots=True)
class Clinic:
    """What does not change while models are fitted.

    `queries` and `asked` are the ratings' intakes as the clinic's weighting counts them, `wishes`
    (cases, 4) their style, NaN where not asked; `told` (4, therapists) style as profiles tell it.
    """

    roster: Roster
    weighting: Weighting
    vocabulary: Vocabulary
    queries: Sequence[Query]
    asked: Sequence[Asked]
    wishes: Floats
    told: Floats

    @classmethod
    def of(
        cls, ratings: Ratings, roster: Roster, weighting: Weighting, vocabulary: Vocabulary
    ) -> "Clinic":
        """The clinic of these ratings."""
        queries = [Query.of(intake, roster, weighting, vocabulary) for intake in ratings.intakes]
        asked = [Asked.of(query) for query in queries]
        wishes = np.array(
            [
                [
                    np.nan if axis is None or STYLE not in query.importance else axis
                    for axis in query.intake.style.axes
                ]
                for query in queries
            ]
        ).reshape(-1, len(STYLE_AXES))
        return cls(roster, weighting, vocabulary, queries, asked, wishes, told_style(roster))

    def rows_of(self, ratings: Ratings, departure: Departure = DEPARTURE) -> Rows:
        """The ratings in points, therapists coded by roster row."""
        culture = np.array([asked.culture > 0 for asked in self.asked], np.bool_)
        fit_weights = self.weighting.fit_weights
        rows = rows_of(ratings, culture[ratings.case], fit_weights, departure)
        return replace(rows, therapist=roster_rows(ratings, self.roster))

    def asked_codes(self, case: NDArray[np.intp]) -> tuple[csr_array, list[str]]:
        """(cases, codes): 1 / √n for each of the n codes a client asked; and the codes.

        Of the codes only those that five pairs or more asked, `case` saying whose they are: a
        code that hardly anybody asks would tell of them.
        """
        lists = [sorted(set(client_codes(query))) for query in self.queries]
        counts = Counter(code for number in case.tolist() for code in lists[number])
        lists = [[code for code in codes if counts[code] >= STEP] for codes in lists]
        codes = sorted({code for codes in lists for code in codes})
        place = {code: column for column, code in enumerate(codes)}
        starts = np.cumsum([0, *(len(codes) for codes in lists)])
        columns = np.array([place[code] for codes in lists for code in codes], np.intp)
        sizes = np.diff(starts)
        values = np.repeat(1 / np.sqrt(np.maximum(sizes, 1)), sizes)
        return csr_array((values, columns, starts), shape=(len(lists), len(codes))), codes

    def profiles(self) -> tuple[csr_array, list[str]]:
        """(therapists, codes) what profiles hold, and the codes."""
        codes = profile_codes(self.roster)
        return csr_array(profile_table(self.roster, codes)), codes


def roster_rows(ratings: Ratings, roster: Roster) -> NDArray[np.intp]:
    """Each rating's roster row, −1 where its therapist is not on the roster."""
    place = {id_: row for row, id_ in enumerate(roster.ids)}
    row = np.array([place.get(id_, -1) for id_ in ratings.therapist_ids], np.intp)
    return row[ratings.therapist]


def learnable(ratings: Ratings, roster: Roster, weighting: Weighting) -> Ratings:
    """What may be learned from: of the roster's therapists, by five clients at least at a time.

    Everything else is dropped before anything is looked at: so whatever is learned moves by five
    clients at least, being a function of what is left. What is told of therapists lies within.
    `since` becomes the training that first told of a row.
    """
    counts = counting(ratings.items, ratings.session, weighting.fit_weights)
    counts |= _after_a_rating(ratings, counts)
    known = np.flatnonzero(counts & (roster_rows(ratings, roster) >= 0))
    whole = np.zeros(known.size, np.intp)
    seen = ratings.part(known)
    told = first_told_with_ends(whole, seen.client, seen.left, seen.since, seen.again)
    inside = told < NEVER
    return replace(seen.part(np.flatnonzero(inside)), since=told[inside].astype(np.int32))


def _after_a_rating(ratings: Ratings, counts: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Flags the departures from a pair that had been rated before, by rows that count.

    Of pairs that nobody rated only those who left would be seen: that would tell who has many
    clients, not who is left by many of them.
    """
    pair, _ = pair_codes(ratings.client, ratings.therapist)
    rated = np.full(len(ratings), len(ratings))
    np.minimum.at(rated, pair[counts], np.flatnonzero(counts))
    after: NDArray[np.bool_] = ratings.left & (np.arange(len(ratings)) > rated[pair])
    return after
