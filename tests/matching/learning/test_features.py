"""Columns: what a client asked for and nothing else, the same in training and in serving."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.intake import AnyOf, Importance, Intake, StyleWish
from matching.learning.clinic import Clinic, learnable
from matching.learning.codes import client_codes, profile_codes, profile_table
from matching.learning.design import content_of_pairs, slopes_of_pairs
from matching.learning.features import CONTENT, Asked, content_columns
from matching.learning.learned import Learned, told_style
from matching.profile import Profile
from matching.query import WISH_FIELDS, Query
from matching.roster import Roster
from matching.rows import Rows
from matching.vocabulary import DIMENSIONS, STYLE_AXES
from matching.weighting import Weighting
from tests.factories.fit_models import taught_world
from tests.factories.learning import IDENTITY, Past, past_clinic
from tests.factories.matching import VOCABULARY, changed, profile, random_world, weighting

SEEDS = st.integers(0, 2**32)
SIZES = st.integers(1, 30)
STRONG = Importance.STRONG


def _query(intake: Intake, roster: Roster, weights: Weighting | None = None) -> Query:
    return Query.of(intake, roster, weights or weighting(), VOCABULARY)


def _columns(query: Query, roster: Roster, style: Any = None) -> dict[str, list[float]]:
    """By name, the content columns of a whole roster."""
    style = told_style(roster) if style is None else style
    every = Rows.every(len(roster))
    found = content_columns(query, roster, every, style)
    return {CONTENT[place]: values.tolist() for place, values in found}


def _traces(query: Query, roster: Roster) -> tuple[Any, ...]:
    """Everything that learning sees of a query."""
    asked = Asked.of(query)
    slopes = (asked.needs, asked.style.tolist(), asked.culture, asked.dimensions.tolist())
    return _columns(query, roster), slopes, list(client_codes(query))


@given(seed=SEEDS, size=SIZES, dimension=st.sampled_from(DIMENSIONS[:-1]))
def test_a_skipped_question_and_a_dimension_without_weight_leave_no_trace(
    seed: int, size: int, dimension: str
) -> None:
    world = random_world(seed, size)
    roster = Roster.compile(world.profiles)
    field = WISH_FIELDS.get(dimension, "needs")
    blank = {"needs": (), "style": StyleWish()}.get(field, AnyOf())
    skipped = _query(changed(world.intake, **{field: blank}), roster, world.weighting)
    weights = {**world.weighting.weights, dimension: 0.0}
    without = _query(world.intake, roster, replace(world.weighting, weights=weights))
    assert _traces(skipped, roster) == _traces(without, roster)


@given(seed=SEEDS, size=SIZES)
def test_no_column_depends_on_who_a_therapist_is_unless_it_was_asked(seed: int, size: int) -> None:
    world = random_world(seed, size)
    asked = changed(world.intake, gender=AnyOf(), culture=AnyOf(), language=AnyOf())
    some, none = (
        Roster.compile([replace(person, **fields) for person in world.profiles])
        for fields in (IDENTITY, {**dict.fromkeys(IDENTITY, ()), "gender": None, "pronouns": None})
    )
    assert _traces(_query(asked, some), some) == _traces(_query(asked, none), none)
    codes = profile_codes(some)
    assert codes == profile_codes(none)
    assert np.array_equal(profile_table(some, codes), profile_table(none, codes))


def test_asking_for_it_does_make_it_count() -> None:
    roster = Roster.compile([profile(0, gender="woman"), profile(1, gender="man")])
    query = _query(Intake(gender=AnyOf(("woman",), STRONG)), roster)
    assert _columns(query, roster) == {"gender": [0.5, -0.5], "gender:strong": [0.5, -0.5]}


def _people(*styles: float | None) -> Roster:
    return Roster.compile(
        [profile(at, style=(own, None, None, None)) for at, own in enumerate(styles)]
    )


def test_style_is_seen_as_closeness_as_a_product_and_as_what_goes_beyond() -> None:
    roster = _people(0.5, -1.0, 0.8)
    asked = Intake(style=StyleWish((0.5, None, None, None), STRONG))
    columns = _columns(_query(asked, roster), roster)
    axis = STYLE_AXES[0]
    assert columns[f"closeness:{axis}"] == pytest.approx([0.5, -0.5, 0.3])
    assert columns[f"product:{axis}"] == pytest.approx([0.25, -0.5, 0.4])
    beyond = columns[f"beyond:{axis}"]
    assert beyond[0] == pytest.approx(0.0)
    assert -1.0 == beyond[1] < 0.5 < beyond[2] <= 1
    assert columns["near"] == [0.5, -0.5, 0.5]


def test_what_matters_less_counts_less() -> None:
    roster = _people(0.5, -1.0)
    strong, some = (
        _columns(_query(Intake(style=StyleWish((0.5, None, None, None), it)), roster), roster)
        for it in (STRONG, Importance.SOME)
    )
    assert set(strong) - set(some) == {"communication_style:strong"}
    for name, values in some.items():
        assert values == pytest.approx([value / 2 for value in strong[name]])


def test_needs_are_met_all_or_the_main_one() -> None:
    roster = Roster.compile(
        [profile(0, needs=("grief", "sleep")), profile(1, needs=("grief",)), profile(2)]
    )
    columns = _columns(_query(Intake(needs=("grief", "sleep")), roster), roster)
    assert columns["all_needs"] == [0.5, -0.5, 0.0]
    assert columns["first_need"] == [0.5, 0.5, 0.5]
    turned = _columns(_query(Intake(needs=("sleep", "grief")), roster), roster)
    assert turned["first_need"] == [0.5, -0.5, 0.0]


def test_what_a_profile_leaves_open_takes_the_mean_of_the_eligible_who_say() -> None:
    roster = _people(0.5, None, 1.0, -1.0)
    query = _query(Intake(style=StyleWish((0.5, None, None, None), STRONG)), roster)
    flags = np.array([True, True, True, False])
    # Of four rows, three count: they are read with the fourth, which must leave no trace.
    rows = Rows.where(flags, 3)
    assert rows.among is not None
    for name, values in zip(*_by_name(query, roster, rows), strict=True):
        assert values[1] == pytest.approx((values[0] + values[2]) / 2), name


def _by_name(query: Query, roster: Roster, rows: Rows) -> tuple[list[str], list[Any]]:
    found = list(content_columns(query, roster, rows, told_style(roster)))
    return [CONTENT[place] for place, _ in found], [values for _, values in found]


def test_where_no_profile_says_nobody_stands_out() -> None:
    roster = _people(None, None)
    query = _query(Intake(style=StyleWish((0.5, None, None, None)), needs=("grief",)), roster)
    for values in _columns(query, roster).values():
        assert len(set(values)) == 1


@pytest.mark.parametrize(
    ("wish", "side"), [(0.0, "middle"), (0.2, "middle"), (0.21, "more"), (-0.5, "less")]
)
def test_a_wish_leans_to_a_side(wish: float, side: str) -> None:
    query = _query(Intake(style=StyleWish((wish, None, None, None))), _people())
    assert list(client_codes(query)) == [f"style:{STYLE_AXES[0]}:{side}"]


def test_a_wish_is_the_same_code_in_whichever_case() -> None:
    wish = AnyOf(("es-MX", "EN", "es-mx"))
    query = _query(Intake(language=wish), _people())
    assert list(client_codes(query)) == ["language:es-mx", "language:en"]


@given(seed=SEEDS, size=SIZES)
def test_a_profile_is_as_long_however_many_codes_it_holds(seed: int, size: int) -> None:
    roster = Roster.compile(random_world(seed, size).profiles)
    codes = profile_codes(roster)
    length = np.linalg.norm(profile_table(roster, codes), axis=1)
    held = [bool(p.needs or p.modalities) for p in random_world(seed, size).profiles]
    assert length == pytest.approx(np.array(held, float), abs=1e-6)
    assert not profile_table(roster, ["need:of before", "gender:woman"]).any()


@settings(max_examples=40)
@given(seed=SEEDS, size=SIZES, more=st.integers(0, 20))
def test_a_model_is_the_same_for_a_therapist_on_any_roster(seed: int, size: int, more: int) -> None:
    world = taught_world(seed, size)
    assert world.model is not None
    newcomers = [replace(one, id=f"{one.id}-b") for one in random_world(seed + 1, more).profiles]
    roster = Roster.compile(world.profiles)
    larger = Roster.compile([*world.profiles[::-1], *newcomers])
    one, other = (Learned.on(world.model, each) for each in (roster, larger))
    for id_ in roster.ids:
        assert _of(one, roster, id_) == _of(other, larger, id_)
    known, query = set(world.model.evidence.ids), _query(Intake(needs=("grief",)), larger)
    for id_ in set(larger.ids) - known:
        assert _effects(other, larger.ids.index(id_)) == [0.0] * (7 + len(other.need))
        row = larger.ids.index(id_)
        assert (other.clients_of(row), other.needs_of(row, query)) == (0, [])
        assert other.level_of(row) == (0.0, world.model.prior.level**0.5)


def _effects(learned: Learned, row: int) -> list[float]:
    arrays = (learned.level, learned.respect, learned.culture, *learned.style)
    return [float(array[row]) for array in (*arrays, *learned.need.values())]


def _of(learned: Learned, roster: Roster, id_: str) -> str:
    row = roster.ids.index(id_)
    liking = [part[row].tolist() for part in learned.liking] if learned.liking else None
    # As text, in which an unknown equals an unknown.
    return repr((_effects(learned, row), learned.style_met[:, row].tolist(), liking))


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1000))
def test_training_sees_the_columns_that_serving_sees(seed: int) -> None:
    past, weights = past_clinic(seed, clients=25), Weighting()
    clinic, style, case, row = _trained_on(past, weights)
    every = Rows.every(len(clinic.roster))

    content = content_of_pairs(clinic.queries, case, row, clinic.roster, style)
    slopes = slopes_of_pairs(clinic.asked, case)

    for pair, (number, therapist) in enumerate(zip(case.tolist(), row.tolist(), strict=True)):
        query = Query.of(clinic.queries[number].intake, clinic.roster, weights, VOCABULARY, 0.7)
        served = np.zeros(len(CONTENT))
        for place, values in content_columns(query, clinic.roster, every, style):
            served[place] = values[therapist]
        assert np.array_equal(content[pair], served)
        asked = Asked.of(query)
        assert slopes.style.toarray()[pair].tolist() == asked.style.tolist()
        assert slopes.culture.toarray()[pair].tolist() == [asked.culture]
        assert slopes.asked.toarray()[pair].tolist() == asked.dimensions.tolist()
        held = slopes.needs.toarray()[pair]
        assert {slopes.codes[it] for it in np.flatnonzero(held)} == set(asked.needs)
        assert (held**2).sum() == pytest.approx(1.0 if asked.needs else 0.0)


def _trained_on(past: Past, weights: Weighting) -> tuple[Clinic, Any, Any, Any]:
    """The clinic of a history, styles with blanks, and the case and roster row of its ratings."""
    roster = past.roster
    ratings = learnable(past.ratings, roster, weights)
    clinic = Clinic.of(ratings, roster, weights, VOCABULARY)
    rows = clinic.rows_of(ratings)
    return clinic, told_style(roster), rows.case, rows.therapist


def test_codes_of_profiles_are_of_methods_and_needs_alone() -> None:
    person: Profile = profile(0, modalities=("cbt",), needs=("grief",), **IDENTITY)
    assert profile_codes(Roster.compile([person])) == ["modality:cbt", "need:grief"]
