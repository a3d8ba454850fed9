"""What off-policy estimates are measured by: logs, and the truth behind them."""

import argparse
import json
from dataclasses import replace

import numpy as np
import pytest

from bench import off_policy
from bench.logs import BY_RANK, Clinic, clinic
from matching.estimators import snips
from matching.weighting import DEFAULT_WEIGHTS, Weighting

LOG = Weighting(near_tie=0.1)
OTHER = replace(LOG, weights={**DEFAULT_WEIGHTS, "needs": 0.1})


@pytest.fixture(scope="module")
def logged() -> Clinic:
    others = {"same": LOG, "other": OTHER}
    return clinic("balanced", 3, LOG, others, therapists=12, clients=40)


def test_the_truth_is_what_choices_come_to(logged: Clinic) -> None:
    lists = logged.others["other"]
    by_chance = ((lists.chances @ BY_RANK) * logged.fit).sum(1).mean()
    assert logged.truth(lists) == pytest.approx(by_chance)
    assert logged.truth(logged.others["same"]) == logged.truth(logged.log)
    # Clients who are drawn to whom they will get on with get on better.
    assert replace(logged, pull=1.0).truth(lists) > logged.truth(lists)


def test_a_log_of_the_same_weighting_is_weighed_alike(logged: Clinic) -> None:
    drawn = logged.drawn("same", 500, np.random.default_rng(1))
    assert (drawn.weight == 1).all()
    assert (drawn.before == drawn.after).all()
    assert drawn.unsupported.sum() == 0
    assert set(np.diff(drawn.client)) == {0, 1}


def test_a_long_log_tells_the_truth(logged: Clinic) -> None:
    drawn = logged.drawn("other", 40_000, np.random.default_rng(2))
    silent = drawn.unsupported.mean()
    error = snips(drawn).difference.value - (
        logged.truth(logged.others["other"]) - logged.truth(logged.log)
    )
    assert drawn.weight.mean() == pytest.approx(1 - silent, abs=0.05)
    assert abs(error) < 0.05
    assert len(drawn.fit) == 40_000
    assert drawn.chosen.shape == drawn.before.shape == drawn.after.shape == (40_000, 3)


def test_a_row_counts_what_was_covered_and_what_refused(logged: Clinic) -> None:
    row = off_policy.row_of([logged, logged], "other", 200, 6, seed=1)
    told = row["snips"]["difference"]
    assert row["runs"] == 12
    assert told["of"] == round(12 * (1 - row["refused"])) > 0
    assert 0 <= told["covered"] <= told["of"]
    assert told["rmse"] >= abs(told["bias"])
    refused = off_policy.row_of([logged], "other", 20, 3, seed=1)
    assert (refused["refused"], refused["snips"]) == (1, {})
    for each in (row, refused):
        settings = {"near_tie": 0.1, "model": False, "weighting": "other", "choosing": "by place"}
        assert off_policy.line({**settings, "outcomes": 200, **each}).startswith("0.1")
    (total, *_) = off_policy.summed(
        [{"choosing": "by place", **row}, {"choosing": "by place", **refused}]
    )
    assert total["coverage"] == row["snips"]["value"]["covered"] / total["runs"]
    assert total["low"] <= total["coverage"] <= total["high"]


def test_the_table_is_printed_as_it_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(off_policy, "QUICK_CLIENTS", 20)
    monkeypatch.setattr(off_policy, "QUICK_RUNS", 2)
    monkeypatch.setattr(off_policy, "NEAR_TIES", (0.1,))
    monkeypatch.setattr(off_policy, "OUTCOMES", (150,))
    measured = off_policy.command(argparse.Namespace(quick=True))
    weightings = set(off_policy.CHANGES) - set(off_policy._OF_A_MODEL)
    assert {row["weighting"] for row in measured["rows"]} == weightings
    assert {row["choosing"] for row in measured["rows"]} == set(off_policy.CHOOSING)
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 1 + len(measured["rows"]) + 1 + len(measured["covered"])
    assert json.loads(json.dumps(measured)) == measured
