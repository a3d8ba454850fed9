"""A ranking with a model: how far it counts, and what it never does."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.intake import AnyOf, Importance, Intake, StyleWish
from matching.learning.learned import Learned
from matching.profile import Profile
from matching.ranking import Candidate, Ranking
from matching.roster import Roster
from matching.vocabulary import DIMENSIONS
from matching.weighting import Weighting
from matching.wording import PASSED_OVER
from tests.factories.fit_models import plain_model, random_model, taught_world
from tests.factories.learning import IDENTITY
from tests.factories.matching import World, changed, profile, random_world, ranked, weighting

SEEDS = st.integers(0, 2**32)
SIZES = st.integers(0, 45)
UNRATED = "Too few clients have rated them yet to say how well clients get on with them."


def _content(ranking: Ranking) -> Ranking:
    """A ranking without what is said of expected fit beside the contributions."""
    plain = [
        replace(
            candidate,
            expected_fit=None,
            caveats=tuple(said for said in candidate.caveats if said != UNRATED),
        )
        for candidate in ranking.candidates
    ]
    return replace(ranking, candidates=tuple(plain))


def _weighting_of(world: World, expected_fit: float) -> Weighting:
    weights = {**world.weighting.weights, "expected_fit": expected_fit}
    return replace(world.weighting, weights=weights)


@given(seed=SEEDS, size=SIZES)
def test_without_weight_for_it_a_model_changes_no_place_and_no_score(seed: int, size: int) -> None:
    world = taught_world(seed, size)
    off = replace(world, weighting=_weighting_of(world, 0.0))
    assert _content(off.ranked()) == replace(off, model=None).ranked()


@given(seed=SEEDS, size=SIZES)
def test_a_model_that_knows_nothing_changes_no_place_and_no_score(seed: int, size: int) -> None:
    world = taught_world(seed, size)
    assert world.model is not None
    ignorant = replace(world, model=replace(world.model, reliability=0.0))
    assert _content(ignorant.ranked()) == replace(world, model=None).ranked()


@given(seed=SEEDS, size=SIZES, reliability=st.floats(0.01, 1.0), weight=st.floats(0.01, 100.0))
def test_its_weight_is_the_clinics_times_its_reliability(
    seed: int, size: int, reliability: float, weight: float
) -> None:
    world = taught_world(seed, size, musts=False)
    assert world.model is not None
    taught = replace(
        world,
        weighting=_weighting_of(world, weight),
        model=replace(world.model, reliability=reliability),
    )
    for with_model, without in zip(
        taught.ranked(limit=1).candidates,
        replace(taught, model=None).ranked(limit=1).candidates,
        strict=True,
    ):
        mine, theirs = _weights(with_model), _weights(without)
        learned = mine.pop("expected_fit")
        shared = 1 - mine.pop("referral", 0.0)
        theirs.pop("referral", 0.0)
        asked = sum(_raw(world, name) for name in theirs)
        assert learned == pytest.approx(
            shared * reliability * weight / (reliability * weight + asked), abs=1e-12
        )
        # The others keep their shares of what is left.
        for name, share in theirs.items():
            left = (shared - learned) / sum(theirs.values())
            assert mine[name] == pytest.approx(share * left, abs=1e-12)


def _weights(candidate: Candidate) -> dict[str, float]:
    rows = candidate.contributions
    return {row.dimension: row.weight for row in rows if row.state != "not_asked"}


def _raw(world: World, name: str) -> float:
    """The clinic's weight of a dimension times what the client's importance makes of it."""
    wish = getattr(world.intake, "style" if name == "communication_style" else name)
    strong = name != "needs" and wish.importance is Importance.STRONG
    return (
        world.weighting.weights[name] * world.weighting.importance["strong" if strong else "some"]
    )


@given(seed=SEEDS, size=st.integers(1, 45))
def test_who_a_therapist_is_moves_nothing_that_nobody_asked_for(seed: int, size: int) -> None:
    world = taught_world(seed, size)
    unasked = dict.fromkeys(("gender", "culture", "language"), AnyOf())
    blank: dict[str, Any] = {"gender": None, "pronouns": None}
    blank |= dict.fromkeys(("cultures", "communities", "languages"), ())
    place = seed % size
    some, none = (
        replace(world, profiles=_with(world, place, fields)).ranked(limit=50, **unasked).candidates
        for fields in (IDENTITY, blank)
    )
    # Who differs from those above may stand higher, by `diversity`: the order may differ by that.
    assert _figures(some) == _figures(none)
    if world.weighting.diversity == 0:
        assert some == none


def _with(world: World, place: int, fields: Any) -> tuple[Profile, ...]:
    profiles = list(world.profiles)
    profiles[place] = replace(profiles[place], **fields)
    return tuple(profiles)


def _figures(candidates: Sequence[Candidate]) -> dict[str, Any]:
    return {
        one.therapist_id: (one.score, one.expected_fit, one.contributions, one.caveats)
        for one in candidates
    }


@given(seed=SEEDS, size=SIZES)
def test_an_ineligible_therapist_changes_nobodys_expected_fit(seed: int, size: int) -> None:
    world = taught_world(seed, size)
    barred = tuple(
        profile(1000 + number, style=(1.0, 1.0, 1.0, 1.0), needs=("anxiety",), services=("couple",))
        for number in range(size // 2)
    )
    more = replace(world, profiles=(*world.profiles, *barred))
    alone, among = (
        {one.therapist_id: one.expected_fit for one in each.ranked(service="individual").candidates}
        for each in (world, more)
    )
    assert alone == among


@given(seed=SEEDS, size=SIZES)
def test_therapists_whom_a_model_does_not_know_are_told_apart_by_content(
    seed: int, size: int
) -> None:
    world = random_world(seed, size)
    model = random_model(seed, ())
    for candidate in replace(world, model=model).ranked().candidates:
        assert candidate.expected_fit is not None
        assert candidate.expected_fit.ratings is None
        assert candidate.expected_fit.words == "not enough known yet"
        assert UNRATED in candidate.caveats


@given(seed=SEEDS, size=SIZES)
def test_figures_lie_on_the_scale_of_a_rating_within_their_interval(seed: int, size: int) -> None:
    for candidate in taught_world(seed, size).ranked(limit=50).candidates:
        fit = candidate.expected_fit
        assert fit is not None
        assert 0 <= fit.low <= fit.mean <= fit.high <= 10
        assert fit.ratings is None or (fit.ratings >= 5 and fit.ratings % 5 == 0)


WISHES: dict[str, tuple[Any, dict[str, Any], dict[str, Any]]] = {
    "style": (
        StyleWish((1.0, None, None, None), Importance.STRONG),
        {"style": (-1.0, 0.0, 0.0, 0.0)},
        {"style": (1.0, 0.0, 0.0, 0.0)},
    ),
    "gender": (AnyOf(("man",), Importance.STRONG), {"gender": "woman"}, {"gender": "man"}),
    "language": (
        AnyOf(("es",), Importance.STRONG),
        {"languages": ("en",)},
        {"languages": ("es",)},
    ),
}


@pytest.mark.parametrize("field", WISHES)
def test_a_strong_wish_that_ratings_outweigh_is_still_said_to_be_passed_over(field: str) -> None:
    wish, unmet, met = WISHES[field]
    roster = Roster.compile([profile(0, **unmet), profile(1, **met)])
    model = plain_model({roster.ids[0]: {"level": 2.0}, roster.ids[1]: {"level": -2.0}})

    answer = ranked(
        roster, None, Intake(**{field: wish}), weighting(), learned=Learned.on(model, roster)
    )

    first, second = answer.candidates
    dimension = "communication_style" if field == "style" else field
    assert first.reference == "t-0"
    assert PASSED_OVER[dimension] in first.caveats
    assert PASSED_OVER[dimension] not in second.caveats


def test_with_nothing_asked_ratings_alone_decide() -> None:
    roster = Roster.compile([profile(number) for number in range(3)])
    model = plain_model({roster.ids[1]: {"level": 1.0}, roster.ids[2]: {"level": -1.0}})

    answer = ranked(roster, None, Intake(), weighting(), learned=Learned.on(model, roster))

    assert [one.reference for one in answer.candidates] == ["t-1", "t-0", "t-2"]
    rows = [one.contributions[DIMENSIONS.index("expected_fit")] for one in answer.candidates]
    assert [row.weight for row in rows] == [1.0, 1.0, 1.0]
    assert [one.preference_fit for one in answer.candidates] == [0.0, 0.0, 0.0]


def test_a_model_of_another_roster_is_refused() -> None:
    roster = Roster.compile([profile(0), profile(1)])
    learned = Learned.on(plain_model({}), Roster.compile([profile(0)]))
    with pytest.raises(ValueError, match="not aligned"):
        ranked(roster, learned=learned)


@given(seed=SEEDS, size=SIZES)
def test_what_is_expected_moves_with_the_need_only_where_it_was_asked(seed: int, size: int) -> None:
    """The effects of needs, style and culture reach those alone who asked for them."""
    world = taught_world(seed, size)
    assert world.model is not None
    evidence = world.model.evidence
    other = replace(
        evidence,
        need_effect=evidence.need_effect + 1,
        style=evidence.style + 1,
        culture=evidence.culture + 1,
        respect=evidence.respect + 1,
    )
    plain = replace(world, intake=changed(world.intake, **_BARE))
    moved = replace(plain, model=replace(world.model, evidence=other))
    assert plain.ranked() == moved.ranked()


_BARE: dict[str, Any] = {"needs": (), "style": StyleWish(), "culture": AnyOf()}
