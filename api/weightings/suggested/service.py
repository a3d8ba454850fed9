"""Suggested weights: what the newest training found, beside the weights that are active now."""

from collections.abc import Mapping
from math import isclose
from typing import Any

from api.auth.scope import ClinicScope
from api.store.weightings import read_weighting
from api.weightings.schemas import LEAST_ABOVE_ZERO, MOST
from api.weightings.suggested import queries
from api.weightings.suggested.schemas import Because, DimensionOut, SuggestionOut, TrainingOut
from api.weightings.suggested.words import STATE, VERDICT
from matching.vocabulary import DIMENSIONS


def suggestion(scope: ClinicScope) -> SuggestionOut:
    """The suggestion of the newest training; the present weights where there is none to give."""
    active = read_weighting(scope, scope.clinic.weighting_id)[0].weights
    row = queries.newest_training(scope)
    # A training of an earlier release left none.
    if row is None or "suggestion" not in row.report:
        return _none(active, "not_trained", None)
    training, found = TrainingOut(id=row.id, trained_at=row.trained_at), row.report["suggestion"]
    if found is None:
        return _none(active, "too_few_clients", training)
    of = {one["dimension"]: one for one in found["dimensions"]}
    if not all(isclose(of[name]["present"], active[name]) for name in of):
        return _none(active, "weights_changed", training)
    better = found["verdict"] == "better"
    suggested = {name: one["estimate"] for name, one in of.items()} if better else {}
    return SuggestionOut(
        verdict=found["verdict"],
        because=found["because"],
        words=VERDICT[found["because"]],
        weights=_sendable({**active, **suggested}),
        dimensions=[_dimension(name, active[name], of.get(name)) for name in DIMENSIONS],
        clients=found["clients"] or None,
        certainty=found["certainty"],
        points=found["points"],
        held_out=found["held_out"],
        training=training,
    )


def _none(
    active: Mapping[str, float], because: Because, training: TrainingOut | None
) -> SuggestionOut:
    return SuggestionOut(
        verdict="cannot_tell",
        because=because,
        words=VERDICT[because],
        weights=_sendable(active),
        dimensions=[],
        clients=None,
        certainty=None,
        points=None,
        held_out=None,
        training=training,
    )


def _dimension(name: str, present: float, found: Mapping[str, Any] | None) -> DimensionOut:
    state = found["state"] if found else "kept"
    told = found or {"clients": None, "estimate": present, "low": present, "high": present}
    return DimensionOut(
        dimension=name,
        state=state,
        words=STATE[state],
        clients=told["clients"] or None,
        present=present,
        **{part: told[part] for part in ("estimate", "low", "high")},
    )


def _sendable(weights: Mapping[str, float]) -> dict[str, float]:
    """The same weights relative to each other, within what a draft takes."""
    down = MOST / max(MOST, *weights.values())
    return {
        name: _within(weights[name] * down) if weights[name] > 0 else 0.0 for name in DIMENSIONS
    }


def _within(weight: float) -> float:
    # Dividing by the largest and multiplying again may end a bit above it.
    return min(max(weight, LEAST_ABOVE_ZERO), MOST)
