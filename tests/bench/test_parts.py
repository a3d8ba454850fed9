"""Parts of the truth and of what a model expects of it."""

import numpy as np
import pytest

from bench.methods.product import trained
from bench.parts import MODELS, SHOWN, expected_parts, left_open, true_parts
from bench.seeded import seeded
from matching.learning.learned import Learned
from matching.query import Query
from matching.rows import Rows
from matching.vocabulary import Vocabulary
from matching.weighting import Weighting

PAST = seeded("balanced", 1, therapists=12, ratings=400, unseen=15)


def test_the_parts_of_the_truth_are_the_truth() -> None:
    total = np.sum(list(true_parts(PAST).values()), axis=0)
    # Fits end at 0 and 10; nobody here is near.
    within, true = total - total.mean(), PAST.true_fit - PAST.true_fit.mean()
    assert within == pytest.approx(true, abs=1e-6)


def test_the_parts_of_what_is_expected_are_what_is_expected() -> None:
    model = trained(PAST).model
    assert model is not None
    learned, rows = Learned.on(model, PAST.roster), Rows.every(len(PAST.roster))
    parts = expected_parts(PAST)
    total = np.sum(list(parts.values()), axis=0)
    for told, intake in zip(total, PAST.unseen, strict=True):
        query = Query.of(intake, PAST.roster, Weighting(), Vocabulary.shared(), 1.0)
        assert told == pytest.approx(learned.expected(query, PAST.roster, rows).mean)
    # What therapists are with a need is kept in single precision.
    assert (np.abs(parts["affinity"]).max() < 1e-7) == (model.affinity is None)


def test_nothing_is_left_open_of_what_is_known_and_all_of_what_is_not() -> None:
    truth = true_parts(PAST)
    assert left_open(truth, truth) == dict.fromkeys(SHOWN, 0.0)
    assert left_open({}, truth) == pytest.approx(dict.fromkeys(SHOWN, 1.0))


def test_what_need_not_keep_the_promise_knows_more_of_therapists() -> None:
    few = seeded("skewed", 1, therapists=40, ratings=600, unseen=15)
    truth = true_parts(few)
    known = {name: left_open(model(few), truth) for name, model in MODELS}
    assert set(known) == {"rapport", "no_steps", "true_style"}
    assert known["no_steps"]["therapist"] < known["rapport"]["therapist"]
    assert known["true_style"]["communication_style"] < known["rapport"]["communication_style"]
