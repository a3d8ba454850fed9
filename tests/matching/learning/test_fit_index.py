"""The fit index: a weighted mean that means the same whichever items were asked."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.learning.fit_index import (
    FROM_SESSION,
    FitIndex,
    counting,
    fit_index,
    index_at,
)
from matching.learning.ratings import ITEMS
from matching.weighting import DEFAULT_FIT_WEIGHTS

COUNTED = tuple(DEFAULT_FIT_WEIGHTS)
SEEDS = st.integers(0, 2**32)


def _items(*rows: dict[str, float]) -> Any:
    items = np.full((len(rows), len(ITEMS)), np.nan, np.float32)
    for row, answers in enumerate(rows):
        for name, answer in answers.items():
            items[row, ITEMS.index(name)] = answer
    return items


def _index(
    *rows: dict[str, float],
    session: int = 10,
    culture: bool = False,
    weights: Mapping[str, float] = DEFAULT_FIT_WEIGHTS,
) -> FitIndex:
    return fit_index(
        _items(*rows), np.full(len(rows), session), np.full(len(rows), culture), weights
    )


def _random_items(seed: int, rows: int = 20) -> Any:
    draw = np.random.default_rng(seed)
    items = draw.integers(0, 41, (rows, len(ITEMS))) / 4
    items[draw.random(items.shape) < draw.choice([0.2, 0.6, 0.95])] = np.nan
    return items.astype(np.float32)


def test_it_is_the_weighted_mean_of_what_was_answered() -> None:
    answers = {"trust": 9.0, "safe": 8.0, "heard": 7.0, "goals": 6.0}
    # (3 · 9 + 2 · 8 + 2 · 7 + 2 · 6) / 9
    assert _index(answers, answers).value == pytest.approx([69 / 9] * 2)
    other = {"trust": 1.0, "goals": 3.0}
    assert _index(answers, weights=other).value == pytest.approx([27 / 4])


def test_the_clinics_weights_decide_and_an_item_left_out_counts_nothing() -> None:
    rows = ({"trust": 2.0, "safe": 8.0}, {"trust": 8.0, "safe": 2.0})
    assert _index(*rows, weights={"trust": 1.0}).value == pytest.approx([2.0, 8.0])


def test_where_culture_was_asked_for_respect_for_it_counts_double() -> None:
    rows = ({"trust": 8.0, "cultural_respect": 4.0}, {"trust": 4.0, "cultural_respect": 8.0})
    # Trust weighs 3 and respect 1, or 2 where asked.
    assert _index(*rows).value == pytest.approx([28 / 4, 20 / 4])
    assert _index(*rows, culture=True).value == pytest.approx([32 / 5, 28 / 5])


@pytest.mark.parametrize("item", FROM_SESSION)
def test_what_needs_time_counts_only_from_its_session(item: str) -> None:
    rows = ({"trust": 8.0, item: 2.0}, {"trust": 6.0, item: 9.0})
    without = tuple({"trust": row["trust"]} for row in rows)
    early, late = FROM_SESSION[item] - 1, FROM_SESSION[item]
    assert _same(_index(*rows, session=early), _index(*without, session=early))
    assert not _same(_index(*rows, session=late), _index(*without, session=late))


def _same(one: FitIndex, other: FitIndex) -> bool:
    return np.array_equal(one.value, other.value) and np.array_equal(one.noise, other.noise)


@given(seed=SEEDS)
def test_overall_counts_only_where_nothing_else_does(seed: int) -> None:
    items = _random_items(seed)
    turned = items.copy()
    overall = ITEMS.index("overall")
    turned[:, overall] = 10 - items[:, overall]
    session, culture = np.full(20, 10), np.zeros(20, np.bool_)
    one, other = (
        fit_index(each, session, culture, DEFAULT_FIT_WEIGHTS) for each in (items, turned)
    )
    others = np.isfinite(items[:, [ITEMS.index(name) for name in COUNTED]]).any(1)
    assert np.array_equal(one.value[others], other.value[others])


def test_overall_alone_is_read_against_what_it_is_beside_other_items() -> None:
    """Where people say 1 more overall than item by item, an 8 overall says about 7."""
    both = [{"trust": 6.0, "safe": 6.0, "overall": 7.0}] * 200
    assert _index(*both, {"overall": 8.0}).value[-1] == pytest.approx(7.0, abs=0.1)


@given(seed=SEEDS)
def test_what_never_counts_as_fit_changes_nothing(seed: int) -> None:
    items = _random_items(seed)
    online = [ITEMS.index("connection_quality"), ITEMS.index("privacy")]
    bad_line = items.copy()
    bad_line[:, online] = 0
    session, culture = np.full(20, 10), np.zeros(20, np.bool_)
    one, other = (
        fit_index(each, session, culture, DEFAULT_FIT_WEIGHTS) for each in (items, bad_line)
    )
    assert np.array_equal(one.value, other.value, equal_nan=True)


@given(seed=SEEDS, shift=st.integers(-40, 40))
def test_all_answers_shifted_shift_the_index(seed: int, shift: int) -> None:
    items = _random_items(seed)
    session = np.random.default_rng(seed).integers(1, 9, 20)
    culture = session % 2 == 0
    one, other = (
        fit_index(each, session, culture, DEFAULT_FIT_WEIGHTS)
        for each in (items, items + shift / 4)
    )
    counted = np.isfinite(one.value)
    assert other.value[counted] == pytest.approx(one.value[counted] + shift / 4, abs=1e-9)
    assert other.noise[counted] == pytest.approx(one.noise[counted], abs=1e-9)


def test_a_short_questionnaire_says_the_same_as_a_long_one() -> None:
    """Clients answer trust high and feedback low; who was asked only trust is not happier."""
    draw = np.random.default_rng(0)
    clients, level = 400, np.linspace(2.0, -2.0, len(COUNTED))
    own = draw.normal(5, 1, clients)
    items = np.full((clients, len(ITEMS)), np.nan)
    places = [ITEMS.index(name) for name in COUNTED]
    items[:, places] = own[:, None] + level + draw.normal(0, 0.5, (clients, len(level)))
    short = np.arange(clients) % 2 == 0
    items[np.ix_(short, places[4:])] = np.nan
    session, culture = np.full(clients, 10), np.zeros(clients, np.bool_)

    value = fit_index(items.astype(np.float32), session, culture, DEFAULT_FIT_WEIGHTS).value

    off = value - own
    assert off[short].mean() == pytest.approx(off[~short].mean(), abs=0.15)
    weight = np.array([DEFAULT_FIT_WEIGHTS[name] for name in COUNTED])
    plain = (np.nan_to_num(items[:, places]) * weight).sum(1)
    plain /= (np.isfinite(items[:, places]) * weight).sum(1)
    assert (plain - own)[short].mean() - (plain - own)[~short].mean() > 0.8


def test_fewer_items_say_less_exactly() -> None:
    full = dict.fromkeys(COUNTED, 7.0)
    noise = _index(full, {"trust": 7.0, "safe": 7.0}, {"trust": 7.0}, {"overall": 7.0}).noise
    assert 0 < noise[0] < noise[1] < noise[2] == noise[3]


def test_what_clients_say_item_by_item_tells_how_exact_an_item_is() -> None:
    draw = np.random.default_rng(1)

    def noise(apart: float) -> float:
        answers = [
            {name: 5 + apart * draw.standard_normal() for name in COUNTED} for _ in range(100)
        ]
        return float(_index(*answers).noise[0])

    assert noise(2.0) > 4 * noise(0.5)


ROWS = [
    ({"trust": 5.0}, 1, True),
    ({"overall": 5.0}, 1, True),
    ({"privacy": 5.0, "connection_quality": 5.0}, 9, False),
    ({}, 9, False),
    ({"progress": 5.0}, 2, False),
    ({"progress": 5.0}, 3, True),
    ({"carry_over": 5.0}, 5, False),
    ({"carry_over": 5.0, "overall": 5.0}, 5, True),
]


@pytest.mark.parametrize(("answers", "session", "counts"), ROWS)
def test_a_rating_counts_if_it_holds_an_item_that_counts(
    answers: dict[str, float], session: int, counts: bool
) -> None:
    items = _items(answers)
    assert counting(items, np.array([session]), DEFAULT_FIT_WEIGHTS).tolist() == [counts]
    value = _index({"trust": 3.0}, answers, session=session).value
    assert np.isfinite(value[1]) == counts


@given(seed=SEEDS)
def test_with_the_levels_of_many_rows_a_few_of_them_have_the_same_index(seed: int) -> None:
    items, session, culture = _random_items(seed), np.full(20, 8), np.arange(20) % 2 == 0
    whole = fit_index(items, session, culture, DEFAULT_FIT_WEIGHTS)
    few = index_at(items[:3], session[:3], culture[:3], DEFAULT_FIT_WEIGHTS, whole.levels)
    assert few.value == pytest.approx(whole.value[:3], nan_ok=True)
    assert np.array_equal(np.isnan(few.noise), np.isnan(few.value))
    assert (np.nan_to_num(few.noise, nan=1.0) > 0).all()


def test_no_ratings_are_no_rows() -> None:
    assert _index().value.shape == (0,)


def test_weights_of_nothing_leave_overall_alone_to_count() -> None:
    nothing = dict.fromkeys(COUNTED, 0.0)
    value = _index({"trust": 9.0, "overall": 4.0}, {"trust": 9.0}, weights=nothing).value
    assert value[0] == 4.0
    assert np.isnan(value[1])
