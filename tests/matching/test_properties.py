"""What holds of every ranking, over random rosters and requests."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.availability import Availability
from matching.intake import AnyOf, Intake, StyleWish
from matching.query import WISH_FIELDS
from matching.ranking import Ranking
from matching.roster import Roster
from matching.vocabulary import DIMENSIONS
from tests.factories.fit_models import MADE, Made
from tests.factories.matching import (
    World,
    changed,
    dice,
    random_availability,
    random_profile,
)

pytestmark = MADE

SEEDS = st.integers(0, 2**32)
SIZES = st.integers(0, 45)
PREFERENCES = DIMENSIONS[:-1]


@given(seed=SEEDS, size=SIZES)
def test_the_points_are_the_score(made: Made, seed: int, size: int) -> None:
    for candidate in made(seed, size).ranked().candidates:
        rows = candidate.contributions
        assert sum(row.points for row in rows) == pytest.approx(candidate.score, abs=1e-9)
        assert all(row.points == row.weight * row.score for row in rows)
        assert all(0 <= row.score <= 1 for row in rows)
        assert all(0 <= row.weight <= 1 for row in rows)
        assert 0 <= candidate.score <= 1 + 1e-12
        asked = [row.weight for row in rows if row.state != "not_asked"]
        assert not asked or sum(asked) == pytest.approx(1, abs=1e-9)


@given(seed=SEEDS, size=SIZES)
def test_the_rows_stand_in_the_contracts_order(made: Made, seed: int, size: int) -> None:
    world = made(seed, size)
    expected = (*DIMENSIONS, "referral") if world.intake.referred_to else DIMENSIONS
    for candidate in world.ranked().candidates:
        assert tuple(row.dimension for row in candidate.contributions) == expected
        learned = candidate.contributions[DIMENSIONS.index("expected_fit")]
        weight = world.weighting.weights["expected_fit"]
        counts = world.model is not None and weight * world.model.reliability > 0
        assert learned.state == ("scored" if counts else "not_asked")
        assert (candidate.expected_fit is not None) == (world.model is not None)


@given(seed=SEEDS, size=SIZES)
def test_preference_fit_is_the_mean_over_what_was_asked(made: Made, seed: int, size: int) -> None:
    for candidate in made(seed, size).ranked().candidates:
        rows = [row for row in candidate.contributions if row.dimension in PREFERENCES]
        weight = sum(row.weight for row in rows)
        expected = sum(row.points for row in rows) / weight if weight else 0.0
        assert candidate.preference_fit == pytest.approx(expected, abs=1e-9)
        assert 0 <= candidate.preference_fit <= 1


@given(seed=SEEDS, size=SIZES, dimension=st.sampled_from(PREFERENCES))
def test_a_skipped_question_is_a_weighting_without_it(
    made: Made, seed: int, size: int, dimension: str
) -> None:
    world = made(seed, size, musts=False)
    people = tuple(replace(person, out_of_scope=()) for person in world.profiles)
    world = replace(world, profiles=people)
    without = replace(world.weighting, weights={**world.weighting.weights, dimension: 0.0})
    skipped: dict[str, object] = {"needs": ()}
    if dimension != "needs":
        field = WISH_FIELDS[dimension]
        skipped = {field: StyleWish() if field == "style" else AnyOf()}

    assert world.ranked(**skipped) == replace(world, weighting=without).ranked()


@given(seed=SEEDS, size=SIZES)
def test_a_blank_field_scores_the_mean_of_the_eligible_who_say(
    made: Made, seed: int, size: int
) -> None:
    candidates = made(seed, size).ranked(limit=50).candidates
    for place in range(len(PREFERENCES)):
        rows = [candidate.contributions[place] for candidate in candidates]
        said = [row.score for row in rows if row.state == "scored"]
        unsaid = [row.score for row in rows if row.state == "unknown"]
        mean = sum(said) / len(said) if said else 0.5
        assert unsaid == pytest.approx([mean] * len(unsaid), abs=1e-9)


@given(seed=SEEDS, size=SIZES)
def test_the_same_question_gets_the_same_answer(made: Made, seed: int, size: int) -> None:
    world = made(seed, size)
    shuffled = replace(world, profiles=tuple(dice(seed).sample(world.profiles, size)))
    assert world.ranked() == world.ranked() == shuffled.ranked()


@given(seed=SEEDS, size=SIZES)
def test_the_order_of_codes_and_consent_change_nothing(made: Made, seed: int, size: int) -> None:
    world = made(seed, size)
    turned = {
        name: replace(wish, codes=(*wish.codes[::-1], *wish.codes[:1]))
        for name in ("gender", "culture", "language", "modality", "format", "schedule")
        if (wish := getattr(world.intake, name)).codes
    }
    # To a model the need named first is the main one.
    first = 1 if world.model else 0
    main, others = world.intake.needs[:first], world.intake.needs[first:]
    ranks = [(c.therapist_id, c.score, c.propensity) for c in world.ranked().candidates]
    again = world.ranked(needs=(*main, *others[::-1]), **turned).candidates
    assert [(c.therapist_id, c.score, c.propensity) for c in again] == ranks


@settings(max_examples=40)
@given(seed=SEEDS, size=st.integers(0, 400), limit=st.integers(1, 20))
def test_a_longer_list_begins_like_a_shorter_one(
    made: Made, seed: int, size: int, limit: int
) -> None:
    world = made(seed, size)
    shorter, longer = world.ranked(limit=limit), world.ranked(limit=50)
    assert shorter.candidates == longer.candidates[:limit]
    assert len(longer.candidates) == min(50, longer.eligible)
    assert len({candidate.therapist_id for candidate in longer.candidates}) == min(
        50, longer.eligible
    )


@given(seed=SEEDS, size=SIZES, more=st.integers(0, 12))
def test_an_updated_roster_ranks_as_one_compiled_anew(
    made: Made, seed: int, size: int, more: int
) -> None:
    world, random = made(seed, size), dice(seed)
    blank = random.choice((0.0, 0.3, 1.0))
    batch = [random_profile(random, random.randint(0, 2 * size + 5), blank) for _ in range(more)]
    # An id between two old ones, as well as over one and after the last.
    batch += [replace(one, id=f"{one.id}-b", reference=f"{one.reference}b") for one in batch[::3]]
    rows = [random_availability(random, person.id) for person in batch[::2]]
    old = Roster.compile(world.profiles)
    free = Availability.compile(old, world.free)

    updated = old.updated(batch)
    anew = Roster.compile((*world.profiles, *batch))

    assert list(updated.ids) == list(anew.ids)
    answer = world.ranked_on(updated, free.updated(updated, rows))
    assert answer == world.ranked_on(anew, Availability.compile(anew, (*world.free, *rows)))


@given(seed=SEEDS, size=SIZES)
def test_an_update_leaves_the_old_roster_as_it_was(made: Made, seed: int, size: int) -> None:
    world = made(seed, size)
    roster = Roster.compile(world.profiles)
    free = Availability.compile(roster, world.free)
    before = world.ranked_on(roster, free)

    fresh = [random_profile(dice(seed + 1), number, 0.0) for number in range(size)]
    free.updated(roster.updated(fresh), [replace(row, active=False) for row in world.free])

    assert world.ranked_on(roster, free) == before


@given(seed=SEEDS, size=SIZES)
def test_a_reference_of_nobody_changes_no_candidate_and_is_not_repeated(
    made: Made, seed: int, size: int
) -> None:
    world = made(seed, size)
    stated = changed(world.intake, referred_to=(), exclude_therapists=())
    named = changed(stated, referred_to=("a-ghost",), exclude_therapists=("no-such-person",))

    plain, answer = _answer(world, stated), _answer(world, named)

    assert [(c.therapist_id, c.score) for c in plain.candidates] == [
        (c.therapist_id, c.score) for c in answer.candidates
    ]
    (said,) = set(answer.notices) - set(plain.notices)
    assert "ghost" not in said


def _answer(world: World, intake: Intake) -> Ranking:
    return replace(world, intake=intake).ranked()
