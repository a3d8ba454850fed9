"""Close matches: exact chances, room, variety, and no chance where there must be none."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from matching.arrange import (
    ARRANGEMENTS,
    Closeness,
    Draw,
    arrange,
    arrangements,
    drawn_keys,
)
from matching.availability import Availability
from matching.eligibility import eligible
from matching.intake import AnyOf, Intake
from matching.profile import AvailabilityRow
from matching.query import Query
from matching.ranking import Candidate
from matching.roster import Roster
from matching.scoring import POOL, score
from matching.similarity import similarity
from tests.factories.matching import (
    KEY,
    NOW,
    RULES,
    VOCABULARY,
    World,
    profile,
    random_world,
    ranked,
    weighting,
)

SEEDS = st.integers(0, 2**32)
WOMEN = AnyOf(("woman",))


def _every_clients_order(world: World, limit: int) -> tuple[list[list[int]], list[list[float]]]:
    """For each arrangement a client can get: the roster rows shown and their propensities."""
    roster = Roster.compile(world.profiles)
    free = Availability.compile(roster, world.free)
    query = Query.of(world.intake, roster, world.weighting, VOCABULARY)
    closeness = Closeness.of(query, world.weighting)
    draw = Draw.of(query, roster, KEY, varied=closeness.near_tie > 0)
    rows = eligible(query, roster, free, RULES, NOW).rows
    pool = score(query, roster, rows, None, keep=limit, reach=closeness.reach, seed=draw.lots)
    shown, chances = [], []
    for mine in range(ARRANGEMENTS if draw.keys is not None else 1):
        order = arrange(pool, roster, free, closeness, replace(draw, mine=mine), limit).shown
        shown.append([int(pool.rows[place]) for place, _ in order])
        chances.append([chance for _, chance in order])
    return shown, chances


@settings(max_examples=25)
@given(seed=SEEDS, size=st.integers(1, 60))
def test_propensities_are_the_shares_of_clients_who_get_that_order(seed: int, size: int) -> None:
    world = random_world(seed, size)
    shown, chances = _every_clients_order(world, 4)
    for rank in range(len(shown[0])):
        share = Counter(order[rank] for order in shown)
        assert sum(share.values()) == len(shown)
        for order, chance in zip(shown, chances, strict=True):
            assert chance[rank] == pytest.approx(share[order[rank]] / len(shown), abs=1e-12)
    assert all(len(set(order)) == len(order) for order in shown)


def test_over_many_clients_the_frequencies_are_the_propensities() -> None:
    roster = Roster.compile([profile(number, gender="woman") for number in range(6)])
    rows = [AvailabilityRow(id=id_, caseload_limit=1 + n) for n, id_ in enumerate(roster.ids)]
    free = Availability.compile(roster, rows)
    clients = 2_000
    seen: Counter[tuple[int, str]] = Counter()
    chance: dict[tuple[int, str], float] = {}
    for number in range(clients):
        asked = Intake(gender=WOMEN, client_reference=f"client {number}")
        for candidate in ranked(roster, free, asked, weighting(0.02, gender=1.0)).candidates:
            place = (candidate.rank, candidate.reference)
            seen[place] += 1
            chance.setdefault(place, candidate.propensity)
            assert chance[place] == candidate.propensity
    for place, expected in chance.items():
        spread = (expected * (1 - expected) / clients) ** 0.5
        assert abs(seen[place] / clients - expected) <= 5 * spread
    for rank in (1, 2, 3):
        assert sum(c for (at, _), c in chance.items() if at == rank) == pytest.approx(1)


def test_those_with_more_room_are_drawn_likelier_up_to_a_bound() -> None:
    hashes = Roster.compile([profile(number) for number in range(3)]).lot
    first = np.zeros(3)
    for seed in range(400):
        keys = drawn_keys(hashes, np.array([1, 2, 5], np.uint8), seed)
        order = arrangements(np.full(3, 0.5), None, keys, Closeness(0.1, 0.0), 1)
        first += np.bincount(order[:, 0], minlength=3)
    # The chance to come first among equals is one's share of the room.
    assert first / first.sum() == pytest.approx([1 / 8, 2 / 8, 5 / 8], abs=0.01)


def test_a_limit_far_away_is_no_more_room_than_the_bound() -> None:
    roster = Roster.compile([profile(number, gender="woman") for number in range(2)])
    shares = []
    for limit in (5, 500, None):
        rows = [
            AvailabilityRow(id=roster.ids[0], caseload_limit=limit),
            AvailabilityRow(id=roster.ids[1], caseload_limit=1),
        ]
        free = Availability.compile(roster, rows)
        answer = ranked(roster, free, Intake(gender=WOMEN), weighting(0.02, gender=1.0))
        shares.append([(c.reference, c.propensity) for c in answer.candidates])
    assert shares[0] == shares[1] == shares[2]


@settings(max_examples=40)
@given(seed=SEEDS, size=st.integers(1, 9), near=st.sampled_from([0.0, 0.05, 0.4]))
def test_arrangements_are_the_greedy_rule_one_at_a_time(seed: int, size: int, near: float) -> None:
    random = np.random.default_rng(seed)
    scores = np.sort(random.integers(0, 8, size) / 10)[::-1]
    likeness = random.integers(0, 5, (size, size)).astype(np.float32) / np.float32(4)
    keys = random.random((20, size)) + 0.01
    closeness = Closeness(near, 0.3)
    ranks = min(4, size)

    orders = arrangements(scores, likeness, keys, closeness, ranks)

    for own, order in zip(keys, orders.tolist(), strict=True):
        assert order == _greedy(scores, likeness, own, closeness, ranks)


def _greedy(
    scores: NDArray[np.float64],
    likeness: NDArray[np.float32],
    keys: NDArray[np.float64],
    closeness: Closeness,
    ranks: int,
) -> list[int]:
    placed: list[int] = []
    while len(placed) < ranks:
        left = [place for place in range(scores.size) if place not in placed]
        worth = {
            place: scores[place]
            - closeness.diversity * max((likeness[one, place] for one in placed), default=0.0)
            for place in left
        }
        best = max(worth.values())
        tied = [place for place in left if worth[place] >= best - closeness.near_tie]
        placed.append(max(tied, key=lambda place: keys[place]))
    return placed


@settings(max_examples=40)
@given(seed=SEEDS, size=st.integers(0, 60))
def test_nothing_is_drawn_for_staff_or_without_near_ties(seed: int, size: int) -> None:
    world = random_world(seed, size)
    still = replace(world, weighting=replace(world.weighting, near_tie=0.0))
    for answers in (
        [world.ranked(staff_review=True)],
        [still.ranked(), world.ranked(staff_review=True)],
    ):
        for answer in answers:
            assert all(candidate.propensity == 1.0 for candidate in answer.candidates)
        assert len({_ids(answer.candidates) for answer in answers}) == 1
    for client in ("c-7", "c-8"):
        assert still.ranked(client_reference=client).candidates == still.ranked().candidates


def test_with_nothing_asked_every_score_is_0_and_the_order_is_fixed() -> None:
    people = [profile(number, gender="woman", needs=("grief",)) for number in range(200)]
    roster = Roster.compile(people)
    answers = [
        ranked(roster, intake=Intake(client_reference=client, limit=50))
        for client in (None, "c-1", "c-2")
    ]
    assert answers[0].candidates == answers[1].candidates == answers[2].candidates
    assert {(c.score, c.preference_fit, c.propensity) for c in answers[0].candidates} == {
        (0.0, 0.0, 1.0)
    }
    # Neither the order of arrival nor that of names, and another clinic has another.
    order = _ids(answers[0].candidates)
    assert order not in {_ids(answers[0].candidates[::-1]), tuple(sorted(order))}
    other = ranked(roster, intake=Intake(limit=50), clinic_key=b"another")
    assert _ids(other.candidates) != order


def test_where_too_many_are_equal_each_question_draws_others_into_the_pool() -> None:
    roster = Roster.compile(
        [
            profile(n, gender="woman", formats=("video",), age_groups=("adult",))
            for n in range(3_000)
        ]
    )
    settings_ = weighting(0.02, gender=1.0)
    asked = Intake(gender=WOMEN, limit=50)
    pools = set()
    for access in (None, "adult"):
        answer = ranked(roster, intake=replace(asked, age_group=access), weighting=settings_)
        assert len(answer.candidates) == 50
        pools.add(frozenset(_ids(answer.candidates)))
    assert len(pools) == 2
    shown = {
        candidate.therapist_id
        for client in range(30)
        for candidate in ranked(
            roster, intake=replace(asked, client_reference=f"c{client}"), weighting=settings_
        ).candidates
    }
    assert 50 < len(shown) <= POOL


def test_a_different_client_gets_a_different_order_of_close_matches() -> None:
    roster = Roster.compile([profile(number, gender="woman") for number in range(9)])
    orders = {
        _ids(
            ranked(
                roster,
                intake=Intake(gender=WOMEN, client_reference=f"c-{client}"),
                weighting=weighting(0.02, gender=1.0),
            ).candidates
        )
        for client in range(20)
    }
    assert len(orders) > 10


def test_diversity_prefers_one_who_differs_when_scores_are_close() -> None:
    twin = {"gender": "woman", "modalities": ("cbt",), "formats": ("video",)}
    roster = Roster.compile(
        [
            profile(0, **twin),
            profile(1, **twin),
            profile(2, gender="man", modalities=("emdr",), formats=("video",)),
        ]
    )
    asked = Intake(gender=WOMEN, format=AnyOf(("video",)), limit=2)

    def second(diversity: float) -> str:
        weights = weighting(0.0, diversity, format=0.9, gender=0.1)
        return ranked(roster, intake=asked, weighting=weights).candidates[1].reference

    # The man scores 0.1 less, and is a quarter like the first where the twin is three quarters.
    assert second(0.0) in {"t-0", "t-1"}
    assert second(0.1) in {"t-0", "t-1"}
    assert second(0.5) == "t-2"


def test_similarity_is_1_for_a_twin_0_for_an_opposite_and_half_for_the_unknown() -> None:
    whole = {
        "gender": "woman",
        "cultures": ("latine",),
        "modalities": ("cbt", "act"),
        "style": (1.0, 1.0, -1.0, -1.0),
    }
    other = {
        "gender": "man",
        "communities": ("lgbtq",),
        "modalities": ("emdr",),
        "style": (-1.0, -1.0, 1.0, 1.0),
    }
    half = {**whole, "modalities": ("cbt", "emdr"), "style": (1.0, 1.0, None, None)}
    roster = Roster.compile([profile(0, **whole), profile(1, **whole), profile(2, **other)])
    roster = roster.updated([profile(3), profile(4, **half)])
    alike = similarity(roster, np.arange(5))
    assert alike[0] == pytest.approx([1, 1, 0, 0.5, (1 + 1 + 0.5 + 0.5**0.5) / 4], abs=1e-6)
    assert alike[3, 3] == pytest.approx(0.5)


@settings(max_examples=30)
@given(seed=SEEDS, size=st.integers(0, 20))
def test_similarity_is_symmetric_and_between_0_and_1(seed: int, size: int) -> None:
    roster = Roster.compile(random_world(seed, size).profiles)
    alike = similarity(roster, np.arange(size))
    assert alike.shape == (size, size)
    assert np.allclose(alike, alike.T)
    assert ((alike >= 0) & (alike <= 1 + 1e-6)).all()


@settings(max_examples=20)
@given(seed=SEEDS, size=st.integers(1, 20))
def test_keys_are_spread_evenly_and_are_ones_own(seed: int, size: int) -> None:
    roster = Roster.compile(random_world(seed, size).profiles)
    room = np.ones(size, np.uint8)
    keys = drawn_keys(roster.lot, room, seed)
    u = np.exp(-1 / keys)
    assert np.allclose(np.sort(u * ARRANGEMENTS, axis=0) // 1, np.arange(ARRANGEMENTS)[:, None])
    assert np.array_equal(drawn_keys(roster.lot[::-1], room, seed), keys[:, ::-1])


def _ids(candidates: tuple[Candidate, ...]) -> tuple[str, ...]:
    return tuple(candidate.therapist_id for candidate in candidates)
