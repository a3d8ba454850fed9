"""Observations: pairs that may be told of teach about their therapist, others about the clinic."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.learning.clinic import Clinic, learnable, roster_rows
from matching.learning.codes import client_codes
from matching.learning.observations import Observations, Rows, observe, observe_all
from matching.learning.ratings import Ratings
from matching.roster import Roster
from matching.weighting import Weighting
from tests.factories.learning import Said, grouped, past_clinic, people, ratings_of
from tests.factories.matching import VOCABULARY

THERAPISTS = 3
ROSTER = Roster.compile(people(THERAPISTS))


def _rows(said: Sequence[Said]) -> Rows:
    ratings = ratings_of(said, list(ROSTER.ids))
    return Clinic.of(ratings, ROSTER, Weighting(), VOCABULARY).rows_of(ratings)


def _observed(said: Sequence[Said]) -> Observations:
    return observe(_rows(said), THERAPISTS)[0]


def test_of_five_clients_or_more_pairs_are_their_therapists_of_fewer_the_clinics() -> None:
    seen = _observed(grouped({0: 7, 1: 3}))
    assert seen.therapist[seen.own].tolist() == [0] * 7
    # Three of the second teach about the clinic, each on its own.
    assert seen.rated[~seen.own].tolist() == [1, 1, 1]
    assert len(set(seen.therapist[~seen.own].tolist())) == 3
    assert seen.therapist[~seen.own].min() >= THERAPISTS


def test_after_a_training_fewer_than_five_wait() -> None:
    said = [replace(one, since=int(one.client >= 7)) for one in grouped({0: 11})]
    assert _observed(said).own.tolist() == [True] * 7 + [False] * 4
    fifth = Said(client=11, therapist=0, since=1)
    assert _observed([*said, fifth]).told.tolist() == [0] * 7 + [1] * 5


def test_until_five_clients_rated_a_therapist_pairs_teach_about_the_clinic_alone() -> None:
    seen = _observed(grouped({0: 2, 1: 4}))
    assert len(seen) == 6
    assert not seen.own.any()
    assert len(_observed([])) == 0


def test_sessions_after_a_training_wait_for_five_clients() -> None:
    said = grouped({0: 5}, fit=7.0)
    later = [*said, Said(client=0, therapist=0, fit=0.0, since=1)]
    one, other = _observed(said), _observed(later)
    assert other.value == pytest.approx(one.value, abs=1e-9)
    assert other.ratings.tolist() == [1] * 5


def test_twenty_ratings_of_a_pair_are_one_observation() -> None:
    said = [Said(client=client, therapist=0) for client in (0,) * 20 + (1, 2, 3, 4)]
    seen = _observed(said)
    assert seen.ratings.tolist() == [20, 1, 1, 1, 1]
    assert seen.noise[0] < seen.noise[1]


def test_what_teaches_about_a_therapist_is_the_same_rows() -> None:
    seen, own = observe(_rows(grouped({0: 7, 1: 3})), THERAPISTS)
    assert own.client.tolist() == seen.client[seen.own].tolist() == list(range(7))


def test_to_test_on_every_pair_is_looked_at() -> None:
    seen = observe_all(_rows(grouped({0: 2, 1: 2})), THERAPISTS)
    assert seen.therapist.tolist() == seen.rated.tolist() == [0, 0, 1, 1]
    assert seen.own.all()


def _told(ratings: Ratings) -> list[tuple[str, str, float]]:
    return [
        (ratings.client_keys[client], ratings.therapist_ids[therapist], float(at))
        for client, therapist, at in zip(ratings.client, ratings.therapist, ratings.at, strict=True)
    ]


@settings(max_examples=25)
@given(seed=st.integers(0, 200))
def test_what_was_dropped_before_is_looked_at_by_nothing_after(seed: int) -> None:
    """Dropping what completes no step changes no step: the same again of what is left."""
    past = past_clinic(seed, clients=20)
    once = learnable(past.ratings, past.roster, Weighting())
    assert _told(learnable(once, past.roster, Weighting())) == _told(once)


def test_ratings_of_nobody_on_the_roster_and_without_an_item_that_counts_are_dropped() -> None:
    said = [
        *grouped({0: 5, 1: 5}),
        *(Said(client=client, therapist=0, items={"privacy": 9.0}) for client in range(5)),
    ]
    ratings = ratings_of(said, [ROSTER.ids[2], "gone"])
    assert roster_rows(ratings, ROSTER).tolist() == [2] * 5 + [-1] * 5 + [2] * 5
    kept = learnable(ratings, ROSTER, Weighting())
    assert kept.client_keys == [f"client {number}" for number in range(5)]
    assert len(kept) == 5


def test_a_clinics_codes_are_shared_among_what_a_client_asked() -> None:
    past = past_clinic(2, clients=30)
    clinic = Clinic.of(past.ratings, past.roster, Weighting(), VOCABULARY)
    asked, codes = clinic.asked_codes(np.repeat(np.arange(len(past.ratings.intakes)), 5))
    length = np.sqrt((asked.toarray() ** 2).sum(1))
    assert np.allclose(length[length > 0], 1.0)
    assert codes == sorted(set(codes))
    profiles, offered = clinic.profiles()
    assert profiles.shape == (len(past.roster), len(offered))


def test_a_code_that_hardly_anybody_asks_is_in_no_table() -> None:
    past = past_clinic(2, clients=30)
    clinic = Clinic.of(past.ratings, past.roster, Weighting(), VOCABULARY)
    case = past.ratings.case.astype(np.intp)
    _, codes = clinic.asked_codes(case)
    asked = Counter(code for place in case for code in set(client_codes(clinic.queries[place])))
    assert codes == sorted(code for code, count in asked.items() if count >= 5)


def test_pairs_stand_in_the_order_in_which_they_arrived() -> None:
    waiting, settled = grouped({1: 2}), [replace(one, client=10 + one.client) for one in FIVE]
    seen = _observed([*waiting, *settled])
    assert seen.client.tolist() == [0, 1, 10, 11, 12, 13, 14]
    assert seen.own.tolist() == [False] * 2 + [True] * 5


FIVE = grouped({0: 5})
