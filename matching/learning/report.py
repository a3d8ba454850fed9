"""What a training found, for the gate and for people: plain figures, nothing of any client."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

Outcome = Literal["promote", "promote_uncertain", "refuse"]
Verdict = Literal["better", "cannot_tell"]
Because = Literal["better_ranking", "not_confirmed", "too_uncertain", "too_few_clients"]
WeightState = Literal["estimated", "too_few", "alike", "off"]


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
class SuggestedWeight:
    """One dimension: its weight when this was learned, and what ratings say, with a 90 % interval.

    `estimated` from ratings; else the present weight: `too_few` asked for it, the therapists are
    all `alike` in it, or the clinic has it `off`. `clients` who asked, in whole steps of five.
    """

    dimension: str
    state: WeightState
    clients: int
    present: float
    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOutWeights:
    """The ranking by content on later clients, with weights suggested by the clients before them.

    Concordances as in `HeldOut`; `gain` is the suggested weights' less the present ones'.
    """

    clients: int
    pairs: int
    present: float
    suggested: float
    gain: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """The weights that ratings suggest, and whether they are better than the present ones.

    `clients` learned from, in whole steps; `points` by how much the expected fit of a therapist
    rises who stands one standard deviation above the others in the order; `certainty` that it rises
    at all, 0..1; `held_out` is None where there was nothing to test on.
    """

    because: Because
    dimensions: Sequence[SuggestedWeight]
    clients: int
    points: Estimate
    certainty: float
    held_out: HeldOutWeights | None

    @property
    def verdict(self) -> Verdict:
        """`better`, or `cannot_tell`: then the present weights are the ones to keep."""
        return "better" if self.because == "better_ranking" else "cannot_tell"

    def document(self) -> dict[str, Any]:
        """As JSON has it: the present weights as they are, the others to three digits."""
        found: dict[str, Any] = _rounded(asdict(self))
        found["dimensions"] = [_weight(one) for one in self.dimensions]
        return {"verdict": self.verdict, **found}


def _weight(one: SuggestedWeight) -> dict[str, Any]:
    """Weights are relative, so it is their leading digits that count."""
    told = {name: float(f"{getattr(one, name):.3g}") for name in ("estimate", "low", "high")}
    return {**asdict(one), **(told if one.state == "estimated" else {})}


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
    suggestion: Suggestion | None = None

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        variances = dict(self.variances) if self.variances else None
        found: dict[str, Any] = _rounded({**asdict(self), "variances": variances})
        found["suggestion"] = self.suggestion.document() if self.suggestion else None
        return found


def _rounded(value: Any) -> Any:
    """Figures to three digits after the point: more would say more than is known."""
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, dict):
        return {name: _rounded(part) for name, part in value.items()}
    return value
