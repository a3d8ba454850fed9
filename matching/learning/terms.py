"""The terms of the mixed model: which observations are alike, in which way, and how much at first.

For pair p of client i and therapist j, in points of 0..10:

    value_p = level + content_p · β + leniency_i + asked_i · α + u_j + needs_i · u_jn
            + style_i · v_j + culture_i · c_j + pair_p + noise_p

Every effect is normal about 0 with a variance of its term's own, but for β, whose mean is what the
clinic's weights say: without data the model ranks as content does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from scipy.sparse import csr_array, hstack

from matching.learning.design import Codes, Own, Slopes
from matching.learning.features import CONTENT, CONTENT_DIMENSIONS, KINDS, Floats

# The share of the variance between pairs that a term is expected to have before any data. Leniency
# and therapists: the field (docs/evidence.md), therapists 5 to 8 %. The others are choices.
EXPECTED: Mapping[str, float] = MappingProxyType(
    {
        "client": 0.30,
        "client_needs": 0.02,
        "client_asked": 0.03,
        "therapist": 0.07,
        "therapist_need": 0.05,
        "therapist_style": 0.02,
        "therapist_culture": 0.01,
        "dimension": 0.015,
        "strong": 0.001,
        "style": 0.0025,
        "needs": 0.002,
        "respect": 0.01,
        "pair": 0.15,
    }
)

# The clinic's weights taken together: accommodating what was asked for is worth this share of the
# variance, give or take (docs/evidence.md has d 0.28 between clients accommodated and not).
BASE_SHARE = 0.05
BASE_DOUBT = 0.7

OF_THERAPIST = ("therapist", "therapist_need", "therapist_style", "therapist_culture")
OF_CLIENT = ("client", "client_needs", "client_asked")


@dataclass(frozen=True, slots=True)
class Term:
    """One kind of effect: `matrix` has a row an observation and a column an effect.

    `scale` is what effects of variance 1 add to the variance of an observation, on average; what
    may not be told of a therapist counts there too, since it is there all the same.
    """

    name: str
    matrix: csr_array | Floats
    scale: float

    @classmethod
    def of(cls, name: str, matrix: csr_array | Floats) -> "Term":
        """The term of effects that may all be told of."""
        return cls(name, matrix, _scale(matrix))

    def __len__(self) -> int:
        return int(self.matrix.shape[0])

    def rows(self, index: Codes) -> "Term":
        """The term for some of the observations."""
        return replace(self, matrix=self.matrix[index])


def base_of(content: Floats, weights: Mapping[str, float]) -> Floats:
    """The clinic's weights applied to the content columns, shape (m, 1)."""
    return content @ base_weights(weights)[:, None]


def base_weights(weights: Mapping[str, float]) -> Floats:
    """The clinic's weight of each content column, shape (len(CONTENT),): the dimensions' own."""
    return np.array([weights[name] if name in CONTENT_DIMENSIONS else 0.0 for name in CONTENT])


def terms_of(
    client: Codes,
    therapist: Codes,
    content: Floats,
    base: Floats,
    respect: Floats,
    slopes: Slopes,
    own: Own,
) -> list[Term]:
    """All terms of m observations; `client` and `therapist` are codes, `base`, `respect` (m, 1)."""

    def within(name: str, told: csr_array, whole: csr_array) -> Term:
        return Term(name, by_therapist(therapist, told), _scale(whole))

    terms = [
        Term.of("client", one_hot(client)),
        Term.of("client_needs", slopes.needs),
        Term.of("client_asked", csr_array(hstack([slopes.asked, slopes.style]))),
        Term.of("therapist", one_hot(therapist)),
        within("therapist_need", own.needs, slopes.needs),
        within("therapist_style", own.style, slopes.style),
        within("therapist_culture", own.culture, slopes.culture),
        Term.of("base", base),
    ]
    start = 0
    for kind, names in KINDS:
        terms.append(Term.of(kind, content[:, start : start + len(names)]))
        start += len(names)
    terms.append(Term.of("respect", respect))
    return terms


def _scale(matrix: csr_array | Floats) -> float:
    values = matrix if isinstance(matrix, np.ndarray) else matrix.data
    return float((values**2).sum() / max(matrix.shape[0], 1))


def one_hot(codes: Codes) -> csr_array:
    """(m, max + 1): 1 in the column of each row's code."""
    rows = len(codes)
    columns = int(codes.max()) + 1 if rows else 0
    return csr_array((np.ones(rows), codes, np.arange(rows + 1)), shape=(rows, columns))


def by_therapist(therapist: Codes, slopes: csr_array) -> csr_array:
    """Each row of `slopes` moved to its therapist's own columns."""
    width = slopes.shape[1]
    columns = int(therapist.max() + 1) * width if len(therapist) else 0
    own = np.repeat(therapist, np.diff(slopes.indptr)) * width + slopes.indices
    return csr_array((slopes.data, own, slopes.indptr), shape=(len(therapist), columns))
