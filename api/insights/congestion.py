"""Congestion: who is wanted by more than they have room for, and how long clients wait."""

from uuid import UUID

import numpy as np

from api.auth.scope import ClinicScope
from api.insights import queries
from api.insights.choices import Choices
from api.insights.exposure import places_of
from api.insights.reading import named, read_again, read_answers, rounded, staff_of
from api.insights.schemas import CongestionPage, CongestionRow, CongestionSummary
from api.insights.unmet import emptied_by
from api.insights.window import Window
from api.insights.words import CONGESTION_NOTES, window_out
from matching.insights.steps import in_fives, numbers_by_quarter, quarter_of, steps_within


def congestion_page(scope: ClinicScope, window: Window) -> CongestionPage:
    """The page of congestion."""
    staff = staff_of(scope)
    answers = read_answers(scope, window, staff)
    choices = Choices.of(scope, window, staff)
    full = read_again(scope, window, staff, answers).full.clients()
    free = queries.availability_now(scope)
    counts = zip(choices.chosen_by(), choices.declined_full(), full, strict=True)
    rows = [
        CongestionRow(
            therapist=named(staff, place),
            requested_by=in_fives(requested),
            declined_full=in_fives(declined),
            full_for=in_fives(full_for),
            **places_of(free.get(UUID(staff.ids[place]))),
        )
        for place, (requested, declined, full_for) in enumerate(counts)
    ]
    rows.sort(key=_pressed)
    days = choices.days_to_acceptance(window)
    waiting, waited = _waits(scope, window)
    nobody = float((answers.eligible == 0).mean()) if answers.eligible.size else np.nan
    return CongestionPage(
        window=window_out(window),
        summary=CongestionSummary(
            days_to_acceptance=rounded(np.median(days), 1) if days.size else None,
            waiting_now=waiting,
            days_waited=waited,
            with_nobody=rounded(nobody),
            because=emptied_by(window, answers),
        ),
        rows=rows,
        notes=list(CONGESTION_NOTES),
    )


def _pressed(row: CongestionRow) -> tuple[int, int, str]:
    turned_away = (row.full_for or 0) + (row.declined_full or 0)
    return (-turned_away, -(row.requested_by or 0), row.therapist.reference)


def _waits(scope: ClinicScope, window: Window) -> tuple[int | None, float | None]:
    """Clients who wait, and the median days of those placed, in whole steps of five clients.

    Steps are counted from the beginning of each quarter, in the order in which places were found:
    counted from `since` on, moving it would tell each wait from the others.
    """
    since = window.since
    rows = queries.waits_since(scope, since and quarter_of(since), window.until)
    waiting = {row.client_id for row in rows if row.status in {"waiting", "offered"}}
    placed = [row for row in rows if row.status == "placed" and row.closed_at < window.until]
    asked = np.array([since is None or row.closed_at >= since for row in placed], np.bool_)
    numbers = numbers_by_quarter(
        [row.closed_at for row in placed], [row.client_id for row in placed]
    )
    days = [
        (placed[place].closed_at - placed[place].since).total_seconds() / 86_400
        for place in np.flatnonzero(steps_within(numbers, asked))
    ]
    return in_fives(len(waiting)), rounded(np.median(days), 1) if days else None
