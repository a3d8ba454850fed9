"""What is told of a therapist names what it rests on in fives, and no need of fewer than five."""

from collections import defaultdict

import pytest

from matching.intake import Intake
from matching.learning.learned import Learned
from matching.learning.model import FitModel
from matching.learning.train import Trained
from tests.factories.learning import Past, past_clinic
from tests.factories.matching import CODES, VOCABULARY, ranked

NEEDS = CODES["needs"]


def _model(trained: Trained) -> FitModel:
    assert trained.model is not None
    return trained.model


@pytest.fixture(scope="module")
def busy() -> tuple[Past, Trained]:
    past = past_clinic(5, clients=90, therapists=4, need=1.0)
    return past, past.trained()


def test_what_a_figure_rests_on_is_told_in_fives(busy: tuple[Past, Trained]) -> None:
    past, trained = busy
    model, clients = _model(trained), defaultdict[str, set[int]](set)
    for one in past.said:
        clients[past.profiles[one.therapist].id].add(one.client)
    evidence = model.evidence
    assert len(evidence.ids) == 4
    for id_, count in zip(evidence.ids, evidence.clients.tolist(), strict=True):
        assert 5 <= count <= len(clients[id_])
        assert count % 5 == 0
    assert set((evidence.need_clients % 5).tolist()) == {0}


def test_no_need_is_named_that_fewer_than_five_clients_had(busy: tuple[Past, Trained]) -> None:
    past, trained = busy
    roster = past.roster
    learned = Learned.on(_model(trained), roster)
    had = defaultdict[tuple[str, str], set[int]](set)
    for one in past.said:
        for need in past.intakes[one.client].needs:
            had[past.profiles[one.therapist].id, need].add(one.client)
    named = 0
    for need in NEEDS:
        word = VOCABULARY.label("needs", need).lower()
        asked = Intake(needs=(need,), limit=50)
        for candidate in ranked(roster, intake=asked, learned=learned).candidates:
            said = candidate.contributions[8].reason
            if word in said:
                named += 1
                assert len(had[candidate.therapist_id, need]) >= 5
    assert named > 0
