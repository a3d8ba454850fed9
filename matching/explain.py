"""Explanations: the computation itself, row by row, and what a client should know besides."""

from datetime import UTC, datetime, timedelta

from matching.availability import Availability, AvailabilityRules
from matching.eligibility import supervised
from matching.intake import Importance
from matching.query import REFERRAL, Query
from matching.ranking import Candidate, Contribution
from matching.roster import Roster
from matching.rows import Flags
from matching.scorers.style import LEAST_FOR_MUST
from matching.scoring import Pool
from matching.vocabulary import DIMENSIONS
from matching.wording import SENTENCES, UNMET, UNSAID
from matching.words import day

# How many reasons a client reads; the rest stand in the contributions.
MOST_REASONS = 3

# A contribution below this says nothing for a therapist, whatever its weight.
LEAST_FOR_REASON = 0.5


class Explanation:
    """What is said about each candidate of one request."""

    def __init__(
        self,
        query: Query,
        roster: Roster,
        availability: Availability,
        rules: AvailabilityRules,
        now: datetime,
    ) -> None:
        self._query, self._roster, self._availability = query, roster, availability
        self._rules, self._now = rules, now
        self._supervised: Flags = supervised(query, roster, now)
        self._rows = DIMENSIONS + ((REFERRAL,) if query.intake.referred_to else ())

    def candidate(self, pool: Pool, place: int, rank: int, propensity: float) -> Candidate:
        """The candidate at a place of the pool, shown at a rank."""
        row = int(pool.rows[place])
        parts = self._contributions(pool, place, row)
        confirmed = self._availability.confirmed_at(row)
        return Candidate(
            rank=rank,
            therapist_id=self._roster.ids[row],
            reference=self._roster.references[row],
            name=self._roster.names[row],
            score=float(pool.total[place]),
            preference_fit=_preference_fit(parts),
            expected_fit=None,
            propensity=propensity,
            contributions=parts,
            reasons=_reasons(parts),
            caveats=(*self._about_wishes(parts), *self._about_starting(row, confirmed)),
            availability_confirmed_at=confirmed,
        )

    def _contributions(self, pool: Pool, place: int, row: int) -> tuple[Contribution, ...]:
        asked = dict(zip(pool.weights, range(len(pool.weights)), strict=True))
        scores, points = pool.scores[:, place].tolist(), pool.points[:, place].tolist()
        unknown = pool.unknown[:, place].tolist()
        out = []
        for name in self._rows:
            at = asked.get(name)
            if at is None:
                out.append(Contribution(name, "not_asked", 0.0, 0.0, 0.0, ""))
            elif unknown[at]:
                weight = pool.weights[name]
                said = UNSAID[name]
                out.append(Contribution(name, "unknown", scores[at], weight, points[at], said))
            else:
                weight = pool.weights[name]
                said = SENTENCES[name](self._query, self._roster, row)
                out.append(Contribution(name, "scored", scores[at], weight, points[at], said))
        return tuple(out)

    def _about_wishes(self, parts: tuple[Contribution, ...]) -> list[str]:
        """What was asked and is not known, and what mattered a lot and is not met."""
        out = []
        for part in parts:
            if part.state == "unknown":
                out.append(part.reason)
            elif part.state == "scored" and part.score < LEAST_FOR_MUST:
                wish = self._query.wish(part.dimension)
                if wish is not None and wish.importance is Importance.STRONG:
                    out.append(UNMET[part.dimension])
        return out

    def _about_starting(self, row: int, confirmed: datetime | None) -> list[str]:
        """Supervision, payment, and how sure a free place is."""
        out = []
        if self._supervised[row]:
            out.append("In training or newly licensed: works with a supervisor.")
        if self._query.intake.payer and self._roster.payers.is_blank(row):
            out.append("Their profile does not say if they take your insurance. Please ask.")
        if confirmed is None:
            out.append("We have not checked yet if they have a free place.")
        elif self._now - confirmed > timedelta(days=self._rules.caveat_after_days):
            on = day(confirmed.astimezone(UTC).date())
            out.append(f"They last told us of a free place on {on}. That may have changed.")
        return out


def notices(query: Query) -> tuple[str, ...]:
    """What a client should know about the request as a whole. Never repeats what was sent."""
    if not query.unmatched:
        return ()
    if query.unmatched == 1:
        return ("One therapist you named is not on our list, so naming them changed nothing.",)
    return ("Some therapists you named are not on our list, so naming them changed nothing.",)


def _preference_fit(parts: tuple[Contribution, ...]) -> float:
    """How well the stated preferences are met: the weighted mean over those asked, 0 for none."""
    stated = [part for part in parts if part.dimension not in {"expected_fit", REFERRAL}]
    weight = sum(part.weight for part in stated)
    return min(1.0, sum(part.points for part in stated) / weight) if weight else 0.0


def _reasons(parts: tuple[Contribution, ...]) -> tuple[str, ...]:
    """The strongest reasons for this therapist, by the points they bring."""
    good = [part for part in parts if part.state == "scored" and part.score >= LEAST_FOR_REASON]
    good.sort(key=lambda part: -part.points)
    return tuple(part.reason for part in good[:MOST_REASONS])
