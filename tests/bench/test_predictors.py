"""What predicts the items of a relationship: answers and predictors are those of the same pairs."""

import numpy as np
import pytest

from bench import predictors
from matching.vocabulary import DIMENSIONS


def test_each_item_is_told_of_with_each_dimension(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predictors, "RATINGS", 1_500)
    rows = predictors.run(quick=True)
    assert [row["item"] for row in rows] == list(predictors.ASKED)
    for row in rows:
        assert list(row["correlation"]) == list(DIMENSIONS)
        assert all(-1 <= value <= 1 for value in row["correlation"].values())
    # The core items are asked after every session, the others at some.
    assert rows[0]["pairs"] > rows[2]["pairs"] > 0
    # In a world where all items follow fit, a model that learned of fit predicts them.
    assert rows[0]["correlation"]["expected_fit"] > 0.1
    assert predictors.table(rows).count("\n") == len(rows)


def test_a_correlation_is_within_clients_and_none_where_nothing_varies() -> None:
    answers = np.array([-1.0, 1.0, -2.0, 2.0])
    columns = np.zeros((4, len(DIMENSIONS)))
    columns[:, 0], columns[:, 1] = 3 * answers, -answers
    found = predictors.row("trust", np.column_stack([answers, columns]))["correlation"]
    assert found["communication_style"] == pytest.approx(1)
    assert found["gender"] == pytest.approx(-1)
    assert found["needs"] == 0
