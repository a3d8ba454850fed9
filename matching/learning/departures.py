"""What an end of a pairing for reasons of fit says of it, as an observation beside its ratings.

A client who left for such a reason got on less well than the usual pair. How much less is told by
few figures: taken as one more session, `drop` points below the clinic's mean fit and seen with the
variance `noise`. Both follow from how the chance to leave falls with fit, and were held against
others on synthetic clinics (docs/adr/0022, bench/leaving.py). Ends for practical reasons say
nothing and are never handed in (`matching.reasons.is_fit`).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Departure:
    """An end as an observation: `drop` points below the clinic's mean, `noise` in points²."""

    drop: float
    noise: float


DEPARTURE = Departure(drop=5.0, noise=10.0)
