"""The table of each page: its columns, and how a row is said."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.insights.schemas import (
    BiasRow,
    CalibrationRow,
    CongestionRow,
    ExposureRow,
    GapRow,
    UnmetRow,
)
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
    room,
)

Labels = Mapping[str, Mapping[str, str]]
Cells = Callable[[Any, Labels], tuple[str, ...]]

SHORTAGES = {"nobody": "nobody offers it", "no_place": "nobody has a place", "few": "few"}


@dataclass(frozen=True, slots=True)
class Table:
    """Columns by name, those from `texts` on being numbers; and the cells of a row."""

    columns: tuple[str, ...]
    texts: int
    cells: Cells

    def rows(self, rows: Sequence[Any], labels: Labels) -> list[tuple[str, ...]]:
        """Every row as texts."""
        return [self.cells(row, labels) for row in rows]


def _exposure(row: ExposureRow, _labels: Labels) -> tuple[str, ...]:
    return (
        row.therapist.name,
        percent(row.attention),
        percent(row.warranted),
        figure(row.ratio),
        people(row.eligible_clients),
        percent(row.preference_fit, 0),
        figure(row.expected_fit, 1),
        people(row.chosen_by),
        percent(row.acceptance, 0),
        room(row.places_free),
    )


def _unmet(row: UnmetRow, _labels: Labels) -> tuple[str, ...]:
    return (
        asked_for(row),
        SHORTAGES[row.shortage],
        str(row.clients),
        people(row.musts),
        people(row.stuck),
        str(row.offered_by),
        str(row.with_a_place),
    )


def _gaps(row: GapRow, _labels: Labels) -> tuple[str, ...]:
    return (
        row.therapist.name,
        part_of(row.field),
        str(row.clients),
        figure(row.score, 3),
        figure(row.places, 1),
        percent(row.not_shown),
        people(row.shut_out),
    )


def _calibration(row: CalibrationRow, _labels: Labels) -> tuple[str, ...]:
    return (
        f"{row.expected_from:.1f} to {row.expected_to:.1f}",
        str(row.clients),
        figure(row.expected),
        interval(row.found),
    )


def _congestion(row: CongestionRow, _labels: Labels) -> tuple[str, ...]:
    return (
        row.therapist.name,
        people(row.requested_by),
        people(row.declined_full),
        people(row.full_for),
        room(row.caseload_limit),
        room(row.places_free),
    )


def _bias(row: BiasRow, labels: Labels) -> tuple[str, ...]:
    who = (
        f"{row.of.capitalize()}, {ATTRIBUTES.get(row.attribute, named(row.attribute))}",
        group_name(row.attribute, row.group, labels),
        MEASURES.get(row.measure, named(row.measure)),
    )
    if not row.shown:
        return (*who, "withheld: too few", "withheld")
    return (*who, interval(row.figure), interval(row.difference))


TABLES: Mapping[str, Table] = {
    "exposure": Table(
        (
            "Therapist", "Attention", "Warranted", "Got / warranted", "Could be shown to",
            "Wishes met", "Expected fit", "Chosen by", "Accepted", "Places free",
        ),
        1,
        _exposure,
    ),
    "unmet-needs": Table(
        (
            "Asked for", "Shortage", "Clients", "As a must", "Nothing else named",
            "Offer it", "Have a place",
        ),
        2,
        _unmet,
    ),
    "profiles": Table(
        (
            "Therapist", "Blank", "Clients who asked", "Score it could add",
            "Places it could bring", "Would have been shown", "Kept from them",
        ),
        2,
        _gaps,
    ),
    "calibration": Table(("Expected", "Clients", "Expected, mean", "Found"), 1, _calibration),
    "congestion": Table(
        (
            "Therapist", "Chosen by", "Turned away", "Was full for", "Most clients",
            "Places free",
        ),
        1,
        _congestion,
    ),
    "bias": Table(("Who", "Group", "Measure", "Figure", "Less everybody else’s"), 3, _bias),
}  # fmt: skip
