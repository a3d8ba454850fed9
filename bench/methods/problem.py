"""What every peer is given alike: who rated whom, what they asked for, what profiles say.

A peer learns from pairs and answers a predictor; the same peers serve simulated clinics and real
ratings. Clients whom a peer has not seen have the code −1.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from bench.dataset import Codes, Dataset, Floats, Scorer
from bench.methods.observed import (
    Observed,
    content_scores,
    need_codes,
    need_columns,
    observed,
    style_columns,
)
from matching.intake import AnyOf, Intake
from matching.learning.codes import profile_codes, profile_table
from matching.query import WISH_FIELDS


@dataclass(frozen=True, slots=True)
class Cases:
    """What c clients asked for.

    `needs` (c, codes) of length 1; `asked` (c, codes) every wish as codes, of length 1; `style`
    (c, 4), 0 where not asked; `content` (c, dimensions, therapists), importance × (score − ½).
    """

    needs: Floats
    asked: Floats
    style: Floats
    content: Floats


@dataclass(frozen=True, slots=True)
class Problem:
    """Pairs to learn from, what their clients asked (`case` of a pair), and profiles.

    `profiles` is (therapists, codes), `clients` how many clients there are. `cold` says that those
    to predict for are nobody of the past; `tuned_on` how many pairs tuning looks at.
    """

    pairs: Observed
    cases: Cases
    profiles: Floats
    clients: int
    cold: bool = True
    tuned_on: int = 3_000

    @property
    def therapists(self) -> int:
        """How many can be rated."""
        return len(self.profiles)


Predictor = Callable[[Cases, Observed], Floats]
Peer = Callable[[Problem], Predictor]


def ranked_by(peer: Peer) -> Callable[[Dataset], Scorer]:
    """A peer as a method of table 1: new clients, everybody on the roster."""

    def fit(dataset: Dataset) -> Scorer:
        coding = Coding.of(dataset)
        problem = coding.problem(dataset)
        shape = len(dataset.unseen), len(dataset.roster)
        if not problem.pairs.value.size:
            return lambda unseen: np.zeros((len(unseen), shape[1]))
        predict = peer(problem)

        def score(unseen: Sequence[Intake]) -> Floats:
            case, therapist = (axis.ravel() for axis in np.indices((len(unseen), shape[1])))
            new = Observed(np.full(case.size, -1), therapist, case, np.zeros(case.size))
            return predict(coding.cases(unseen), new).reshape(len(unseen), shape[1])

        return score

    return fit


@dataclass(frozen=True, slots=True)
class Coding:
    """How the intakes of one dataset become columns: the codes that anybody in the past named."""

    dataset: Dataset
    needs: Sequence[str]
    asked: Sequence[str]

    @classmethod
    def of(cls, dataset: Dataset) -> "Coding":
        """The codes of the past."""
        asked = sorted({code for one in dataset.ratings.intakes for code in asked_codes(one)})
        return cls(dataset, need_codes(dataset), asked)

    def problem(self, dataset: Dataset) -> Problem:
        """The past as pairs with their columns."""
        codes = profile_codes(dataset.roster)
        profiles = profile_table(dataset.roster, codes).astype(np.float64)
        past = dataset.ratings
        clients = len(past.client_keys)
        return Problem(observed(past), self.cases(past.intakes), profiles, clients)

    def cases(self, intakes: Sequence[Intake]) -> Cases:
        """Intakes as columns; a code that nobody in the past named leaves no trace."""
        place = {code: column for column, code in enumerate(self.asked)}
        asked = np.zeros((len(intakes), len(place)))
        for row, intake in enumerate(intakes):
            asked[row, [place[code] for code in asked_codes(intake) if code in place]] = 1.0
        return Cases(
            need_columns(intakes, self.needs),
            asked / np.maximum(np.sqrt(asked.sum(1, keepdims=True)), 1.0),
            style_columns(intakes),
            content_scores(intakes, self.dataset.roster),
        )


def asked_codes(intake: Intake) -> list[str]:
    """Everything an intake asks for, as codes; a wish for style by the side it leans to."""
    codes = [f"need:{code}" for code in intake.needs]
    for dimension, field in WISH_FIELDS.items():
        wish = getattr(intake, field)
        if isinstance(wish, AnyOf) and wish.asked:
            codes += [f"{dimension}:{code}" for code in wish.codes]
    for axis, value in enumerate(intake.style.axes):
        if value is not None and intake.style.asked:
            codes.append(f"style:{axis}:{'more' if value > 0 else 'less'}")
    return codes


def one_hot(codes: Codes, columns: int) -> csr_array:
    """(rows, columns): 1 in the column of each row's code, a row of zeros for −1."""
    rows = np.flatnonzero(codes >= 0)
    return csr_array((np.ones(rows.size), (rows, codes[rows])), shape=(codes.size, columns))


def by_therapist(therapist: Codes, slopes: Floats, therapists: int) -> csr_array:
    """(rows, therapists × slopes): each row of `slopes` in its therapist's own columns."""
    sparse = csr_array(slopes)
    width = slopes.shape[1]
    at = np.repeat(therapist, np.diff(sparse.indptr)) * width + sparse.indices
    return csr_array((sparse.data, at, sparse.indptr), shape=(therapist.size, therapists * width))
