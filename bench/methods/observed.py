"""What all methods but the product's own start from: one value a pair, and content columns."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.dataset import Codes, Dataset, Floats
from matching.intake import Importance, Intake
from matching.learning.ratings import ITEMS, Ratings
from matching.query import WISH_FIELDS, Query
from matching.roster import Roster
from matching.rows import Rows
from matching.scorers import SCORERS
from matching.vocabulary import DIMENSIONS, Vocabulary
from matching.weighting import DEFAULT_FIT_WEIGHTS, Weighting

CONTENT = tuple(name for name in DIMENSIONS if name != "expected_fit")
_COUNTS = {Importance.MUST: 1.0, Importance.STRONG: 1.0, Importance.SOME: 0.5}


@dataclass(frozen=True, slots=True)
class Observed:
    """n pairs: who rated whom, on which intake, and the mean of what they said, (n,) each."""

    client: Codes
    therapist: Codes
    case: Codes
    value: Floats

    def part(self, rows: Codes) -> "Observed":
        """Some of them."""
        return Observed(self.client[rows], self.therapist[rows], self.case[rows], self.value[rows])


def observed(ratings: Ratings) -> Observed:
    """The pairs of some ratings, in the order in which they first arrived.

    A rating's value is the weighted mean of its items, each less what all answers to it are on
    average above the others, so that short and long questionnaires compare.
    """
    weights = np.array([DEFAULT_FIT_WEIGHTS.get(item, 0.0) for item in ITEMS])
    answers = ratings.items.astype(np.float64)
    weights[ITEMS.index("overall")] = 0.5
    counted = np.isfinite(answers) * weights
    answers = np.nan_to_num(answers)
    level = (counted * answers).sum(0) / np.maximum(counted.sum(0), 1e-9)
    mean = float((counted * answers).sum() / max(counted.sum(), 1e-9))
    value = mean + (counted * (answers - level)).sum(1) / np.maximum(counted.sum(1), 1e-9)
    joined = ratings.client.astype(np.int64) * (len(ratings.therapist_ids) + 1) + ratings.therapist
    _, first, pair = np.unique(joined, return_index=True, return_inverse=True)
    order = np.argsort(first)
    place = np.empty_like(order)
    place[order] = np.arange(order.size)
    first, pair = first[order], place[pair]
    return Observed(
        client=ratings.client[first].astype(np.intp),
        therapist=ratings.therapist[first].astype(np.intp),
        case=ratings.case[first].astype(np.intp),
        value=np.bincount(pair, value) / np.maximum(np.bincount(pair), 1),
    )


def content_scores(intakes: Sequence[Intake], roster: Roster) -> Floats:
    """(intakes, dimensions, therapists): importance × (score − ½), 0 where not asked."""
    scores = np.zeros((len(intakes), len(CONTENT), len(roster)))
    vocabulary, weighting, every = Vocabulary.shared(), Weighting(), Rows.every(len(roster))
    for number, intake in enumerate(intakes):
        query = Query.of(intake, roster, weighting, vocabulary)
        for place, dimension in enumerate(CONTENT):
            if dimension in query.weights:
                SCORERS[dimension].score(query, roster, every).into(scores[number, place], None)
                scores[number, place] -= 0.5
                scores[number, place] *= importance(intake, dimension)
    return scores


def importance(intake: Intake, dimension: str) -> float:
    """How much a dimension counts for a client: 1 strong, ½ some, 0 not asked."""
    if dimension == "needs":
        return 1.0 if intake.needs else 0.0
    wish = getattr(intake, WISH_FIELDS[dimension])
    return _COUNTS[wish.importance] if wish.asked else 0.0


def need_columns(intakes: Sequence[Intake], codes: Sequence[str]) -> Floats:
    """(intakes, codes): the needs that a client named, of length 1."""
    place = {code: column for column, code in enumerate(codes)}
    columns = np.zeros((len(intakes), len(codes)))
    for number, intake in enumerate(intakes):
        columns[number, [place[code] for code in intake.needs if code in place]] = 1.0
    length: Floats = np.maximum(np.sqrt(columns.sum(1, keepdims=True)), 1.0)
    return columns / length


def style_columns(intakes: Sequence[Intake]) -> Floats:
    """(intakes, 4): the style wished for, 0 where not asked."""
    axes = np.array([one.style.axes for one in intakes], np.float64).reshape(-1, 4)
    return np.nan_to_num(axes)


def need_codes(dataset: Dataset) -> tuple[str, ...]:
    """The needs that anybody in the past had, sorted."""
    return tuple(sorted({code for one in dataset.ratings.intakes for code in one.needs}))
