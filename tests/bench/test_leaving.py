"""Departures of a synthetic clinic as rows beside its ratings."""

import numpy as np

from bench.leaving import quality, table, with_departures
from bench.seeded import seeded

PAST = seeded("balanced", 2, therapists=12, ratings=300, unseen=20)


def _pairs(client: np.ndarray, therapist: np.ndarray) -> set[tuple[int, int]]:
    return set(zip(client.tolist(), therapist.tolist(), strict=True))


def test_ends_stand_in_their_places_by_time_beside_the_same_ratings() -> None:
    past = with_departures(PAST, share=1.0)
    assert (np.diff(past.at) >= 0).all()
    rated = past.part(np.flatnonzero(~past.left))
    assert np.array_equal(rated.items, PAST.ratings.items, equal_nan=True)
    assert rated.at.tolist() == PAST.ratings.at.tolist()


def test_only_pairs_that_were_rated_part_and_each_once() -> None:
    past = with_departures(PAST, share=1.0)
    left = past.left
    parted = _pairs(past.client[left], past.therapist[left])
    assert 0 < left.sum() == len(parted)
    assert parted <= _pairs(past.client[~left], past.therapist[~left])


def test_fewer_give_a_reason_where_the_share_is_smaller() -> None:
    counts = [int(with_departures(PAST, share).left.sum()) for share in (0.0, 0.5, 1.0)]
    assert counts[0] == 0
    assert 0 < counts[1] < counts[2]


def test_quality_is_that_of_a_model_that_knows_something() -> None:
    found = quality(PAST, with_departures(PAST))
    assert 0 < found.correlation < 1
    assert found.gain < 1
    row = {
        "world": "balanced", "raters": 1.0, "departures": 3.0, "drop": 5.0, "noise": 10.0,
        "without": found.gain, "gain": 0.0, "gain_half": 0.01, "correlation": 0.0,
        "correlation_half": 0.01,
    }  # fmt: skip
    assert f"{found.gain:.3f}" in table([row])
