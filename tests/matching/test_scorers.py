"""What every scorer promises, whichever its dimension, and what each makes of its own field."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from matching.intake import AnyOf, Intake, StyleWish
from matching.profile import Profile
from matching.query import WISH_FIELDS, Query
from matching.roster import Roster
from matching.rows import Rows
from matching.scorers import SCORERS, Levels
from tests.factories.matching import (
    VOCABULARY,
    dice,
    profile,
    random_intake,
    random_profile,
    weighting,
)

SEEDS = st.integers(0, 2**32)
NAMES = sorted(SCORERS)

# A request that asks about every dimension.
ASKED = Intake(
    style=StyleWish((0.5, -0.3, 0.0, None)),
    gender=AnyOf(("woman", "man")),
    culture=AnyOf(("latine", "lgbtq")),
    language=AnyOf(("es", "zh-Hant")),
    modality=AnyOf(("cbt", "ifs")),
    format=AnyOf(("video",)),
    schedule=AnyOf(("tue_evening", "wed_morning")),
    needs=("anxiety", "grief", "sleep"),
    referred_to=("t-1", "t-3"),
)


def _people(seed: int, size: int = 30) -> list[Profile]:
    random = dice(seed)
    blank = random.choice((0.0, 0.3, 0.9))
    return [random_profile(random, number, blank) for number in range(size)]


def _levels(name: str, roster: Roster, rows: Rows, intake: Intake = ASKED) -> Levels:
    query = Query.of(intake, roster, weighting(), VOCABULARY)
    return SCORERS[name].score(query, roster, rows)


def _scores(levels: Levels, size: int) -> NDArray[np.float64]:
    out = np.empty(size)
    levels.into(out, None)
    return out


@pytest.mark.parametrize("name", NAMES)
class TestEveryScorer:
    @settings(max_examples=30)
    @given(seed=SEEDS)
    def test_scores_lie_between_0_and_1(self, name: str, seed: int) -> None:
        roster = Roster.compile(_people(seed))
        scores = _scores(_levels(name, roster, Rows.every(len(roster))), len(roster))
        assert ((scores >= -1e-12) & (scores <= 1 + 1e-12)).all()

    @settings(max_examples=30)
    @given(seed=SEEDS)
    def test_unknown_scores_the_mean_of_the_known(self, name: str, seed: int) -> None:
        roster = Roster.compile(_people(seed))
        levels = _levels(name, roster, Rows.every(len(roster)))
        if levels.unknown is None:
            return
        scores = _scores(levels, len(roster))
        known = scores[~levels.unknown]
        assert np.allclose(scores[levels.unknown], known.mean() if known.size else 0.5)

    @settings(max_examples=30)
    @given(seed=SEEDS, share=st.sampled_from([0.0, 0.1, 0.9, 1.0]))
    def test_reading_all_rows_or_only_the_eligible_is_the_same(
        self, name: str, seed: int, share: float
    ) -> None:
        roster = Roster.compile(_people(seed))
        flags = np.random.default_rng(seed).random(len(roster)) < share
        index, eligible = np.flatnonzero(flags), int(flags.sum())
        dense = _levels(name, roster, Rows(len(roster), eligible, among=flags))
        gathered = _levels(name, roster, Rows(eligible, eligible, index=index))
        assert np.array_equal(_scores(dense, len(roster))[index], _scores(gathered, eligible))

    @settings(max_examples=30)
    @given(seed=SEEDS)
    def test_a_score_does_not_depend_on_where_a_row_stands(self, name: str, seed: int) -> None:
        people = _people(seed)
        roster = Roster.compile(people)
        turned = Roster.compile([replace(p, id=p.id[::-1]) for p in people])
        before = _scores(_levels(name, roster, Rows.every(len(roster))), len(roster))
        after = _scores(_levels(name, turned, Rows.every(len(turned))), len(turned))
        moved = [turned.row_of(id_[::-1]) for id_ in roster.ids]
        assert np.array_equal(before, after[np.array(moved, np.intp)])

    @settings(max_examples=30)
    @given(seed=SEEDS)
    def test_an_update_scores_like_a_compilation(self, name: str, seed: int) -> None:
        people, random = _people(seed), dice(seed)
        batch = [random_profile(random, random.randint(0, 60)) for _ in range(15)]
        updated = Roster.compile(people).updated(batch)
        anew = Roster.compile([*people, *batch])
        one, two = (_levels(name, r, Rows.every(len(r))) for r in (updated, anew))
        assert np.array_equal(_scores(one, len(anew)), _scores(two, len(anew)))

    @settings(max_examples=30)
    @given(seed=SEEDS)
    def test_who_meets_the_wish_says_so_and_stands_above_the_middle(
        self, name: str, seed: int
    ) -> None:
        roster = Roster.compile(_people(seed))
        rows = Rows.every(len(roster))
        query = Query.of(ASKED, roster, weighting(), VOCABULARY)
        met = SCORERS[name].meets(query, roster, rows)
        levels = SCORERS[name].score(query, roster, rows)
        scores = _scores(levels, len(roster))
        assert (scores[met] >= 0.5).all()
        assert levels.unknown is None or not (met & levels.unknown).any()

    def test_nobody_at_all_is_no_error(self, name: str) -> None:
        roster = Roster.compile([])
        assert _scores(_levels(name, roster, Rows.every(0)), 0).size == 0


@given(seed=SEEDS)
def test_what_was_not_asked_has_no_weight(seed: int) -> None:
    random = dice(seed)
    intake = random_intake(random, ("t-0",))
    roster = Roster.compile([profile(0)])
    weights = Query.of(intake, roster, weighting(), VOCABULARY).weights
    for name, field in WISH_FIELDS.items():
        assert (name in weights) == getattr(intake, field).asked
    assert ("needs" in weights) == bool(intake.needs)
    assert ("referral" in weights) == ("t-0" in intake.referred_to)
    assert not weights or sum(weights.values()) == pytest.approx(1)


def _single(name: str, intake: Intake, *people: Profile) -> list[float | None]:
    roster = Roster.compile(people)
    levels = _levels(name, roster, Rows.every(len(roster)), intake)
    unknown = levels.unknown if levels.unknown is not None else np.zeros(len(roster), np.bool_)
    scores = _scores(levels, len(roster)).tolist()
    return [
        None if blank else round(score, 9) for score, blank in zip(scores, unknown, strict=True)
    ]


def _each(name: str, wish: Callable[[], Intake], *fields: dict[str, Any]) -> list[float | None]:
    people = [profile(number, **own) for number, own in enumerate(fields)]
    return _single(name, wish(), *people)


def test_style_falls_to_0_at_the_farthest_the_scale_allows() -> None:
    own = [{"style": (value, None, None, None)} for value in (-1.0, 0.5, 0.25, 1.0)]
    scores = _each(
        "communication_style", lambda: Intake(style=StyleWish((0.5, None, None, None))), *own
    )
    assert scores == pytest.approx([0.0, 1.0, 1 - 0.25 / 1.5, 1 - 0.5 / 1.5], abs=1e-9)


def test_the_middle_of_an_axis_is_a_wish_like_any_other() -> None:
    own = [{"style": (0.0, value, 0.0, 0.0)} for value in (-1.0, 0.0, 0.6)]
    scores = _each(
        "communication_style", lambda: Intake(style=StyleWish((None, 0.0, None, None))), *own
    )
    assert scores == pytest.approx([0.0, 1.0, 0.4], abs=1e-9)


def test_an_open_axis_takes_the_mean_of_the_others_on_that_axis() -> None:
    wish = Intake(style=StyleWish((1.0, 1.0, None, None)))
    scores = _each(
        "communication_style",
        lambda: wish,
        {"style": (1.0, 0.0, None, None)},
        {"style": (0.0, None, None, 1.0)},
        {"style": (None, None, 1.0, 1.0)},
    )
    # First axis 1, ½ and the mean ¾; second ½, and ½ for both who leave it open.
    assert scores == pytest.approx([0.75, 0.5, None], abs=1e-9)


def test_culture_is_looked_for_in_both_fields_and_open_where_the_field_asked_about_is() -> None:
    def wish(*codes: str) -> Callable[[], Intake]:
        return lambda: Intake(culture=AnyOf(codes))

    people: list[dict[str, Any]] = [
        {"cultures": ("latine",)},
        {"communities": ("latine",)},
        {"cultures": ("jewish",)},
        {"communities": ("lgbtq",)},
        {"cultures": ("jewish",), "communities": ("muslim",)},
        {},
    ]
    assert _each("culture", wish("latine"), *people) == [1, 1, 0, None, 0, None]
    assert _each("culture", wish("lgbtq"), *people) == [None, 0, None, 1, 0, None]
    assert _each("culture", wish("latine", "lgbtq"), *people) == [1, 1, None, 1, 0, None]
    assert _each("culture", wish("unheard_of"), *people) == [None, None, None, None, 0, None]


def test_needs_score_the_share_covered() -> None:
    asked = Intake(needs=("anxiety", "grief", "sleep", "anxiety"))
    people: list[dict[str, Any]] = [
        {"needs": ("anxiety", "work")},
        {"needs": ("sleep", "grief", "anxiety")},
        {"needs": ("work",)},
        {},
    ]
    scores = _each("needs", lambda: asked, *people)
    assert scores == pytest.approx([1 / 3, 1, 0, None], abs=1e-9)


def test_a_language_is_met_by_a_more_exact_tag_only() -> None:
    people: list[dict[str, Any]] = [
        {"languages": ("es-MX",)},
        {"languages": ("ES",)},
        {"languages": ("est",)},
        {"languages": ("en", "es-419")},
        {},
    ]
    assert _each("language", lambda: Intake(language=AnyOf(("es",))), *people) == [1, 1, 0, 1, None]
    assert _each("language", lambda: Intake(language=AnyOf(("es-mx",))), *people) == [
        1,
        0,
        0,
        0,
        None,
    ]


def test_a_referral_counts_a_bounded_share() -> None:
    roster = Roster.compile([profile(0), profile(1, needs=("grief",))])
    asked = Intake(needs=("grief",), referred_to=("t-0",))
    weights = Query.of(asked, roster, weighting(), VOCABULARY).weights
    assert weights == pytest.approx({"needs": 0.9, "referral": 0.1})
    alone = Query.of(Intake(referred_to=("t-0",)), roster, weighting(), VOCABULARY).weights
    assert alone == {"referral": 1.0}
    assert _single("referral", asked, profile(0), profile(1)) == [1, 0]
