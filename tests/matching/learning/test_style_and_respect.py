"""What clients met: style pulled towards what they say, respect held towards what is usual."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.learning.observations import Rows, Scale
from matching.learning.ratings import NOT_SAID
from matching.learning.respect import respect_met
from matching.learning.series import Growth
from matching.learning.style_met import StyleMet, style_met

NAN = float("nan")


def _rows(
    client: Any,
    therapist: Any,
    *,
    style: Any = None,
    respect: Any = None,
    case: Any = None,
    since: Any = 0,
) -> Rows:
    size = len(client)
    seen = np.full((size, 4), NOT_SAID, np.int8)
    if style is not None:
        seen[:, 0] = style
    none = np.zeros(size)
    return Rows(
        client=np.asarray(client, np.intp),
        therapist=np.asarray(therapist, np.intp),
        case=np.asarray(client if case is None else case, np.intp),
        at=none,
        value=none,
        noise=none + 1,
        respect=np.full(size, NAN) if respect is None else np.asarray(respect, np.float64),
        style_seen=seen,
        left=np.zeros(size, np.bool_),
        since=np.broadcast_to(np.asarray(since, np.intp), (size,)),
        again=np.zeros(size, np.bool_),
        scale=Scale(np.zeros(16), Growth(0.0, 1.0, 1.0)),
    )


def _axis(*values: float) -> Any:
    """One axis of style for so many cases or therapists, by row or by column; the others blank."""
    return np.vstack([values, *[np.full(len(values), NAN)] * 3])


def _style(rows: Rows, wishes: Any, told: Any) -> StyleMet:
    """What is met where all may be told of that there is."""
    return style_met(rows, rows, wishes, told)


def test_without_answers_style_is_as_told() -> None:
    found = _style(_rows([0, 1], [0, 0]), _axis(0.5, 0.5).T, _axis(0.3, -0.2))
    assert np.isnan(found.met).all()
    assert not found.shift.any()


def _met(answer: int, clients: int, told: float = 0.0, wish: float = 0.0) -> float:
    """What so many clients met who wished for `wish` and all answered the same.

    Two hundred others, five to a therapist, say what their profiles say: half a
    point to one side of what they wished for.
    """
    others = np.arange(200)
    side = np.where(others % 2 == 0, 1, -1)
    rows = _rows(
        range(clients + 200),
        [*[0] * clients, *(1 + others // 5)],
        style=[*[answer] * clients, *side],
    )
    found = _style(rows, _axis(*[wish] * clients, *0.5 * side).T, _axis(told, *[0.0] * 40))
    return float(found.met[0, 0])


def test_style_is_pulled_towards_what_clients_say() -> None:
    """Who would like more of it met less than they wished for; who would like less, more."""
    assert _met(1, 10) < -0.1 < 0.1 < _met(-1, 10)
    assert _met(0, 40, told=0.8, wish=0.0) < 0.3
    assert _met(0, 10, told=0.5, wish=0.5) == pytest.approx(0.5, abs=0.01)


def test_the_more_say_so_the_further_it_is_pulled() -> None:
    away = [_met(1, clients, told=0.2, wish=0.2) for clients in (5, 10, 20)]
    assert away == sorted(away, reverse=True)
    assert away[0] > away[2] + 0.03


def test_twenty_answers_of_one_client_are_one_clients() -> None:
    once = _rows(range(5), [0] * 5, style=[1] * 5)
    often = _rows([0] * 20 + [1, 2, 3, 4], [0] * 24, style=[1] * 24)
    one, many = (_style(rows, _axis(*[0.2] * 5).T, _axis(0.2)) for rows in (once, often))
    assert many.met[0, 0] == pytest.approx(one.met[0, 0], abs=1e-9)


@pytest.mark.parametrize(("before", "after"), [(0, 1), (0, 4), (5, 1), (7, 4)])
def test_answers_wait_until_a_training_finds_five_clients_of_a_therapist(
    before: int, after: int
) -> None:
    every, one = before + after, [0] * before + [1] * after
    waiting = _rows(range(every), [0] * every, style=1, respect=range(every), since=one)
    settled = _rows(range(before), [0] * before, style=1, respect=range(before))
    told, wishes = _axis(0.2), _axis(*[0.2] * every).T
    met, met_before = (_style(rows, wishes, told).met for rows in (waiting, settled))
    assert np.array_equal(met, met_before, equal_nan=True)
    assert np.array_equal(respect_met(waiting, 1), respect_met(settled, 1))


def test_an_answer_without_a_wish_says_nothing() -> None:
    found = _style(_rows([0], [0], style=[1]), _axis(NAN).T, _axis(0.2))
    assert np.isnan(found.met).all()


def test_what_descriptions_share_is_told_by_all_clients_though_none_of_one_therapist_is() -> None:
    """Forty therapists with a client each, who all would have liked more."""
    rows = _rows(range(40), range(40), style=1)
    nobody = _rows([], [])
    found = style_met(rows, nobody, _axis(*[0.0] * 40).T, _axis(*[0.2] * 40))
    assert found.shift[0] < -0.2
    assert np.isnan(found.met).all()
    few = _rows(range(4), range(4), style=1)
    assert not style_met(few, nobody, _axis(*[0.0] * 4).T, _axis(*[0.2] * 4)).shift.any()


def test_where_a_profile_is_silent_clients_still_tell() -> None:
    rows = _rows(range(20), [0] * 10 + [1] * 10, style=[0] * 20)
    found = _style(rows, _axis(*[0.6] * 20).T, _axis(NAN, 0.6))
    assert found.met[0, 0] == pytest.approx(0.6, abs=0.1)
    few = _style(_rows(range(5), [0] * 5, style=[0] * 5), _axis(*[0.6] * 5).T, _axis(NAN))
    assert 0 < few.met[0, 0] < 0.6


def test_a_skew_that_all_descriptions_share_is_found() -> None:
    """All say 0.4 more of it than clients meet: the shift moves those nobody rated, too."""
    draw = np.random.default_rng(1)
    true = draw.uniform(-0.5, 0.5, 40)
    therapist = np.repeat(np.arange(40), 20)
    wish = true[therapist] + draw.normal(0, 0.5, 800)
    answer = np.sign(wish - true[therapist]) * (abs(wish - true[therapist]) > 0.3)
    rows = _rows(range(800), therapist, style=answer)

    found = _style(rows, _axis(*wish).T, _axis(*np.clip(true + 0.4, -1, 1)))

    assert found.shift[0] == pytest.approx(-0.4, abs=0.15)
    told = np.abs(np.clip(true + 0.4, -1, 1) - true).mean()
    assert np.abs(found.met[0] - true).mean() < told / 2


@given(seed=st.integers(0, 2**32), size=st.integers(0, 30))
def test_what_is_met_stays_on_the_scale(seed: int, size: int) -> None:
    draw = np.random.default_rng(seed)
    wish, told = draw.uniform(-1, 1, 30), draw.uniform(-1, 1, 5)
    wish[draw.random(30) < 0.3], told[draw.random(5) < 0.3] = NAN, NAN
    rows = _rows(
        draw.integers(0, 30, size),
        draw.integers(0, 5, size),
        style=draw.choice([-1, 0, 1, NOT_SAID], size),
    )
    met = _style(rows, _axis(*wish).T, _axis(*told)).met
    assert (np.isnan(met) | (np.abs(met) <= 1)).all()
    # Only of those who were rated anything is known.
    unrated = sorted(set(range(5)) - set(rows.therapist.tolist()))
    assert np.isnan(met[:, unrated]).all()


def test_respect_is_held_towards_what_is_usual() -> None:
    rows = _rows(
        range(25), [*[0] * 5, *[1] * 10, *[2] * 10], respect=[*[2.0] * 5, *[-1.0] * 10, *[0.0] * 10]
    )
    found = respect_met(rows, 4)
    assert 0 < found[0] < 2
    assert -1 < found[1] < 0
    assert found[3] == 0.0


def test_respect_that_nobody_spoke_of_is_usual() -> None:
    assert respect_met(_rows([0, 1], [0, 1]), 3).tolist() == [0.0, 0.0, 0.0]


def _simulated(between: float, within: float) -> tuple[Any, Any]:
    """What 30 therapists are like, and what is found of 12 clients each."""
    draw = np.random.default_rng(2)
    therapist = np.repeat(np.arange(30), 12)
    true = between * draw.standard_normal(30)
    said = true[therapist] + within * draw.standard_normal(360)
    return true, respect_met(_rows(range(360), therapist, respect=said), 30)


def test_respect_that_differs_between_therapists_is_found_and_chance_is_not() -> None:
    true, found = _simulated(between=1.0, within=0.5)
    assert np.corrcoef(true, found)[0, 1] > 0.95
    assert found.std() == pytest.approx(true.std(), rel=0.2)
    _, chance = _simulated(between=0.0, within=1.0)
    assert chance.std() < 0.1


def test_twenty_answers_about_respect_are_one_clients() -> None:
    once = respect_met(_rows([0, 1], [0, 1], respect=[2.0, 0.0]), 2)
    often = respect_met(_rows([0] * 20 + [1], [0] * 20 + [1], respect=[2.0] * 20 + [0.0]), 2)
    assert often == pytest.approx(once, abs=1e-9)
