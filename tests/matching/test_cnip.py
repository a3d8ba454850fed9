"""Inventory answers become axes whose middle is the middle of each scale's indifferent band."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.cnip import axes_from_items
from matching.vocabulary import STYLE_AXES

ANSWERS = st.lists(st.integers(-3, 3), min_size=18, max_size=18)
SPANS = {
    "therapist_directiveness": (0, 5),
    "emotional_intensity": (5, 10),
    "past_orientation": (10, 13),
    "warm_support": (13, 18),
}


def _axes(**sums: int) -> dict[str, float]:
    items = [0] * 18
    for name, total in sums.items():
        first, last = SPANS[name]
        for place in range(first, last):
            items[place] = max(-3, min(3, total))
            total -= items[place]  # noqa: PLW2901 - what is left to spread
    return _named(items)


def _named(items: list[int]) -> dict[str, float]:
    axes = axes_from_items(items)
    return {name: axis for name, axis in zip(STYLE_AXES, axes, strict=True) if axis is not None}


@pytest.mark.parametrize(
    ("name", "total", "axis"),
    [
        ("therapist_directiveness", 15, 1.0),
        ("therapist_directiveness", -15, -1.0),
        ("therapist_directiveness", 0, -2.5 / 17.5),
        ("therapist_directiveness", 5, 2.5 / 12.5),
        ("emotional_intensity", 15, 1.0),
        ("emotional_intensity", 3, 0.0),
        ("emotional_intensity", 9, 0.5),
        ("emotional_intensity", -6, -0.5),
        ("past_orientation", 9, 1.0),
        ("past_orientation", -3, -3 / 9),
        ("warm_support", 6, 6 / 15),
        ("warm_support", -15, -1.0),
    ],
)
def test_a_sum_becomes_a_place_on_its_own_axis(name: str, total: int, axis: float) -> None:
    axes = _axes(**{name: total})
    neutral = _axes()
    assert axes.pop(name) == pytest.approx(axis)
    neutral.pop(name)
    assert axes == neutral


@given(ANSWERS, st.integers(0, 17))
def test_axes_stay_in_range_and_rise_with_every_answer(items: list[int], place: int) -> None:
    before = _named(items)
    assert all(-1 <= axis <= 1 for axis in before.values())
    if items[place] < 3:
        items[place] += 1
        after = _named(items)
        risen = [name for name in STYLE_AXES if after[name] > before[name]]
        assert risen == [name for name, (low, high) in SPANS.items() if low <= place < high]
        assert all(after[name] >= before[name] for name in STYLE_AXES)


@pytest.mark.parametrize("items", [[0] * 17, [0] * 19, [], [0] * 17 + [4], [-4] + [0] * 17])
def test_other_answers_are_refused_without_repeating_them(items: list[int]) -> None:
    with pytest.raises(ValueError, match=r"items|between") as refused:
        axes_from_items(items)
    assert "4" not in str(refused.value)
