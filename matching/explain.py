"""Explanations: the computation itself, row by row, and what a client should know besides."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from matching.availability import Availability, AvailabilityRules
from matching.eligibility import works_supervised
from matching.fit_wording import GOOD, FitWording
from matching.intake import Importance
from matching.learning.learned import Learned
from matching.query import EXPECTED_FIT, REFERRAL, Query
from matching.ranking import Candidate, Contribution, ExpectedFit
from matching.roster import Roster
from matching.scorers.style import LEAST_FOR_MUST
from matching.scoring import Pool
from matching.vocabulary import DIMENSIONS
from matching.wording import PASSED_OVER, UNSAID, Wording
from matching.words import day

# How many reasons a client reads; the rest stand in the contributions.
MOST_REASONS = 3

# A contribution below this says nothing for a therapist, whatever its weight.
LEAST_FOR_REASON = 0.5

_NOT_ASKED: Mapping[str, Contribution] = MappingProxyType(
    {name: Contribution(name, "not_asked", 0.0, 0.0, 0.0, "") for name in (*DIMENSIONS, REFERRAL)}
)


class Explanation:
    """What is said about each candidate of one request."""

    def __init__(
        self,
        query: Query,
        pool: Pool,
        roster: Roster,
        availability: Availability,
        rules: AvailabilityRules,
        now: datetime,
        learned: Learned | None = None,
    ) -> None:
        self._query, self._pool, self._roster = query, pool, roster
        self._fit = FitWording(query, roster, learned) if learned else None
        self._availability, self._now = availability, now
        self._doubted = now - timedelta(days=rules.caveat_after_days)
        self._shown = (*DIMENSIONS, REFERRAL) if query.intake.referred_to else DIMENSIONS
        self._wording = Wording(query, roster)
        self._place = {name: place for place, name in enumerate(pool.weights)}

    def candidates(self, order: Sequence[tuple[int, float]]) -> tuple[Candidate, ...]:
        """Those at these places of the pool, best first, each shown with its propensity."""
        return tuple(
            self._candidate(at, rank, propensity)
            for rank, (at, propensity) in enumerate(order, start=1)
        )

    def _candidate(self, at: int, rank: int, propensity: float) -> Candidate:
        row = int(self._pool.rows[at])
        fit = self._expected(at, row)
        parts = self._contributions(at, row, fit)
        confirmed = self._availability.confirmed_at(row)
        return Candidate(
            rank=rank,
            therapist_id=self._roster.ids[row],
            reference=self._roster.references[row],
            name=self._roster.names[row],
            score=float(self._pool.total[at]),
            preference_fit=_preference_fit(parts),
            expected_fit=fit,
            propensity=propensity,
            contributions=parts,
            reasons=_reasons(parts, fit),
            caveats=(
                *self._about_wishes(parts),
                *self._about_fit(fit),
                *self._about_starting(row, confirmed),
            ),
            availability_confirmed_at=confirmed,
        )

    def _expected(self, at: int, row: int) -> ExpectedFit | None:
        expected = self._pool.expected
        if self._fit is None or expected is None:
            return None
        return self._fit.expected(row, float(expected.mean[at]), expected.at(at))

    def _contributions(
        self, at: int, row: int, fit: ExpectedFit | None
    ) -> tuple[Contribution, ...]:
        scores, points = self._pool.scores[:, at].tolist(), self._pool.points[:, at].tolist()
        unknown = self._pool.unknown[:, at].tolist()
        out = []
        for name in self._shown:
            place = self._place.get(name)
            if place is None:
                out.append(_NOT_ASKED[name])
                continue
            score, weight = scores[place], self._pool.weights[name]
            if name == EXPECTED_FIT and self._fit and fit:
                said = self._fit.sentence(row, fit.words)
                out.append(Contribution(name, "scored", score, weight, points[place], said))
            elif unknown[place]:
                said = UNSAID[name]
                out.append(Contribution(name, "unknown", score, weight, points[place], said))
            else:
                said = self._wording.sentence(name, row, score)
                out.append(Contribution(name, "scored", score, weight, points[place], said))
        return tuple(out)

    def _about_wishes(self, parts: tuple[Contribution, ...]) -> Iterator[str]:
        """What was asked and is not known, and what mattered a lot and is not met."""
        for part in parts:
            if part.state == "unknown":
                yield part.reason
            elif part.state == "scored" and part.score < LEAST_FOR_MUST:
                wish = self._query.wish(part.dimension)
                if wish is not None and wish.importance is Importance.STRONG:
                    yield PASSED_OVER[part.dimension]

    def _about_fit(self, fit: ExpectedFit | None) -> Iterator[str]:
        """That nobody knows yet."""
        if fit and fit.ratings is None:
            yield "Too few clients have rated them yet to say how well clients get on with them."

    def _about_starting(self, row: int, confirmed: datetime | None) -> Iterator[str]:
        """Supervision, payment, and how sure a free place is."""
        if works_supervised(self._query, self._roster, row, self._now):
            yield "Still in training, or new to the work: a supervisor works with them."
        if self._query.intake.payer and self._roster.payers.is_blank(row):
            yield "Their profile does not say if they take your insurance. Please ask."
        if confirmed is None:
            yield "We have not checked yet if they have a free place."
        elif confirmed < self._doubted:
            on = day(confirmed.astimezone(UTC).date())
            yield f"They last told us of a free place on {on}. That may have changed."


def notices(query: Query, *, varied: bool) -> tuple[str, ...]:
    """What a client should know about the answer as a whole. Never repeats what was sent."""
    said = []
    if varied:
        said.append("Therapists who match about equally well are shown in varied order.")
    if query.unmatched == 1:
        said.append("One therapist you named is not on our list, so naming them changed nothing.")
    elif query.unmatched:
        said.append(
            "Some therapists you named are not on our list, so naming them changed nothing."
        )
    return tuple(said)


def _preference_fit(parts: tuple[Contribution, ...]) -> float:
    """How well the stated preferences are met: the weighted mean over those asked, 0 for none."""
    weight = points = 0.0
    for part in parts:
        if part.dimension not in {EXPECTED_FIT, REFERRAL}:
            weight += part.weight
            points += part.points
    return min(1.0, points / weight) if weight else 0.0


def _reasons(parts: tuple[Contribution, ...], fit: ExpectedFit | None) -> tuple[str, ...]:
    """The strongest reasons for this therapist, by the points they bring.

    What ratings say is one only where it is good and rests on clients of this therapist.
    """
    good = [
        part
        for part in parts
        if part.state == "scored"
        and part.score >= LEAST_FOR_REASON
        and (part.dimension != EXPECTED_FIT or (fit is not None and fit.words == GOOD))
    ]
    good.sort(key=lambda part: -part.points)
    return tuple(part.reason for part in good[:MOST_REASONS])
