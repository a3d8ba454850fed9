"""Calibration: the fit expected when a match was answered, beside the fit that followed."""

import numpy as np

from api.auth.scope import ClinicScope
from api.insights.intervals import interval_out
from api.insights.reading import Answers, read_answers, staff_of
from api.insights.schemas import CalibrationPage, CalibrationRow, CalibrationSummary
from api.insights.window import Window
from api.insights.words import CALIBRATION_NOTES, window_out
from api.store.outcomes import outcomes
from matching.insights.calibration import LEAST_CLIENTS, Calibration, calibration
from matching.insights.steps import in_fives
from matching.learning.steps import STEP


def calibration_page(scope: ClinicScope, window: Window) -> CalibrationPage:
    """The page of calibration."""
    staff = staff_of(scope)
    pairs = _pairs(scope, window, read_answers(scope, window, staff), staff.place)
    found = calibration(*pairs)
    size = len(pairs[0])
    few = size < LEAST_CLIENTS
    return CalibrationPage(
        window=window_out(window),
        summary=CalibrationSummary(
            clients=in_fives(size),
            needed=LEAST_CLIENTS,
            difference=interval_out(found.difference),
            slope=interval_out(found.slope),
            coverage=interval_out(found.coverage),
            why=_why(few=few),
        ),
        rows=_rows(found),
        notes=list(CALIBRATION_NOTES),
    )


def _why(*, few: bool) -> str | None:
    if not few:
        return None
    return (
        f"Too few pairs have both an expected fit and a rating that may be learned from: at least"
        f" {LEAST_CLIENTS} clients are needed."
    )


def _pairs(
    scope: ClinicScope, window: Window, answers: Answers, place: dict[str, int]
) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], ...]:
    """Expected, low, high and found of one pair a client, in whole steps of five clients."""
    followed = outcomes(scope, window.ids)
    rows: dict[int, tuple[float, ...]] = {}
    for number, id_ in enumerate(window.ids):
        outcome = followed.get(id_)
        if outcome is None or outcome.fit is None:
            continue
        told = answers.expected[number].get(place[str(outcome.therapist_id)])
        if told is not None:
            rows.setdefault(int(window.clients[number]), (*told, outcome.fit))
    whole = len(rows) // STEP * STEP
    table = np.array(list(rows.values())[:whole], np.float64).reshape(-1, 4)
    return tuple(table.T)


def _rows(found: Calibration) -> list[CalibrationRow]:
    return [
        CalibrationRow(
            expected_from=round(one.low, 2),
            expected_to=round(one.high, 2),
            clients=in_fives(one.pairs) or 0,
            expected=round(one.expected, 2),
            found=interval_out(one.found, 2),
        )
        for one in found.bins
    ]
