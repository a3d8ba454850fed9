"""Who is seen: each therapist's share of attention, beside what fit warrants and their room."""

from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from api.auth.scope import ClinicScope
from api.insights import queries
from api.insights.choices import Choices
from api.insights.reading import (
    Answers,
    Staff,
    behind,
    named,
    read_again,
    read_answers,
    rounded,
    staff_of,
)
from api.insights.schemas import ExposurePage, ExposureRow, ExposureSummary
from api.insights.window import Window
from api.insights.words import EXPOSURE_NOTES, window_out
from matching.attention import attention
from matching.insights.evenness import gini
from matching.insights.steps import in_fives
from matching.insights.suppression import publishable
from matching.insights.tally import Tally

# Of fewer, how far somebody's attention falls short says little.
_LEAST_REQUESTS = 10
_HALF = 0.5

_Floats = NDArray[np.float64]


def exposure_page(scope: ClinicScope, window: Window) -> ExposurePage:
    """The page of exposure."""
    staff = staff_of(scope)
    answers = read_answers(scope, window, staff)
    tally = read_again(scope, window, staff, answers)
    figures = _figures(window, staff, answers, tally, Choices.of(scope, window, staff))
    free = queries.availability_now(scope)
    rows = [
        ExposureRow(
            therapist=named(staff, place),
            **{name: column[place] for name, column in figures.items()},
            **places_of(free.get(UUID(id_))),
        )
        for place, id_ in enumerate(staff.ids)
    ]
    rows.sort(key=lambda row: (-(row.attention or 0), row.therapist.reference))
    return ExposurePage(
        window=window_out(window), summary=_summary(tally), rows=rows, notes=list(EXPOSURE_NOTES)
    )


def seen(window: Window, staff: Staff, answers: Answers) -> tuple[_Floats, _Floats]:
    """The attention that each therapist got, and how many clients were shown them: (staff,) both.

    Of the matches that stand for their clients: one who comes again and again is one.

    What stood at a rank was seen at that rank, so attention is counted as it fell; its chances are
    in the order that was drawn, not beside it.
    """
    got = np.zeros(len(staff))
    lists = [answers.shown[number] for number in window.counted]
    for shown in lists:
        got[shown] += attention(shown.size)
    clients = np.repeat(window.clients[window.counted], [shown.size for shown in lists])
    places = np.concatenate([*lists, np.zeros(0, np.intp)])
    return got, behind(clients, places.tolist(), len(staff))


def places_of(row: Any) -> dict[str, int | None]:
    """A therapist's limit and free places now, None for no limit."""
    if row is None or row.caseload_limit is None:
        return {"caseload_limit": None, "places_free": None}
    taken = row.caseload + row.held
    return {
        "caseload_limit": row.caseload_limit,
        "places_free": max(0, row.caseload_limit - taken),
    }


def _figures(
    window: Window, staff: Staff, answers: Answers, tally: Tally, choices: Choices
) -> dict[str, list[Any]]:
    got, shown_to = seen(window, staff, answers)
    # Shares sum to 1, so a withheld one must not be what is left.
    each = np.eye(len(staff), dtype=np.bool_)
    known = publishable(each, shown_to, with_total=True) | (shown_to == 0)
    share = np.where(known, got / max(got.sum(), 1e-12), np.nan)
    clients = tally.eligible.clients()
    few = ~publishable(each, clients, with_total=True)
    sums = list(tally.eligible.sums()) or [np.zeros(len(staff))] * 6
    warranted, received, preference, with_wish, expected, with_model = sums
    with np.errstate(divide="ignore", invalid="ignore"):
        columns = {
            "attention": share,
            "preference_fit": np.where(few, np.nan, preference / with_wish),
            "expected_fit": np.where(few, np.nan, expected / with_model),
            "warranted": np.where(few, np.nan, warranted / warranted.sum()),
            "ratio": np.where(few, np.nan, received / warranted),
            "acceptance": choices.acceptance(),
        }
    return {
        **{name: [rounded(value) for value in column] for name, column in columns.items()},
        "eligible_clients": [in_fives(count) for count in clients],
        "chosen_by": [in_fives(count) for count in choices.chosen_by()],
    }


def _summary(tally: Tally) -> ExposureSummary:
    sums = list(tally.eligible.sums())
    if not sums:
        return ExposureSummary(gini=None, gini_of_warranted=None, below_half=None)
    warranted, received = sums[:2]
    matches = tally.eligible.matches()
    often = (matches >= _LEAST_REQUESTS) & (warranted > 0)
    short = received[often] <= _HALF * warranted[often]
    even, fair = (gini(amount[matches > 0]) for amount in (received, warranted))
    return ExposureSummary(
        gini=None if even is None else rounded(even),
        gini_of_warranted=None if fair is None else rounded(fair),
        below_half=rounded(float(short.mean())) if often.any() else None,
    )
