"""Which blank fields of which profiles cost their therapists most."""

from collections.abc import Iterator

import numpy as np

from api.auth.scope import ClinicScope
from api.insights.reading import Staff, named, read_again, read_answers, rounded, staff_of
from api.insights.schemas import GapPage, GapRow, GapSummary
from api.insights.window import Window
from api.insights.words import GAP_NOTES, window_out
from matching.insights.steps import in_fives
from matching.insights.tally import FIELDS, Distinct, Tally


def gap_page(scope: ClinicScope, window: Window) -> GapPage:
    """The page of profiles."""
    staff = staff_of(scope)
    tally = read_again(scope, window, staff, read_answers(scope, window, staff))
    rows = sorted(_rows(staff, tally), key=_cost)
    return GapPage(
        window=window_out(window),
        summary=GapSummary(therapists=len({row.therapist.id for row in rows})),
        rows=rows,
        notes=list(GAP_NOTES),
    )


def _cost(row: GapRow) -> tuple[float, float, str, str]:
    lost = row.clients * (row.not_shown or 0) + (row.shut_out or 0)
    return (-lost, -row.clients * (row.places or 0), row.therapist.reference, row.field)


def _rows(staff: Staff, tally: Tally) -> Iterator[GapRow]:
    of_dimensions = {FIELDS[name]: gap for name, gap in tally.gaps.items()}
    for field in sorted({*of_dimensions, *tally.shut}):
        met, shut = of_dimensions.get(field), tally.shut.get(field)
        nobody = np.zeros(len(staff))
        clients = met.clients() if met else nobody
        kept_out = shut.clients() if shut else nobody
        means = _means(met) if met else []
        for place in range(len(staff)):
            asked, out = in_fives(clients[place]), in_fives(kept_out[place])
            if asked is None and out is None:
                continue
            figures = [rounded(mean[place]) for mean in means] if asked else [None] * 3
            yield GapRow(
                therapist=named(staff, place),
                field=field,
                clients=asked or 0,
                places=figures[0],
                score=figures[1],
                not_shown=figures[2],
                shut_out=out,
            )


def _means(gap: Distinct) -> list[np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    matches = np.maximum(gap.matches(), 1)
    return [total / matches for total in gap.sums()]
