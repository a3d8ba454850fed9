"""Numbers as they are set, and bars whose labels have room."""

from hypothesis import given
from hypothesis import strategies as st

from api.pages.bars import Bar, Bars
from api.pages.numbers import fixed, signed

NUMBERS = st.floats(-1e6, 1e6)


@given(NUMBERS, st.integers(0, 4))
def test_a_number_reads_as_what_it_is_near(value: float, places: int) -> None:
    for text in (fixed(value, places), signed(value, places)):
        read = float(text.replace("−", "-"))
        assert abs(read - value) <= 0.5 * 10**-places * (1 + 1e-9) + 1e-9
        # Nothing is neither more nor less.
        assert read != 0 or text[0] not in "−+-"
    assert "-" not in fixed(value, places)
    near = round(value, places)
    assert signed(value, places)[0] == ("+" if near > 0 else "−" if near < 0 else "0")


LABELS = st.lists(st.text("abc def:", min_size=1, max_size=90), min_size=1, max_size=6)


@given(LABELS, st.integers(1, 2))
def test_a_label_stands_on_two_lines_at_most_and_in_nobody_elses_row(
    labels: list[str], series: int
) -> None:
    texts = tuple("1" for _ in range(series))
    values = tuple(1.0 for _ in range(series))
    chart = Bars(
        key="k",
        title="t",
        description="d",
        series=tuple("ab"[:series]),
        bars=[Bar(label, values, texts) for label in labels],
    )
    bottom = 0.0
    for place, bar in enumerate(chart.bars):
        assert len(bar.lines) <= 2
        assert all(len(line) <= 27 for line in bar.lines)
        ends = [chart.label_at(place, line) for line in range(len(bar.lines))]
        tops = [chart.top(place, one) for one in range(series)]
        # A line of text reaches some 11 above where it stands.
        assert min([*tops, *(end - 11 for end in ends)]) >= bottom - 0.5
        bottom = max([*ends, *(top + chart.thick for top in tops)])
    assert bottom <= chart.height


def test_a_long_label_is_read_whole_on_two_lines() -> None:
    assert Bar("Ana Reyes: communication style", (1.0,), ("1",)).lines == [
        "Ana Reyes: communication",
        "style",
    ]
