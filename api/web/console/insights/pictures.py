"""The picture of each page, and what it says first."""

from collections.abc import Callable, Mapping
from typing import Any

from api.insights.schemas import (
    BiasPage,
    CalibrationPage,
    CongestionPage,
    ExposurePage,
    GapPage,
    SpreadOut,
    UnmetPage,
)
from api.pages.bars import Bar, Bars
from api.pages.figures import Figure, Mark
from api.web.console.insights.tables import Labels
from api.web.console.insights.words import (
    ATTRIBUTES,
    MEASURES,
    asked_for,
    figure,
    group_name,
    interval,
    named,
    part_of,
    people,
    percent,
)

_MOST, _EACH_END = 12, 8
# The four-fifths rule, below which the bias audit alerts.
FOUR_FIFTHS = 0.8
# As short as the picture needs them.
_ALERTING = {"exposure": "attention", "exposure_for_merit": "for their score"}


def exposure_bars(page: ExposurePage) -> Bars | None:
    """What the least and the most seen got, beside what their fit warrants."""
    known = [row for row in page.rows if row.ratio is not None and row.attention is not None]
    known.sort(key=lambda row: row.ratio or 0.0)
    ends = known if len(known) <= 2 * _EACH_END else known[:_EACH_END] + known[-_EACH_END:]
    bars = [
        Bar(
            row.therapist.name,
            (row.warranted, (row.ratio or 0.0) * (row.warranted or 0.0)),
            (percent(row.warranted), percent((row.ratio or 0) * (row.warranted or 0))),
        )
        for row in ends
    ]
    return _or_none(
        Bars(
            key="exposure",
            title="Attention warranted and got",
            description="Shares of all attention in the matches that were computed again. The"
            f" {len(ends)} furthest from what their fit warrants, of {len(known)}: first who got"
            " least of it, last who got most.",
            series=("Warranted by fit", "Got"),
            bars=bars,
        )
    )


def unmet_bars(page: UnmetPage) -> Bars | None:
    """What most clients ask for in vain."""
    bars = [
        Bar(asked_for(row), (row.clients,), (f"{row.clients} clients",))
        for row in page.rows[:_MOST]
    ]
    return _or_none(
        Bars(
            key="unmet",
            title="Asked for, and offered by too few",
            description=f"How many clients ask for it; the first {len(bars)} of"
            f" {len(page.rows)}, in the order in which hiring, or asking therapists about their"
            " profiles, would help.",
            series=("Clients who ask",),
            bars=bars,
        )
    )


def gap_bars(page: GapPage) -> Bars | None:
    """Which blank fields keep their therapists off most lists."""
    bars = [
        Bar(
            f"{row.therapist.name}: {part_of(row.field)}",
            (row.not_shown,),
            (f"{percent(row.not_shown)} of {row.clients}",),
        )
        for row in page.rows[:_MOST]
    ]
    return _or_none(
        Bars(
            key="gaps",
            title="What a blank costs",
            description="The share of clients’ requests in which the best answer would have shown"
            f" them; the first {len(bars)} of {len(page.rows)} blanks, by what they cost.",
            series=("Would have been shown",),
            bars=bars,
        )
    )


def calibration_bars(page: CalibrationPage) -> Bars | None:
    """Fit as it was expected, beside the fit that followed."""
    bars = [
        Bar(
            f"Expected {row.expected_from:.1f} to {row.expected_to:.1f}",
            (row.expected, row.found.value),
            (figure(row.expected), interval(row.found)),
        )
        for row in page.rows
    ]
    return _or_none(
        Bars(
            key="calibration",
            title="Expected fit, and the fit that followed",
            description="Of 10. Where the model is right, both bars of a line are as long.",
            series=("Expected", "Found"),
            bars=bars,
            most=10.0,
        )
    )


def congestion_bars(page: CongestionPage) -> Bars | None:
    """Who was full for most, beside who chose them."""
    full = [row for row in page.rows if row.full_for is not None]
    full.sort(key=lambda row: -(row.full_for or 0))
    bars = [
        Bar(
            row.therapist.name,
            (row.requested_by, row.full_for),
            (people(row.requested_by), people(row.full_for)),
        )
        for row in full[:_MOST]
    ]
    return _or_none(
        Bars(
            key="congestion",
            title="Wanted, and full",
            description="Clients who chose them, and clients who would have been shown them had"
            f" there been a place; the {len(bars)} who were full for most.",
            series=("Chosen by", "Was full for"),
            bars=bars,
        )
    )


def bias_figure(page: BiasPage) -> Figure | None:
    """The least seen group over the most seen, for each attribute of therapists."""
    marks = [
        Mark(
            label=f"{ATTRIBUTES[one.attribute].capitalize()}: {_ALERTING[one.measure]}",
            value=one.ratio.value,
            low=one.ratio.low,
            high=one.ratio.high,
        )
        for one in page.summary.spreads
        if one.measure in _ALERTING and one.ratio.value is not None
    ]
    if not marks:
        return None
    return Figure(
        key="spreads",
        title="The least seen group over the most seen",
        description="1 would be as much for both; with 95 % intervals. Below 0.8, the dashed line,"
        " it is time to look closer.",
        least=0.0,
        most=1.6,
        reference=FOUR_FIFTHS,
        reference_label="0.8",
        marks=marks,
    )


BARS: Mapping[str, Callable[[Any], Bars | None]] = {
    "exposure": exposure_bars,
    "unmet-needs": unmet_bars,
    "profiles": gap_bars,
    "calibration": calibration_bars,
    "congestion": congestion_bars,
}


def _or_none(chart: Bars) -> Bars | None:
    return chart if chart.bars else None


def spread_words(one: SpreadOut, labels: Labels) -> str:
    """A ratio of two groups in a sentence."""
    low, high = (group_name(one.attribute, group, labels) for group in (one.lowest, one.highest))
    sure = (
        " The whole interval lies below 0.8."
        if one.certain
        else " The interval reaches above 0.8, so it may be chance."
    )
    return (
        f"{one.of.capitalize()} by {ATTRIBUTES.get(one.attribute, named(one.attribute))},"
        f" {MEASURES[one.measure].lower()}: “{low}” has {interval(one.ratio)} of what “{high}” has."
        + (sure if one.alert else "")
    )
