"""What trainings tell of: five clients at least, five more at a time, nothing taken back."""

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matching.learning.steps import STEP
from matching.learning.told import NEVER, first_told, first_told_with_ends

Codes = Any

# Ratings as they arrive: therapist, client, and whether a training comes between.
ARRIVALS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 12), st.booleans()), min_size=1, max_size=60
)


def _columns(arrivals: list[tuple[int, int, bool]]) -> tuple[Codes, Codes, Codes]:
    table = np.array(arrivals, np.int32).reshape(-1, 3)
    return table[:, 0], table[:, 1], np.cumsum(table[:, 2])


def _clients(client: Codes, flags: Codes) -> int:
    return len(set(client[flags].tolist()))


@given(arrivals=ARRIVALS)
def test_what_is_told_rests_on_five_clients_and_grows_by_five_or_not_at_all(
    arrivals: list[tuple[int, int, bool]],
) -> None:
    therapist, client, since = _columns(arrivals)
    told = first_told(therapist, client, since)
    assert (told >= since).all()
    for one in set(therapist.tolist()):
        for number in range(int(since[-1]) + 1):
            fresh = (therapist == one) & (told == number)
            assert _clients(client, fresh) not in range(1, STEP)


@given(arrivals=ARRIVALS, extra=ARRIVALS)
def test_what_an_earlier_training_told_is_worked_out_again_by_the_later(
    arrivals: list[tuple[int, int, bool]], extra: list[tuple[int, int, bool]]
) -> None:
    therapist, client, since = _columns(arrivals)
    before = first_told(therapist, client, since)
    later = [(*extra[0][:2], True), *extra[1:]]
    after = first_told(*_columns([*arrivals, *later]))[: len(before)]
    assert np.array_equal(after[before < NEVER], before[before < NEVER])
    # What waited comes with a later training, if at all.
    assert (after[before == NEVER] > since[-1]).all()


@given(arrivals=ARRIVALS)
def test_nobody_waits_of_whom_a_training_found_five(
    arrivals: list[tuple[int, int, bool]],
) -> None:
    therapist, client, since = _columns(arrivals)
    told = first_told(therapist, client, since)
    for one in set(therapist.tolist()):
        for number in range(int(since[-1]) + 1):
            waits = (therapist == one) & (since <= number) & (told > number)
            assert _clients(client, waits) < STEP


def test_without_a_training_before_all_are_told_of_five_clients_or_more() -> None:
    client, none = np.arange(7), np.zeros(7, np.intp)
    assert not first_told(none, client, none).any()
    assert (first_told(none[:4], client[:4], none[:4]) == NEVER).all()
    assert first_told(none[:0], client[:0], none[:0]).shape == (0,)


def test_twenty_ratings_by_one_client_are_one_client() -> None:
    client = np.array([0] * 20 + [1, 2, 3])
    assert (first_told(client * 0, client, client * 0) == NEVER).all()
    client = np.append(client, 4)
    assert (first_told(client * 0, client, client * 0) == 0).all()


@given(arrivals=ARRIVALS, seed=st.integers(0, 99), share=st.floats(0, 1))
def test_who_says_nothing_new_makes_no_five_and_comes_with_those_who_do(
    arrivals: list[tuple[int, int, bool]], seed: int, share: float
) -> None:
    therapist, client, since = _columns(arrivals)
    again = np.random.default_rng(seed).random(len(client)) < share
    told = first_told(therapist, client, since, again)
    new = ~again
    # The others are those of which nothing is there again.
    assert np.array_equal(told[new], first_told(therapist[new], client[new], since[new]))
    for place in np.flatnonzero(again).tolist():
        own = new & (therapist == therapist[place])
        later = {number for number in told[own].tolist() if number >= since[place]}
        assert told[place] == min(later, default=NEVER)


def test_clients_who_were_told_of_count_again_when_they_say_more() -> None:
    client = np.array([0, 1, 2, 3, 4, 4, 3, 2, 1])
    since = np.array([0] * 5 + [1] * 4)
    assert first_told(client * 0, client, since).tolist() == [0] * 5 + [NEVER] * 4
    client, since = np.append(client, 0), np.append(since, 2)
    assert first_told(client * 0, client, since).tolist() == [0] * 5 + [2] * 5


@given(arrivals=ARRIVALS, seed=st.integers(0, 99), share=st.floats(0, 1))
def test_departures_count_as_no_client_and_come_with_the_next_rating(
    arrivals: list[tuple[int, int, bool]], seed: int, share: float
) -> None:
    therapist, client, since = _columns(arrivals)
    left = np.random.default_rng(seed).random(len(client)) < share
    told = first_told_with_ends(therapist, client, left, since)
    # The ratings are those without any departure.
    rated = ~left
    assert np.array_equal(told[rated], first_told(therapist[rated], client[rated], since[rated]))
    for place in np.flatnonzero(left).tolist():
        later = np.flatnonzero(rated & (therapist == therapist[place]))
        later = later[later > place]
        assert told[place] == (told[later[0]] if later.size else NEVER)


def test_a_fifth_rating_cannot_be_told_by_departures() -> None:
    client, left, none = np.arange(5), np.array([True] * 4 + [False]), np.zeros(5, np.intp)
    assert (first_told_with_ends(none, client, left, none) == NEVER).all()
