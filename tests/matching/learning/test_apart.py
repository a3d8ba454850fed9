"""What is told apart within a therapist: of five at least, and nobody or five are left without."""

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from matching.learning.apart import told_apart
from matching.learning.steps import STEP
from matching.learning.told import NEVER, first_told

Codes = Any

TABLES = st.tuples(st.integers(0, 2**32), st.integers(1, 60), st.integers(0, 3), st.floats(0.2, 1))


def _table(of: tuple[int, int, int, float]) -> tuple[Codes, Codes, Codes]:
    """Rows of different clients of three groups, who have something with a chance; when told."""
    seed, rows, width, share = of
    draw = np.random.default_rng(seed)
    table = draw.normal(size=(rows, width)) * (draw.random((rows, width)) < share)
    group, since = draw.integers(0, 3, rows), np.sort(draw.integers(0, 4, rows))
    return table, group, first_told(group, np.arange(rows), since)


@given(of=TABLES)
def test_a_column_tells_of_five_more_at_least_and_leaves_nobody_or_five_without(
    of: tuple[int, int, int, float],
) -> None:
    table, group, told = _table(of)
    before, without = np.zeros(table.shape, np.bool_), np.zeros(table.shape, np.bool_)
    for number in range(4):
        # As that training saw it.
        seen = np.where(told <= number, told, NEVER)
        kept = told_apart(csr_array(table), group, seen).toarray()
        assert np.array_equal(kept[kept != 0], table[kept != 0])
        for one in range(3):
            there = (group == one) & (seen < NEVER)
            now = (kept != 0)[group == one]
            assert not (before[group == one] & ~now).any()
            for column in range(table.shape[1]):
                fresh = int(now[:, column].sum() - before[group == one][:, column].sum())
                assert fresh == 0 or fresh >= STEP
                if now[:, column].any() and fresh:
                    rest = there & (kept[:, column] == 0)
                    assert rest.sum() not in range(1, STEP)
                    # Who is left without has changed by five at least, too.
                    changed = rest ^ (without[:, column] & (group == one))
                    assert changed.sum() not in range(1, STEP)
        before, without = kept != 0, (seen < NEVER)[:, None] & (kept == 0)


@given(of=TABLES)
def test_no_column_waits_that_could_be_told(of: tuple[int, int, int, float]) -> None:
    table, group, told = _table(of)
    told = np.where(told < NEVER, 0, NEVER)
    kept = told_apart(csr_array(table), group, told).toarray() != 0
    for one in range(3):
        there = (group == one) & (told == 0)
        for had, now in zip((table != 0)[there].T, kept[there].T, strict=True):
            most = had.sum() if had.all() else min(had.sum(), there.sum() - STEP)
            assert now.sum() == (most if most >= STEP else 0)
            # Those who came first.
            assert not (now & ~had).any()
            assert now[had].tolist() == sorted(now[had].tolist(), reverse=True)
