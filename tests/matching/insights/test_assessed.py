"""Everybody is assessed as a ranking has them; what a gap costs is what filling it in brings."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.attention import attention
from matching.availability import Availability
from matching.insights.assessed import Assessed, assess
from matching.insights.tally import Distinct, Tally
from matching.intake import AnyOf, Importance, Intake
from matching.learning.learned import Learned
from matching.profile import AvailabilityRow, Profile
from matching.roster import Roster
from tests.factories.fit_models import MADE
from tests.factories.matching import NOW, VOCABULARY, World, profile, ranked, weighting

ES = AnyOf(("es",), Importance.MUST)


def assessed(world: World, roster: Roster | None = None) -> Assessed:
    roster = roster or Roster.compile(world.profiles)
    return assess(
        world.intake,
        roster,
        Availability.compile(roster, world.free),
        world.weighting,
        vocabulary=VOCABULARY,
        rules=world.rules,
        now=NOW,
        learned=Learned.on(world.model, roster) if world.model else None,
    )


def world(*profiles: Profile, free: tuple[AvailabilityRow, ...] = (), **intake: Any) -> World:
    only = {name: 1.0 for name in intake if name in {"gender", "language", "modality"}}
    return World(profiles=profiles, free=free, intake=Intake(**intake), weighting=weighting(**only))


@MADE
@given(seed=st.integers(0, 5000))
def test_who_is_eligible_and_with_what_score_is_as_ranked(made: Any, seed: int) -> None:
    of = made(seed, 30)
    ranking, found = of.ranked(limit=50), assessed(of)
    roster = Roster.compile(of.profiles)
    place = {roster.ids[row]: at for at, row in enumerate(found.rows)}
    assert {one.therapist_id for one in ranking.candidates} == place.keys()
    for one in ranking.candidates:
        at = place[one.therapist_id]
        assert found.total[at] == pytest.approx(one.score, abs=1e-9)
        fit = 0.0 if found.preference_fit is None else found.preference_fit[at]
        assert fit == pytest.approx(one.preference_fit, abs=1e-9)
        expected = None if found.expected is None else found.expected[at]
        # Shown to one decimal.
        assert (one.expected_fit is None) == (expected is None)
        assert one.expected_fit is None or abs(one.expected_fit.mean - expected) <= 0.05 + 1e-9


def test_who_only_lacks_a_place_and_who_only_leaves_a_field_blank() -> None:
    free = (
        AvailabilityRow(id="id-0001", caseload=5, caseload_limit=5),
        AvailabilityRow(id="id-0003", caseload=5, caseload_limit=5),
    )
    of = world(
        profile(0, languages=("es",)),
        profile(1, languages=("es-MX",)),
        profile(2),
        profile(3),
        profile(4, languages=("en",)),
        free=free,
        language=ES,
    )
    found = assessed(of)
    assert found.rows.tolist() == [0]
    assert found.full_alone.tolist() == [1]
    assert {name: rows.tolist() for name, rows in found.blank_alone.items()} == {"languages": [2]}


def tally_of(of: World, client: int = 0) -> Tally:
    roster = Roster.compile(of.profiles)
    tally = Tally(list(roster.ids))
    shown = [one.therapist_id for one in of.ranked().candidates]
    tally.add(assessed(of, roster), roster, client, shown, of.intake.limit)
    return tally


def test_attention_is_warranted_in_proportion_to_score() -> None:
    of = world(
        profile(0, modalities=("cbt",)), profile(1, modalities=("act",)), profile(2),
        modality=AnyOf(("cbt",)), limit=2,
    )  # fmt: skip
    warranted, received, fit, known, expected, with_model = tally_of(of).eligible.sums()
    looks = attention(2)
    # Scores 1, 0 and, unknown, their mean of a half.
    assert warranted.tolist() == pytest.approx([looks.sum() / 1.5, 0, looks.sum() / 3])
    assert received.tolist() == pytest.approx([looks[0], 0, looks[1]])
    assert fit.tolist() == pytest.approx([1, 0, 0.5])
    assert known.tolist() == [1, 1, 1]
    assert not expected.any()
    assert not with_model.any()


def test_what_a_gap_costs_is_what_the_best_answer_brings() -> None:
    """Filling in the field moves the therapist by exactly the places told."""
    said = [profile(number, modalities=("act",)) for number in range(6)]
    met = [profile(6, modalities=("cbt",)), profile(7, modalities=("cbt",), gender="man")]
    blank = profile(8, gender="woman")
    of = World(
        profiles=(*said, *met, blank),
        intake=Intake(
            modality=AnyOf(("cbt",), Importance.STRONG), gender=AnyOf(("woman",)), limit=2
        ),
        weighting=weighting(modality=1.0, gender=1.0),
    )
    tally = tally_of(of)
    rise, gain, into = (column[8] for column in tally.gaps["modality"].sums())

    def place(person: Profile) -> tuple[int, float]:
        changed = Roster.compile((*said, *met, person))
        every = ranked(changed, intake=replace(of.intake, limit=50), weighting=of.weighting)
        (found,) = [one for one in every.candidates if one.therapist_id == person.id]
        return found.rank, found.score

    before, filled = place(blank), place(replace(blank, modalities=("cbt",)))
    assert rise == before[0] - filled[0]
    assert gain == pytest.approx(filled[1] - before[1])
    assert into == float(before[0] > 2 >= filled[0])
    assert tally.gaps["gender"].matches()[8] == 0


def test_nothing_asked_warrants_the_same_for_all() -> None:
    of = world(profile(0), profile(1), limit=1)
    warranted, received, *_ = tally_of(of).eligible.sums()
    assert warranted.tolist() == [0.5, 0.5]
    assert sorted(received.tolist()) == [0, 1]
    assert not Tally([]).gaps["needs"].clients().size


def test_different_clients_are_told_from_many_requests() -> None:
    counted = Distinct(3)
    for client in (4, 4, 9):
        counted.add(np.array([0, 2]), client, np.array([1.0, 2.0]))
    counted.add(np.array([2]), 9, np.array([5.0]))
    assert counted.matches().tolist() == [3, 0, 4]
    assert counted.clients().tolist() == [2, 0, 2]
    (total,) = counted.sums()
    assert total.tolist() == [3, 0, 11]
    assert list(Distinct(2).sums()) == []
    assert Distinct(2).matches().tolist() == Distinct(2).clients().tolist() == [0, 0]


def test_a_therapist_who_joined_later_keeps_their_place() -> None:
    first, both = Roster.compile([profile(1)]), Roster.compile([profile(0), profile(1)])
    tally = Tally(list(both.ids))
    for client, roster in enumerate((first, both)):
        of = World(profiles=tuple(profile(n) for n in ((1,), (0, 1))[client]))
        tally.add(assessed(of, roster), roster, client, ["id-0001"], 1)
    assert tally.eligible.matches().tolist() == [1, 2]
    assert list(tally.eligible.sums())[1].tolist() == [0, 2]
    assert tally.requests == 2


def test_a_blank_field_that_keeps_somebody_out_is_counted_by_itself() -> None:
    of = world(profile(0, languages=("es",)), profile(1), language=ES)
    tally = tally_of(of, client=3)
    assert set(tally.shut) == {"languages"}
    assert tally.shut["languages"].clients().tolist() == [0, 1]
    # Who is not eligible loses no place by it.
    assert not tally.gaps["language"].matches().any()
