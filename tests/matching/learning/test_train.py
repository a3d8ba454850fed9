"""A training from ratings to a model: repeatable, tested on clients it had not seen, worth it."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from statistics import fmean

import numpy as np
import pytest

import matching
from matching.intake import AnyOf, Intake
from matching.learning.artifact import digest, pack
from matching.learning.fit_index import fit_index
from matching.learning.learned import Learned
from matching.learning.train import Trained, train
from matching.query import Query
from matching.roster import Roster
from matching.rows import Rows
from matching.session_fit import USUAL, scale_of
from matching.weighting import Weighting
from tests.factories.learning import (
    Past,
    Said,
    clinic_of_kinds,
    grouped,
    past_clinic,
    people,
    ratings_of,
    small_past,
)
from tests.factories.matching import VOCABULARY, changed, dice, random_intake, ranked

_TRAIN = """
from matching.learning.artifact import digest, pack
from matching.learning.train import train
from matching.weighting import Weighting
from tests.factories.learning import clinic_of_kinds, small_past
from tests.factories.matching import VOCABULARY

roster, ratings, _ = clinic_of_kinds()
models = small_past().model(seed=7), train(ratings, roster, Weighting(), VOCABULARY).model
print(*(digest(pack(model)) for model in models))
"""


def test_the_same_ratings_and_seed_are_the_same_model_to_the_last_bit_in_any_process() -> None:
    roster, ratings, _ = clinic_of_kinds()
    with_affinity = train(ratings, roster, Weighting(), VOCABULARY).model
    assert with_affinity is not None
    here = [digest(pack(model)) for model in (small_past().model(seed=7), with_affinity)]
    for number in ("1", "2"):
        done = subprocess.run(  # noqa: S603 - our own interpreter and text
            [sys.executable, "-c", _TRAIN],
            cwd=Path(matching.__file__).parent.parent,
            env={**os.environ, "PYTHONHASHSEED": number, "OPENBLAS_NUM_THREADS": number},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.split() == here


def test_the_stages_are_told_as_they_go() -> None:
    told: list[tuple[str, float]] = []
    small_past().trained(progress=lambda stage, done: told.append((stage, done)))
    shares = [done for _, done in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert len({stage for stage, _ in told}) >= 3


def test_what_was_found_is_told_in_figures() -> None:
    past = small_past()
    report = past.trained(seed=7).report
    document = report.document()
    # Nothing that JSON has no word for.
    assert json.loads(json.dumps(document, allow_nan=False)) == json.loads(json.dumps(document))
    window, held_out = report.window, report.held_out
    assert held_out is not None
    assert window.ratings <= len(past.said)
    assert window.clients <= 60
    assert window.therapists_known <= window.therapists <= 6
    assert window.pairs >= window.clients
    assert window.first_at is not None
    assert window.last_at is not None
    assert window.first_at < window.last_at
    assert held_out.clients == window.clients // 5 // 5 * 5
    assert report.seed == 7
    assert document["decision"]["outcome"] == "promote"
    assert report.variances is not None
    assert {"client", "therapist", "therapist_need", "pair", "measurement"} <= set(report.variances)
    for share in (held_out.content, held_out.model, held_out.coverage, report.reliability):
        assert share is not None
        assert 0 <= share <= 1


def test_how_series_vary_is_told_for_those_who_look_at_one() -> None:
    past = small_past()
    scale = scale_of(past.trained().report.document())
    fits = fit_index(
        past.ratings.items, past.ratings.session, np.zeros(len(past.said), np.bool_),
        Weighting().fit_weights,
    )  # fmt: skip
    assert scale.levels == pytest.approx(fits.levels, abs=0.1)
    assert scale.growth.first >= scale.growth.later > 0
    refused = past_clinic(3, clients=4).trained().report.document()
    for nothing in (None, {}, refused):
        assert scale_of(nothing) is USUAL


@pytest.mark.parametrize("clients", [0, 4, 19])
def test_from_too_few_clients_nothing_is_learned(clients: int) -> None:
    therapists = people(2)
    ratings = ratings_of(grouped({0: clients}), [person.id for person in therapists])
    trained = train(ratings, Roster.compile(therapists), Weighting(), VOCABULARY)
    assert trained.model is None
    assert trained.report.decision.outcome == "refuse"
    document = json.loads(json.dumps(trained.report.document()))
    assert document["window"]["clients"] == clients // 5 * 5
    assert document["held_out"] is None


def test_the_model_that_serves_is_tested_on_the_same_clients() -> None:
    past = small_past()
    alone = past.trained()
    assert alone.report.held_out is not None
    assert alone.report.held_out.serving is None
    assert alone.model is not None
    beside = past.trained(serving=alone.model)
    assert beside.report.held_out is not None
    serving = beside.report.held_out.serving
    assert serving is not None
    assert 0.5 < serving <= 1
    # What it is compared with changes no model.
    assert beside.model is not None
    assert pack(beside.model) == pack(alone.model)


def test_ratings_of_those_who_left_the_roster_are_as_if_never_given() -> None:
    past = small_past()
    left = past.profiles[0].id
    roster = Roster.compile(past.profiles[1:])
    without = replace(past, said=tuple(one for one in past.said if one.therapist != 0))
    one, other = (
        train(each.ratings, roster, Weighting(), VOCABULARY).model for each in (past, without)
    )
    assert one is not None
    assert other is not None
    assert left not in one.evidence.ids
    assert pack(one) == pack(other)


def test_a_dimension_without_weight_teaches_nothing() -> None:
    past = small_past()
    weights = {**Weighting().weights, "gender": 0.0, "needs": 0.0}
    silent = tuple(changed(intake, gender=AnyOf(), needs=()) for intake in past.intakes)
    one, other = (
        each.model(weighting=Weighting(weights=weights))
        for each in (past, replace(past, intakes=silent))
    )
    assert pack(one) == pack(other)


@pytest.fixture(scope="module")
def strong() -> tuple[Past, Trained]:
    """A clinic in which it matters most whom one meets, and what was learned there."""
    past = past_clinic(8, clients=240, therapists=12, level=1.2)
    open_to_all = tuple(
        replace(person, services=("individual",), out_of_scope=()) for person in past.profiles
    )
    past = replace(past, profiles=open_to_all)
    return past, past.trained()


def test_it_finds_who_clients_get_on_with(strong: tuple[Past, Trained]) -> None:
    (past, trained), roster = strong, strong[0].roster
    assert trained.model is not None
    learned = Learned.on(trained.model, roster)
    found = np.corrcoef(learned.level, past.level)[0, 1]
    assert found > 0.9

    random, gains = dice(1), []
    for _ in range(40):
        asked = _soft(random_intake(random, (), musts=False))
        best = [
            ranked(roster, intake=asked, learned=each).candidates[0] for each in (learned, None)
        ]
        mine, theirs = (past.level[roster.ids.index(one.therapist_id)] for one in best)
        gains.append(float(mine - theirs))
    # By chance the best of one order is as good as that of the other; therapists differ by 1.2.
    assert fmean(gains) > 0.8


def _soft(intake: Intake) -> Intake:
    """Without requirements, so that everybody can be ranked."""
    return changed(
        intake, service="individual", age_group=None, jurisdiction=None, payer=None, access=(),
        accepts_associate=None,
    )  # fmt: skip


def test_its_figures_are_as_far_from_the_truth_as_it_says(strong: tuple[Past, Trained]) -> None:
    """The 80 % interval of a pair's mean fit, on clients who were not there to learn from."""
    (past, trained), roster = strong, strong[0].roster
    assert trained.model is not None
    held_out = trained.report.held_out
    assert held_out is not None
    assert 0.65 <= held_out.coverage <= 0.95
    assert 0.5 <= held_out.slope <= 1.5
    learned, every = Learned.on(trained.model, roster), Rows.every(len(roster))
    nothing_asked = Query.of(Intake(), roster, Weighting(), VOCABULARY)
    mean = learned.expected(nothing_asked, roster, every).mean
    true = past.level - past.level.mean()
    assert np.abs(mean - mean.mean() - true).mean() < 0.4


def test_an_effect_of_a_need_is_found_and_said() -> None:
    """Clients with grief get on much better with the first therapist; everybody else as usual."""
    draw, therapists = np.random.default_rng(3), people(4)
    intakes = (Intake(needs=("grief",)), Intake(needs=("sleep",)))
    said = []
    for client in range(160):
        therapist, case = client % 4, int(draw.integers(0, 2))
        fit = 6.0 + draw.normal(0, 0.6) + 2.0 * (therapist == 0 and case == 0)
        said.append(Said(client=client, therapist=therapist, case=case, fit=float(fit)))
    roster = Roster.compile(therapists)
    ratings = ratings_of(said, list(roster.ids), intakes)
    model = train(ratings, roster, Weighting(), VOCABULARY).model
    assert model is not None
    learned = Learned.on(model, roster)

    grief, sleep = (
        ranked(roster, intake=replace(intake, limit=4), learned=learned).candidates
        for intake in intakes
    )

    assert grief[0].therapist_id == roster.ids[0]
    assert "those who wanted help with grief and loss rate them higher" in grief[0].reasons[0]
    others = [one.contributions[8].reason for one in (*grief[1:], *sleep)]
    assert not any("higher than their average" in said for said in others)


def test_what_no_column_shows_is_found_by_the_affinity() -> None:
    roster, ratings, intakes = clinic_of_kinds()
    trained, again = (train(ratings, roster, Weighting(), VOCABULARY) for _ in "ab")
    assert trained.model is not None
    assert again.model is not None
    assert trained.model.affinity is not None
    assert trained.report.affinity_weight == trained.model.affinity.weight > 0
    assert pack(again.model) == pack(trained.model)
    learned = Learned.on(trained.model, roster)
    for case, intake in enumerate(intakes):
        query = Query.of(intake, roster, Weighting(), VOCABULARY)
        mean = learned.expected(query, roster, Rows.every(10)).mean
        own = np.arange(10) % 2 == case
        # By half of the truth at least, and for every therapist of the method.
        assert mean[own].min() - mean[~own].max() > 0.2
        assert mean[own].mean() - mean[~own].mean() > 0.75


def test_a_therapist_whose_clients_came_once_is_not_worse() -> None:
    """Two equally good; of one only first sessions were rated, and trust grows with sessions."""
    draw = np.random.default_rng(4)
    said = []
    for client in range(120):
        therapist = client % 3
        sessions = {0: (1,), 1: (12,), 2: (1, 4, 12)}[therapist]
        own = draw.normal(6, 0.4)
        said += [
            Said(
                client=client, therapist=therapist, session=session,
                fit=float(own + 1.5 * (1 - np.exp(-(session - 1) / 4)) + draw.normal(0, 0.2)),
            )
            for session in sessions
        ]  # fmt: skip
    roster = Roster.compile(people(3))
    model = train(ratings_of(said, list(roster.ids)), roster, Weighting(), VOCABULARY).model
    assert model is not None
    level = Learned.on(model, roster).level
    # What they were rated differs by 1.4.
    assert level[0] == pytest.approx(level[1], abs=0.5)
