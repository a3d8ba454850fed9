"""Presets: whole sets of weights to start a draft from, with what each of them means."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from matching.weighting import DEFAULT_WEIGHTS

PresetName = Literal["what_clients_ask_for", "balanced", "track_record"]

# Of the weights that were measured, the largest: beside the default of 12 it is worth half a per
# cent more of what can be gained, and leaves stated preferences the least (ADR 0018).
_TRACK_RECORD = 20.0

PRESET_WEIGHTS: Mapping[PresetName, Mapping[str, float]] = MappingProxyType(
    {
        "what_clients_ask_for": {**DEFAULT_WEIGHTS, "expected_fit": 0.0},
        "balanced": DEFAULT_WEIGHTS,
        "track_record": {**DEFAULT_WEIGHTS, "expected_fit": _TRACK_RECORD},
    }
)

MEANINGS: Mapping[PresetName, str] = MappingProxyType(
    {
        "what_clients_ask_for": "Only what clients ask for orders the list; what ratings have"
        " taught is shown beside it and does not count.",
        "balanced": "What clients ask for, and what ratings have taught as far as the model is"
        " reliable: the weights every clinic starts with.",
        "track_record": "What ratings have taught counts most; among therapists with whom clients"
        " get on about equally well, what a client asks for decides.",
    }
)
