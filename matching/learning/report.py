"""What a training found, for the gate and for people: plain figures, nothing of any client."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Outcome = Literal["promote", "promote_uncertain", "refuse"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataWindow:
    """What was learned from: clients in whole steps of five, and the first and the last month.

    Months by their first day, in days since 1970-01-01 UTC, None without ratings.
    """

    ratings: int
    clients: int
    pairs: int
    therapists: int
    therapists_known: int
    first_at: float | None
    last_at: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A figure with its 90 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """How rankings did on the latest clients, whom the model and content had not seen.

    The model that serves may have: it was trained on all of its own day, so it looks better here
    than it is.

    Concordance is the share of pairs of ratings by different clients whose order is foretold by how
    far the therapist stood out in the client's ranking: 0.5 is chance. `gain` is the model's less
    content's.
    """

    clients: int
    pairs: int
    content: float
    model: float
    serving: float | None
    gain: Estimate
    slope: float
    coverage: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Whether the model may rank, and why."""

    outcome: Outcome
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that a training found. `variances` are points² between pairs, by component.

    `growth` is in points from the first session on, `levels` by how many points each item stands
    above the fit index, `session_noise` the variance of one session's fit, `first` and `later`.
    """

    window: DataWindow
    decision: Decision
    seed: int
    held_out: HeldOut | None = None
    variances: Mapping[str, float] | None = None
    growth: float | None = None
    levels: Mapping[str, float] | None = None
    session_noise: Mapping[str, float] | None = None
    reliability: float | None = None
    affinity_weight: float | None = None
    interval: float | None = None

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        variances = dict(self.variances) if self.variances else None
        found: dict[str, Any] = _rounded({**asdict(self), "variances": variances})
        return found


def _rounded(value: Any) -> Any:
    """Figures to three digits after the point: more would say more than is known."""
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, dict):
        return {name: _rounded(part) for name, part in value.items()}
    return value
