"""No withheld group can be worked out from what is shown."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.linalg import null_space

from matching.insights.suppression import Flags, publishable


def apart(*sizes: int) -> Flags:
    """Groups of these sizes, nobody in two."""
    group = np.repeat(np.arange(len(sizes)), sizes)
    return np.asarray(group == np.arange(len(sizes))[:, None])


@st.composite
def memberships(draw: st.DrawFn) -> Flags:
    """Groups of any overlap, often small or one within another."""
    people, groups = draw(st.integers(1, 24)), draw(st.integers(1, 6))
    rows = [draw(st.lists(st.booleans(), min_size=people, max_size=people)) for _ in range(groups)]
    members = np.array(rows, np.bool_)
    if groups > 2 and draw(st.booleans()):
        members[1] = members[0] & members[2]
    if draw(st.booleans()):
        # Everybody in one group at most.
        members &= np.cumsum(members, axis=0) == 1
    return members


def shown_sums(members: Flags, shown: Flags, *, with_total: bool) -> NDArray[np.float64]:
    """What is published, as sums over people: the groups, everybody in them, and all others."""
    within = members[shown].any(axis=0)
    everybody = np.ones_like(within) if with_total else within
    groups = members[shown]
    return np.vstack((everybody, groups, everybody & ~groups)).astype(np.float64)


@settings(max_examples=300)
@given(memberships(), st.booleans())
def test_two_worlds_differ_in_each_withheld_group_and_in_nothing_shown(
    members: Flags, with_total: bool
) -> None:
    shown = publishable(members, with_total=with_total)
    if not shown.any():
        return
    published = shown_sums(members, shown, with_total=with_total)
    # Changes of people's figures that nothing published shows.
    unseen = null_space(published)
    for group in members[~shown]:
        if group.any():
            assert np.abs(group @ unseen).max(initial=0) > 1e-9


@settings(max_examples=300)
@given(memberships(), st.booleans())
def test_nothing_shown_is_of_fewer_than_five(members: Flags, with_total: bool) -> None:
    shown = publishable(members, with_total=with_total)
    if not shown.any():
        return
    sets = shown_sums(members, shown, with_total=with_total).astype(bool)
    assert all(one.sum() >= 5 or not one.any() for one in sets)
    for inner in sets:
        for outer in sets:
            if not (inner & ~outer).any():
                assert (outer & ~inner).sum() not in {1, 2, 3, 4}


@pytest.mark.parametrize(
    ("sizes", "with_total", "expected"),
    [
        ((40, 75, 3), False, [True, True, False]),
        # Three are what is left of the total, and so are nine once the next smallest goes too.
        ((40, 9, 3), True, [True, False, False]),
        ((40, 9, 3, 4), True, [True, True, False, False]),
        ((5, 5), True, [True, True]),
        ((4, 50), False, [False, True]),
        ((4, 50), True, [False, False]),
        ((2, 2), True, [False, False]),
    ],
)
def test_small_groups_go_and_what_would_tell_of_them(
    sizes: tuple[int, ...], with_total: bool, expected: list[bool]
) -> None:
    assert publishable(apart(*sizes), with_total=with_total).tolist() == expected


def test_who_counts_for_nothing_is_nothing_that_could_be_told() -> None:
    clients = np.array([9.0, 7.0, 0.0])
    shown = publishable(np.eye(3, dtype=np.bool_), clients, with_total=True)
    assert shown.tolist() == [True, True, False]


def test_every_weight_has_to_be_reached() -> None:
    members = apart(6, 6)
    clients = np.array([1.0, *np.zeros(5), *np.ones(6)])
    assert publishable(members, np.ones(12), clients).tolist() == [False, True]


@pytest.mark.parametrize("with_total", [False, True])
def test_all_but_one_group_may_be_another_and_one_more(with_total: bool) -> None:
    """Everybody else than the last group is the first and a single person."""
    members = np.zeros((3, 24), np.bool_)
    members[0, 19:] = members[1, 18:23] = members[2, :18] = True
    assert not publishable(members, with_total=with_total).all()
