"""Ratings as columns, and parts of them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.intake import Intake
from matching.learning.ratings import Ratings
from tests.factories.learning import Said, past_clinic, ratings_of


def test_columns_of_different_lengths_are_refused() -> None:
    ratings = ratings_of([Said(client=0, therapist=0), Said(client=1, therapist=0)], ["t"])
    with pytest.raises(ValueError, match="one length"):
        replace(ratings, session=ratings.session[:1])


@given(seed=st.integers(0, 100), keep=st.floats(0, 1))
def test_a_part_says_the_same_of_the_same_people(seed: int, keep: float) -> None:
    ratings = past_clinic(seed, clients=12).ratings
    rows = np.flatnonzero(np.random.default_rng(seed).random(len(ratings)) < keep)
    part = ratings.part(rows)
    assert len(part) == len(rows)
    assert _told(part) == [_told(ratings)[row] for row in rows.tolist()]
    # Nobody is named who is not needed, so that a model of a part cannot depend on the rest.
    assert set(part.client_keys) == {ratings.client_keys[it] for it in ratings.client[rows]}
    assert len(part.intakes) == len(set(ratings.case[rows].tolist()))


def _told(ratings: Ratings) -> list[tuple[str, str, Intake, float]]:
    return [
        (
            ratings.client_keys[ratings.client[row]],
            ratings.therapist_ids[ratings.therapist[row]],
            ratings.intakes[ratings.case[row]],
            float(ratings.items[row, 0]),
        )
        for row in range(len(ratings))
    ]
