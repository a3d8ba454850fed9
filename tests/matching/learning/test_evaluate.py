"""What a model is worth: comparisons as a double loop makes them, intervals that cover, a gate."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.intake import Intake
from matching.learning import evaluate
from matching.learning.clinic import Clinic
from matching.learning.evaluate import (
    compare,
    concordance,
    concordance_gain,
    foretell,
    gate,
    latest_clients,
    widening,
)
from matching.learning.model import FitModel
from matching.learning.observations import Observations, Rows
from matching.learning.report import Estimate, HeldOut
from matching.roster import Roster
from tests.factories.fit_models import plain_model
from tests.factories.learning import Said, people, ratings_of
from tests.factories.matching import VOCABULARY, profile, weighting

SEEDS = st.integers(0, 2**32)


def _drawn(seed: int, size: int) -> tuple[Any, Any, Any, Any]:
    """Values, clients and what two ways of ranking said; few values, so that ties are met."""
    draw = np.random.default_rng(seed)
    columns = draw.integers(0, 6, (3, size)).astype(np.float64)
    return columns[0], draw.integers(0, max(size // 2, 1), size), columns[1], columns[2]


@given(seed=SEEDS, size=st.integers(0, 30))
def test_concordance_is_the_share_of_two_by_two_told_in_order(seed: int, size: int) -> None:
    value, client, told, _ = _drawn(seed, size)
    right = number = 0.0
    for one in range(size):
        for other in range(one):
            if client[one] != client[other] and value[one] != value[other]:
                number += 1
                agrees = (value[one] - value[other]) * (told[one] - told[other])
                right += 1.0 if agrees > 0 else 0.5 if agrees == 0 else 0.0
    expected = right / number if number else 0.5
    assert concordance(value, client, told) == pytest.approx(expected, abs=1e-12)


@given(seed=SEEDS, size=st.integers(0, 30))
def test_the_gain_is_the_difference_of_two_concordances(seed: int, size: int) -> None:
    value, client, ours, theirs = _drawn(seed, size)
    gain = concordance_gain(value, client, ours, theirs)
    apart = concordance(value, client, ours) - concordance(value, client, theirs)
    assert gain.value == pytest.approx(apart, abs=1e-12)
    assert gain.low <= gain.value <= gain.high
    back = concordance_gain(value, client, theirs, ours)
    assert back.value == pytest.approx(-gain.value, abs=1e-12)
    assert (back.low, back.high) == pytest.approx((-gain.high, -gain.low), abs=1e-12)


def test_where_nothing_can_be_compared_nothing_is_known() -> None:
    same = np.full(4, 7.0)
    gain = concordance_gain(same, np.arange(4), np.arange(4.0), np.arange(4.0))
    assert gain == Estimate(value=0.0, low=-1.0, high=1.0)


def test_the_interval_of_the_gain_covers_as_often_as_it_says() -> None:
    """Two rankings equally good on the whole; the interval is of 90 %."""
    covered = 0
    for seed in range(200):
        draw = np.random.default_rng(seed)
        client = np.repeat(np.arange(30), 2)
        true = draw.normal(size=60) + draw.normal(size=30)[client]
        ours, theirs = true + draw.normal(size=60), true + draw.normal(size=60)
        gain = concordance_gain(true + 0.5 * draw.normal(size=60), client, ours, theirs)
        covered += gain.low <= 0 <= gain.high
    assert 0.83 <= covered / 200 <= 0.96


def test_ratings_of_one_client_say_less_than_those_of_many() -> None:
    draw = np.random.default_rng(4)
    value, ours, theirs = np.repeat(draw.normal(size=(3, 10)), 8, axis=1)
    many = concordance_gain(value, np.arange(80), ours, theirs)
    few = concordance_gain(value, np.arange(80) // 8, ours, theirs)
    assert few.high - few.low > 2 * (many.high - many.low)


@pytest.mark.parametrize(
    ("value", "low", "high", "outcome"),
    [
        (0.1, 0.02, 0.2, "promote"),
        (0.1, -0.1, 0.3, "promote"),
        (0.0, -0.1, 0.1, "promote_uncertain"),
        (-0.1, -0.3, 0.1, "promote_uncertain"),
        (-0.1, -0.2, -0.01, "refuse"),
    ],
)
def test_the_gate(value: float, low: float, high: float, outcome: str) -> None:
    held_out = HeldOut(
        clients=9, pairs=9, content=0.5, model=0.5 + value, serving=None,
        gain=Estimate(value=value, low=low, high=high), slope=1.0, coverage=0.8,
    )  # fmt: skip
    decision = gate(held_out)
    assert decision.outcome == outcome
    assert decision.because


def _clinic(roster: Roster, *intakes: Intake) -> Clinic:
    ratings = ratings_of([], list(roster.ids), intakes or (Intake(),))
    return Clinic.of(ratings, roster, weighting(), VOCABULARY)


def _rows(said: list[Said]) -> Rows:
    therapists = [person.id for person in people(3)]
    ratings = ratings_of(said, therapists)
    return _clinic(Roster.compile(people(3))).rows_of(ratings)


@given(seed=SEEDS, clients=st.integers(1, 40), together=st.booleans())
def test_the_latest_fifth_of_the_clients_is_held_out(
    seed: int, clients: int, together: bool
) -> None:
    draw = np.random.default_rng(seed)
    said = [
        Said(client=client, therapist=0, day=0.0 if together else float(draw.integers(0, 50)))
        for client in range(clients)
        for _ in range(int(draw.integers(1, 4)))
    ]
    shuffled = [said[place] for place in draw.permutation(len(said))]
    keys = [f"client {number}" for number in range(clients)]

    late = latest_clients(_rows(said), keys)

    held = {one.client for one, flag in zip(said, late, strict=True) if flag}
    first = [min(one.day or 0.0 for one in said if one.client == it) for it in range(clients)]
    assert len(held) == min(clients, max(5, clients // 5 // 5 * 5))
    # All ratings of a client are on one side, and nobody held out began before anybody who is not.
    assert [one.client in held for one in said] == late.tolist()
    earlier = [first[it] for it in range(clients) if it not in held]
    assert max(earlier, default=0) <= min([first[it] for it in held], default=np.inf)
    # Ties are broken by the client, not by the order in which ratings came.
    again = latest_clients(_rows(shuffled), keys)
    assert {one.client for one, flag in zip(shuffled, again, strict=True) if flag} == held


def test_ties_are_broken_by_who_the_client_is() -> None:
    said = [Said(client=client, therapist=0, day=0.0) for client in range(50)]
    named = latest_clients(_rows(said), [f"client {number}" for number in range(50)])
    renamed = latest_clients(_rows(said), [f"another {number}" for number in range(50)])
    assert named.sum() == renamed.sum() == 10
    assert named.tolist() != renamed.tolist()


LEVELS = (1.0, 0.0, -1.0)


def _pairs(rated: Any, value: Any, noise: float = 0.2) -> Observations:
    """Each of another client, who asked for nothing in particular."""
    size = len(rated)
    own = np.arange(size)
    return Observations(
        client=own,
        rated=np.asarray(rated, np.intp),
        therapist=np.asarray(rated, np.intp),
        case=np.zeros(size, np.intp),
        value=np.asarray(value, np.float64),
        noise=np.full(size, noise),
        first_at=own.astype(np.float64),
        ratings=np.ones(size, np.intp),
        since=np.zeros(size, np.intp),
        told=np.zeros(size, np.intp),
        therapists=3,
    )


def _model(levels: tuple[float, ...] = LEVELS, **figures: Any) -> FitModel:
    ids = [person.id for person in people(3)]
    own = {id_: {"level": level} for id_, level in zip(ids, levels, strict=True)}
    return plain_model(own, **{"pair_variance": 0.5, **figures})


def _simulated(size: int = 900) -> Observations:
    """As `_model` has it: pairs vary by 0.5, clients by 0.3, and measurement by 0.2."""
    draw = np.random.default_rng(6)
    rated = draw.integers(0, 3, size)
    level = 6.5 + np.array(LEVELS)[rated]
    return _pairs(rated, level + draw.normal(0, 1.0, size))


CLINIC = _clinic(Roster.compile(people(3)))


def test_a_true_model_is_worth_more_than_content_and_than_a_false_one() -> None:
    pairs = _simulated()
    found, _ = compare(CLINIC, pairs, _model(), _model((-1.0, 0.0, 1.0)), 0.3)
    assert found.clients == found.pairs == 900
    # Nothing was asked: content tells nobody apart.
    assert found.content == 0.5
    assert found.serving is not None
    assert found.model > 0.65
    assert found.serving < 0.35
    assert found.gain.low > 0
    assert found.slope == pytest.approx(1.0, abs=0.1)
    assert gate(found).outcome == "promote"


def test_a_false_model_is_refused() -> None:
    found, _ = compare(CLINIC, _simulated(), _model((-1.0, 0.0, 1.0)), None, 0.3)
    assert found.serving is None
    assert found.slope < 0
    assert gate(found).outcome == "refuse"


def test_a_model_that_tells_nobody_apart_is_told_from_nothing() -> None:
    found, _ = compare(CLINIC, _simulated(), _model((0.0, 0.0, 0.0)), None, 0.3)
    assert (found.gain.value, found.slope) == (0.0, 0.0)
    assert gate(found).outcome == "promote_uncertain"


def test_intervals_hold_eighty_percent_of_what_they_should() -> None:
    pairs = _simulated()
    found, wider = compare(CLINIC, pairs, _model(), None, 0.3)
    assert found.coverage == pytest.approx(0.8, abs=0.04)
    assert wider == pytest.approx(1.0, abs=0.06)
    found, wider = compare(CLINIC, pairs, _model(pair_variance=0.0), None, 0.0)
    assert found.coverage < 0.6
    assert wider > 1.3
    assert compare(CLINIC, pairs, _model(pair_variance=2.0), None, 1.0)[1] < 0.9


def test_few_pairs_widen_by_little_and_none_not_at_all() -> None:
    """Five pairs far off are no reason to distrust every interval."""
    none, few, many = (widening(np.full(size, -3.5)) for size in (0, 5, 60))
    assert none == 1.0 < few < 1.2 < many


def test_of_too_many_pairs_the_latest_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate, "MOST_PAIRS", 100)
    pairs = _simulated(150)
    found, wider = compare(CLINIC, pairs, _model(), None, 0.3)
    late = pairs.where(pairs.first_at >= 50)
    assert found.pairs == 100
    assert (found, wider) == compare(CLINIC, late, _model(), None, 0.3)


def test_what_was_foretold_is_how_far_a_therapist_stood_out_in_the_clients_ranking() -> None:
    roster = Roster.compile([profile(0, needs=("grief",)), profile(1, needs=("sleep",))])
    clinic = _clinic(roster, Intake(needs=("grief",)), Intake(needs=("sleep",)))
    pairs = replace(_pairs([0, 1, 0], [5.0, 5.0, 5.0]), case=np.array([0, 0, 1]))
    content = foretell(clinic, pairs, None)
    assert content.apart.tolist() == [0.5, -0.5, -0.5]
    assert not content.mean.any()
