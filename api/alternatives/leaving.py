"""The therapist who is left: as they tell it, as clients met them, and as this client did."""

from uuid import UUID

from sqlalchemy import select

from api.auth.scope import ClinicScope
from api.db.tables import FitRating
from api.db.tables.base import table_of
from api.db.tables.ratings import SEEN_COLUMNS
from api.ranking.answering import Basis
from api.store.models import learned_on
from matching.leaving import LeavingTherapist
from matching.profile import StyleAxes

_ratings = table_of(FitRating)


def leaving_therapist(
    scope: ClinicScope, basis: Basis, pairing_id: UUID, therapist_id: UUID
) -> LeavingTherapist:
    """What is known of the therapist who is being left, and how the two met last."""
    seen, met_by = _last_said(scope, pairing_id)
    return LeavingTherapist.on(
        basis.compiled.roster,
        str(therapist_id),
        learned_on(scope, basis.model, basis.compiled) if basis.model else None,
        seen=seen,
        format=met_by,
    )


def _last_said(scope: ClinicScope, pairing_id: UUID) -> tuple[StyleAxes, str | None]:
    """Of each axis what the client said last: less (−1), right (0), more (1); and the format."""
    columns = (*(_ratings.c[name] for name in SEEN_COLUMNS), _ratings.c.format)
    query = (
        select(*columns)
        .where(_ratings.c.clinic_id == scope.clinic_id, _ratings.c.pairing_id == pairing_id)
        .order_by(_ratings.c.session_number)
    )
    last: list[float | None] = [None] * len(SEEN_COLUMNS)
    met_by: str | None = None
    for *seen, format_ in scope.connection.execute(query):
        last = [before if now is None else now for now, before in zip(seen, last, strict=True)]
        met_by = format_ or met_by
    return (last[0], last[1], last[2], last[3]), met_by
