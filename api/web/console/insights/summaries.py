"""What each page says first, in sentences."""

from collections.abc import Callable, Mapping
from typing import Any

from api.insights.schemas import (
    BiasPage,
    CalibrationPage,
    CongestionPage,
    ExposurePage,
    GapPage,
    UnmetPage,
)
from api.web.console.insights.words import figure, interval, people, percent, reason


def exposure(page: ExposurePage) -> list[str]:
    """How evenly attention falls."""
    summary = page.summary
    if summary.gini is None:
        return ["Too few clients yet to say who is seen."]
    return [
        (
            f"{percent(summary.below_half, 0)} of therapists who could be shown often got half of"
            " what their fit warrants, or less."
        ),
        (
            f"Unevenness is {figure(summary.gini)} (0: the same for everybody, 1: all to one); had"
            f" attention followed fit it would be {figure(summary.gini_of_warranted)}."
        ),
    ]


def unmet(page: UnmetPage) -> list[str]:
    """Who got no answer, and why."""
    summary = page.summary
    said = [f"Clients who had nobody to show: {people(summary.clients_with_nobody)}."]
    if summary.emptied_by:
        said.append(f"What it failed at: {', '.join(map(reason, summary.emptied_by))}.")
    return said


def gaps(page: GapPage) -> list[str]:
    """How much of the roster does not say."""
    count = page.summary.therapists
    return [f"{count} therapists have a blank that clients met with."]


def calibration(page: CalibrationPage) -> list[str]:
    """Whether expected fit is what follows, or why that cannot be told."""
    summary = page.summary
    if summary.why is not None:
        return [f"It cannot be told yet. {summary.why}"]
    return [
        f"What followed differs from what was expected by {interval(summary.difference)} points.",
        (
            f"For each point expected, {interval(summary.slope)} points were found: 1 is right,"
            " less is too much confidence."
        ),
        f"Of pairs, {percent(summary.coverage.value, 0)} were found within their 80 % interval.",
    ]


def congestion(page: CongestionPage) -> list[str]:
    """How long it takes, and for whom there was nobody."""
    summary = page.summary
    said = [
        f"With nobody to show: {percent(summary.with_nobody, 0)} of matches.",
        f"On the waiting list now: {people(summary.waiting_now)} clients.",
    ]
    if summary.days_to_acceptance is not None:
        days = figure(summary.days_to_acceptance, 1)
        said.append(f"From match to acceptance: {days} days (median).")
    if summary.days_waited is not None:
        said.append(f"On the waiting list until placed: {figure(summary.days_waited, 1)} days.")
    if summary.because:
        said.append(f"What it failed at: {', '.join(map(reason, summary.because))}.")
    return said


def bias(page: BiasPage) -> list[str]:
    """Whether any group is seen far less."""
    if not page.summary.spreads:
        return ["Too few people in any group to compare: all are withheld."]
    if not page.summary.alerts:
        return ["No alert: no group of therapists is seen less than 0.8 times as much as another."]
    return []


SUMMARIES: Mapping[str, Callable[[Any], list[str]]] = {
    "exposure": exposure,
    "unmet-needs": unmet,
    "profiles": gaps,
    "calibration": calibration,
    "congestion": congestion,
    "bias": bias,
}
