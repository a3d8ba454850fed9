"""The ages of a confirmed availability: first doubted, then out of the ranking."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from matching.availability import AvailabilityRules

State = Literal["caveat", "stale", "never"]


@dataclass(frozen=True, slots=True)
class Ages:
    """A clinic's ages as moments before `now` (aware), exactly as a ranking has them.

    Attributes:
        doubted: what was confirmed before is shown with a caveat.
        stale: what was confirmed before does not count: the therapist is left out.
        last_start: nobody new starts with a therapist who leaves on this day or before.
    """

    now: datetime
    doubted: datetime
    stale: datetime
    last_start: date

    @classmethod
    def at(cls, rules: AvailabilityRules, now: datetime) -> "Ages":
        """Those of a clinic's rules."""
        return cls(
            now,
            now - timedelta(days=rules.caveat_after_days),
            now - timedelta(days=rules.stale_after_days),
            now.date() + timedelta(days=rules.leaving_notice_days),
        )

    def state(self, confirmed_at: datetime | None) -> State:
        """What an availability of before `doubted` is."""
        if confirmed_at is None:
            return "never"
        return "stale" if confirmed_at < self.stale else "caveat"

    def out_since(self, confirmed_at: datetime | None) -> datetime | None:
        """Since when a therapist is left out, None where they are not."""
        if confirmed_at is None or confirmed_at >= self.stale:
            return None
        return confirmed_at + (self.now - self.stale)
