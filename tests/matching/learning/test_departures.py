"""What leaving teaches: an end for reasons of fit beside the ratings of its pair."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.learning.artifact import pack
from matching.learning.clinic import Clinic, learnable
from matching.learning.departures import DEPARTURE
from matching.learning.observations import Observations, Rows, observe
from matching.learning.ratings import Ratings
from matching.learning.train import Trained, train
from matching.reasons import REASONS, is_fit
from matching.roster import Roster
from matching.weighting import Weighting
from tests.factories.learning import SILENT, Past, Said, grouped, past_clinic, people, ratings_of
from tests.factories.matching import VOCABULARY

THERAPISTS = 3
ROSTER = Roster.compile(people(THERAPISTS))
FIVE = grouped({0: 5})
STEPPED = 40


def _left(client: int, therapist: int = 0) -> Said:
    return Said(client=client, therapist=therapist, left=True)


def _end_of(one: Said) -> Said:
    return replace(one, items={}, style=SILENT, left=True)


def _ratings(said: Sequence[Said]) -> Ratings:
    return ratings_of(said, list(ROSTER.ids))


def _rows(said: Sequence[Said]) -> Rows:
    ratings = learnable(_ratings(said), ROSTER, Weighting())
    return Clinic.of(ratings, ROSTER, Weighting(), VOCABULARY).rows_of(ratings)


def _observed(said: Sequence[Said]) -> Observations:
    return observe(_rows(said), THERAPISTS)[0]


def _after(said: Sequence[Said]) -> list[Said]:
    """With five more ratings of the first therapist, that complete a step."""
    return [*said, *(Said(client=10 + number, therapist=0) for number in range(5))]


def _trained(past: Past, ratings: Ratings) -> Trained:
    return train(ratings, past.roster, Weighting(), VOCABULARY)


def _bytes(past: Past, ratings: Ratings) -> bytes:
    model = _trained(past, ratings).model
    assert model is not None
    return pack(model)


def _whole(seed: int) -> tuple[Past, list[Said]]:
    """A clinic, and what was said in it up to the end of its last whole step."""
    past = past_clinic(seed, clients=STEPPED)
    return past, list(past.said[: len(learnable(past.ratings, past.roster, Weighting()))])


def _told(past: Past, said: Sequence[Said]) -> Ratings:
    return ratings_of(said, [person.id for person in past.profiles], past.intakes)


def _parted(said: Sequence[Said], leaves: Callable[[Said], bool]) -> list[Said]:
    """The same with some pairs parted, each after its last rating."""
    last = {(one.client, one.therapist): place for place, one in enumerate(said)}
    out: list[Said] = []
    for place, one in enumerate(said):
        out.append(one)
        if leaves(one) and last[one.client, one.therapist] == place:
            out.append(_end_of(one))
    return out


def test_a_departure_lowers_what_was_said_of_its_pair_and_makes_it_surer() -> None:
    stayed, parted = _observed(_after(FIVE)), _observed(_after([*FIVE, _left(0)]))
    assert parted.value[0] < stayed.value[0]
    assert parted.noise[0] < stayed.noise[0]
    assert parted.value[1:] == pytest.approx(stayed.value[1:])
    assert parted.client.tolist() == stayed.client.tolist()


def test_it_is_one_more_session_below_the_clinics_mean() -> None:
    said = [replace(one, fit=5.0 + one.client) for one in FIVE]
    stayed, parted = _observed(_after(said)), _observed(_after([*said, _left(0)]))
    level = _rows(_after(said)).value.mean() - DEPARTURE.drop
    weights = 1 / stayed.noise[0], 1 / DEPARTURE.noise
    expected = np.average([stayed.value[0], level], weights=weights)
    assert parted.value[0] == pytest.approx(expected)
    assert parted.noise[0] == pytest.approx(1 / sum(weights))


def test_what_ratings_are_made_of_does_not_depend_on_departures() -> None:
    stayed, parted = _rows(_after(FIVE)), _rows(_after([*FIVE, _left(0), _left(3)]))
    assert np.array_equal(parted.scale.levels, stayed.scale.levels)
    assert parted.scale.growth == stayed.scale.growth
    assert np.array_equal(parted.value[~parted.left], stayed.value)
    assert np.isnan(parted.respect[parted.left]).all()


def test_of_a_pair_that_was_not_rated_before_it_says_nothing() -> None:
    strangers = [_left(7), _left(0, therapist=1)]
    assert not _rows(_after([*strangers, *FIVE])).left.any()
    assert not _rows(_after([_left(0), *FIVE])).left.any()
    only_privacy = Said(client=7, therapist=0, items={"privacy": 9.0})
    assert not _rows(_after([only_privacy, _left(7), *FIVE])).left.any()
    assert len(_rows([_left(client) for client in range(30)])) == 0


def test_a_departure_waits_for_the_step_of_ratings_after_it() -> None:
    waiting = _observed([*FIVE, _left(0)])
    assert waiting.value == pytest.approx(_observed(FIVE).value)
    elsewhere = [Said(client=10 + number, therapist=1) for number in range(5)]
    # The clinic's next step is complete, the therapist's is not.
    seen = _observed([*FIVE, _left(0), *elsewhere])
    assert seen.value[:5] == pytest.approx(_observed([*FIVE, *elsewhere]).value[:5])


@settings(max_examples=25)
@given(seed=st.integers(0, 200), count=st.integers(1, 30))
def test_departures_that_no_step_of_ratings_follows_are_not_looked_at(
    seed: int, count: int
) -> None:
    past, said = _whole(seed)
    gone = [_end_of(one) for one in said[-count:]]
    kept = learnable(_told(past, [*said, *gone]), past.roster, Weighting())
    assert len(kept) == len(said)
    assert not kept.left.any()


def test_and_change_no_bit() -> None:
    past, said = _whole(1)
    gone = [_end_of(one) for one in said[-20:]]
    assert _bytes(past, _told(past, [*said, *gone])) == _bytes(past, _told(past, said))


def test_a_column_of_no_departures_changes_no_bit() -> None:
    past = past_clinic(4, clients=STEPPED)
    without = {name: getattr(past.ratings, name) for name in Ratings.__slots__ if name != "left"}
    assert not Ratings(**without).left.any()
    assert _bytes(past, Ratings(**without)) == _bytes(past, past.ratings)


def test_a_therapist_whom_clients_leave_is_expected_to_fit_less() -> None:
    past, said = _whole(5)
    ended = _parted(said, lambda one: one.therapist == 0)
    stayed = _trained(past, _told(past, said)).model
    parted = _trained(past, _told(past, ended)).model
    assert stayed is not None
    assert parted is not None
    before, after = (
        dict(zip(model.evidence.ids, model.evidence.level.tolist(), strict=True))
        for model in (stayed, parted)
    )
    id_ = past.profiles[0].id
    assert after[id_] < before[id_] - 0.01
    assert stayed.evidence.clients.tolist() == parted.evidence.clients.tolist()


def test_models_are_tested_on_what_clients_said_alone() -> None:
    past, said = _whole(6)
    ended = _parted(said, lambda one: one.client % 2 == 0)
    stayed = _trained(past, _told(past, said)).report
    parted = _trained(past, _told(past, ended)).report
    assert stayed.held_out is not None
    assert parted.held_out is not None
    assert parted.held_out.content == stayed.held_out.content
    assert parted.held_out.pairs == stayed.held_out.pairs
    assert parted.window == stayed.window


def test_a_departure_with_an_answer_is_refused() -> None:
    past = _ratings([*FIVE, _left(0)])
    items, style = past.items.copy(), past.style_seen.copy()
    items[5, 0], style[5, 0] = 3.0, 1
    for wrong in ({"items": items}, {"style_seen": style}):
        with pytest.raises(ValueError, match="holds no answer"):
            replace(past, **wrong)


def test_a_part_keeps_who_left() -> None:
    past = _ratings([*FIVE, _left(0), *grouped({1: 2})])
    assert past.part(np.array([0, 5, 6])).left.tolist() == [False, True, False]


@pytest.mark.parametrize("code", sorted(REASONS))
def test_only_reasons_of_fit_are_handed_in(code: str) -> None:
    """The caller leaves out every end whose reasons `is_fit` denies."""
    assert is_fit(code) == (REASONS[code] in {"style", "relationship", "work", "identity"})


@pytest.mark.parametrize(
    "code",
    ["schedule", "cost", "payer", "location", "format", "connection", "access", "cancellations",
     "therapist_left", "therapist_advised", "conflict", "second_opinion", "paused",
     "prefer_not_to_say", "other"],
)  # fmt: skip
def test_practical_ends_and_circumstances_are_no_evidence_about_fit(code: str) -> None:
    assert not is_fit(code)
