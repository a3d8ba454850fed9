"""Steps of five: a live figure rests on five clients, moves in fives, is never taken back."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.learning.steps import STEP, completed, whole_steps

# Ratings as they arrive: therapist and client.
ARRIVALS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 12)), max_size=60)
Codes = Any


def _columns(arrivals: list[tuple[int, int]]) -> tuple[Codes, Codes]:
    table = np.array(arrivals, np.int32).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _clients(client: Codes, flags: Codes) -> int:
    return len(set(client[flags].tolist()))


@given(arrivals=ARRIVALS)
def test_what_is_included_rests_on_five_clients(arrivals: list[tuple[int, int]]) -> None:
    therapist, client = _columns(arrivals)
    included = completed(therapist, client)
    for one in set(therapist.tolist()):
        assert _clients(client, included & (therapist == one)) not in {1, 2, 3, 4}


@given(arrivals=ARRIVALS)
def test_nothing_that_makes_a_step_is_held_back(arrivals: list[tuple[int, int]]) -> None:
    therapist, client = _columns(arrivals)
    included = completed(therapist, client)
    for one in set(therapist.tolist()):
        own = therapist == one
        assert _clients(client, ~included & own) < STEP
        # What waits came after everything that is in.
        assert not np.diff(included[own].astype(int)).max(initial=0) > 0


@given(arrivals=ARRIVALS)
def test_it_grows_by_five_clients_or_not_at_all(arrivals: list[tuple[int, int]]) -> None:
    therapist, client = _columns(arrivals)
    before = np.zeros(0, np.bool_)
    for size in range(1, len(arrivals) + 1):
        now = completed(therapist[:size], client[:size])
        # Never taken back: what was in stays in, whatever comes after.
        assert now[: size - 1][before].all()
        fresh = now.copy()
        fresh[: size - 1] &= ~before
        assert _clients(client[:size], fresh) in {0, STEP}
        before = now


def test_twenty_ratings_by_one_client_are_one_client() -> None:
    client = np.array([0] * 20 + [1, 2, 3])
    assert not completed(np.zeros_like(client), client).any()
    assert completed(np.zeros(24, np.int32), np.append(client, 4)).all()


def test_a_client_counts_again_only_in_the_next_step() -> None:
    first, again = [0, 1, 2, 3, 4], [4, 3, 2, 1]
    client = np.array(first + again)
    assert completed(np.zeros_like(client), client).tolist() == [True] * 5 + [False] * 4
    client = np.array([*first, *again, 0])
    assert completed(np.zeros_like(client), client).all()


def test_nothing_is_included_of_nothing() -> None:
    assert completed(np.empty(0, np.int32), np.empty(0, np.int32)).shape == (0,)


@pytest.mark.parametrize(
    ("clients", "published"),
    [(0, None), (4, None), (5, 5), (9, 5), (10, 10), (41, 40)],
)
def test_a_number_of_clients_is_published_in_fives(clients: int, published: int | None) -> None:
    assert whole_steps(clients) == published
