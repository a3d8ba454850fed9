"""Figures by group are those of an independent library; small groups are in none of them."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.insights.groups import ALERT_BELOW, Compared, compare


def of(compared: Compared) -> dict[str, Any]:
    return {one.group: one for one in compared.groups}


def two_groups(first: float, second: float, people: int = 10) -> Compared:
    """Two groups in which everybody has the same."""
    members = np.repeat(np.eye(2, dtype=np.bool_), people, axis=1)
    amount = np.repeat([first, second], people)
    return compare(["a", "b"], members, amount, np.ones(2 * people))


def test_groups_of_known_exposure() -> None:
    found = two_groups(0.3, 0.5)
    assert of(found)["a"].figure.value == pytest.approx(0.3)
    assert of(found)["a"].difference.value == pytest.approx(-0.2)
    # Nobody differs from their group, so nothing is left to chance.
    assert of(found)["a"].difference.high == pytest.approx(-0.2)
    assert found.spread is not None
    assert (found.spread.lowest, found.spread.highest) == ("a", "b")
    assert found.spread.ratio.value == pytest.approx(0.6)
    assert found.spread.alert
    assert found.spread.certain


def test_the_alert_is_below_four_fifths() -> None:
    above, below = (two_groups(ALERT_BELOW + change, 1.0) for change in (0.001, -0.001))
    assert above.spread is not None
    assert below.spread is not None
    assert (above.spread.alert, below.spread.alert) == (False, True)


def test_who_is_withheld_is_in_no_figure() -> None:
    members = np.zeros((3, 23), np.bool_)
    members[0, :10] = members[1, 10:20] = members[2, 20:] = True
    amounts = [np.r_[np.ones(10), np.full(10, 2.0), np.full(3, rest)] for rest in (0.0, 99.0)]
    one, other = (compare(["a", "b", "few"], members, each, np.ones(23)) for each in amounts)
    assert one == other
    assert not of(one)["few"].shown
    assert of(one)["few"].figure.value is None


def test_a_group_of_no_difference_has_an_interval_that_holds_none() -> None:
    draw = np.random.default_rng(3)
    members = np.repeat(np.eye(2, dtype=np.bool_), 50, axis=1)
    found = compare(["a", "b"], members, draw.gamma(2, 1, 100), np.ones(100))
    away = of(found)["a"].difference
    assert away.low < 0 < away.high
    assert found.spread is not None
    assert not found.spread.certain


@pytest.mark.parametrize("group", [5, 30])
def test_intervals_hold_the_truth_as_often_as_they_say(group: int) -> None:
    draw, held, runs = np.random.default_rng(group), 0, 400
    members = np.zeros((2, group + 40), np.bool_)
    members[0, :group] = members[1, group:] = True
    truth = np.where(members[0], 0.2, 0.25)
    for _ in range(runs):
        per = draw.gamma(2, 20, truth.size)
        found = compare(["a", "b"], members, draw.gamma(2, truth / 2) * per, per)
        away = of(found)["a"].difference
        held += away.low <= -0.05 <= away.high
    # Four standard errors of a share of 0.95.
    assert held / runs == pytest.approx(0.95, abs=4 * (0.95 * 0.05 / runs) ** 0.5)


def test_the_same_as_fairlearn_where_everybody_is_in_one_group() -> None:
    # A second to import, and without types.
    from fairlearn.metrics import MetricFrame  # type: ignore[import-untyped]  # noqa: PLC0415

    draw = np.random.default_rng(7)
    names, group = ["a", "b", "c"], draw.integers(0, 3, 90)
    amount, per = draw.gamma(2, 1, 90), draw.gamma(2, 1, 90) + 0.1
    found = compare(names, np.asarray(group == np.arange(3)[:, None]), amount, per)
    frame = MetricFrame(
        metrics=lambda y_true, y_pred: y_pred.sum() / y_true.sum(),
        y_true=per,
        y_pred=amount,
        sensitive_features=np.array(names)[group],
    )
    assert [of(found)[name].figure.value for name in names] == pytest.approx(list(frame.by_group))
    assert found.spread is not None
    assert found.spread.ratio.value == pytest.approx(frame.ratio(method="between_groups"))


@given(st.integers(0, 10_000))
def test_whoever_has_no_denominator_changes_nothing(seed: int) -> None:
    draw = np.random.default_rng(seed)
    members = draw.random((3, 30)) < 0.5
    amount, per = draw.random(30), draw.random(30)
    more = np.hstack((members, draw.random((3, 4)) < 0.5))
    added = compare(list("abc"), more, np.r_[amount, np.ones(4)], np.r_[per, np.zeros(4)])
    assert added == compare(list("abc"), members, amount, per)


def test_nobody_at_all_is_no_figure() -> None:
    found = compare(["a"], np.ones((1, 3), np.bool_), np.ones(3), np.zeros(3))
    assert not found.groups[0].shown
    assert found.spread is None
    nothing = two_groups(0.0, 0.0)
    assert nothing.spread is None
    half = two_groups(0.0, 1.0)
    assert half.spread is not None
    assert half.spread.ratio.value == 0
    assert half.spread.alert
    assert not half.spread.certain
