"""The page of what was measured: its tables say what was found, and are tables."""

import numpy as np
import pytest

from bench import exposure, off_policy, parts, suggested, summary


def _of_suggested(gain: float) -> dict[str, object]:
    distances = {f"{name}_distance": 0.2 for name in ("present", "estimate", "offered", "plain")}
    gains = {
        f"{name}_{kind}{noise}": 0.0 if noise else gain
        for name in ("estimate", "offered")
        for kind in ("usual", "here")
        for noise in ("", "_noise")
    }
    start = {"world": "simple_balanced", "ratings": 2_000, "verdict": "better"}
    return {**start, **distances, **gains, "covered": [True, False]}


def _off_policy() -> dict[str, object]:
    each = {what: [(0.1, 0.2, True), (0.3, 0.2, False)] for what in ("value", "difference")}
    errors = {(method, what): each[what] for method in off_policy.METHODS for what in each}
    settings = {
        "near_tie": 0.02, "model": True, "weighting": "small shift", "choosing": "by place",
        "outcomes": 1_000,
    }  # fmt: skip
    figures = {"refused": 0.5, "effective": 800.0, "unsupported": 0.03, "truth": 0.1}
    row = {**settings, **figures, **off_policy._methods(errors, [(0.1, 0.1, 0.1)] * 2)}
    refused = {**row, "refused": 1.0, **{method: {} for method in off_policy.METHODS}}
    return {"rows": [row, refused], "covered": off_policy.summed([row, refused])}


def _exposure() -> list[dict[str, object]]:
    row = {"world": "balanced", "model": False, "taken": 0.5, "exposure": 0.1}
    return [{**row, **dict.fromkeys(exposure.COLUMNS, (0.25, None))}]


def _parts() -> list[dict[str, object]]:
    gains = {"bayes": (0.7, None), "no_steps": (0.6, 0.05)}
    left = {"no_steps": dict.fromkeys(parts.SHOWN, 0.5)}
    return [{"world": "balanced", "gains": gains, "open": left}]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("off_policy", "| by place | doubly robust | value | 0.500 (0.095 to 0.905) | 2 | 0.500 |"),
        ("off_policy", "| 1,000 | 1.00 | 0.80 | 0.030 | +0.100 | – | – | – | – | – |"),
        ("off_policy", "| 0.50 | 0.80 | 0.030 | +0.100 | 0.500 | 0.500 | 0.500 | 0.500 | 0.200 |"),
        ("suggested", "| simple balanced | 2,000 | 2 of 2 | 0.200 ± 0.000 |"),
        ("suggested", "| -0.100 ± 0.000 | 2 | -0.100 ± 0.000 | 2 | 0.50 |"),
        (
            "parts",
            "| balanced | no steps | 0.60 ± 0.05 | 0.50 | 0.50 | 0.50 | 0.50 | 0.50 | 0.50 |",
        ),
        ("parts", "| balanced | bayes | 0.70 | – | – | – | – | – | – |"),
        ("exposure", "| balanced | no | 0.50 | 0.10 | 0.250 |"),
    ],
)
def test_each_table_says_what_was_found(name: str, said: str) -> None:
    found = {
        "off_policy": _off_policy(),
        "suggested": suggested.summary([_of_suggested(-0.1)] * 2),
        "exposure": _exposure(),
        "parts": _parts(),
    }
    text = summary.text({name: found[name]})
    assert said in text
    tables = [one.splitlines() for one in text.split("\n\n") if one.startswith("|")]
    assert tables
    for table in tables:
        assert np.unique([line.count("|") for line in table]).size == 1
