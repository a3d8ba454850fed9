"""Whose next rating is due."""

from uuid import UUID

from api.audit.record import record
from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.http.pages import encode_cursor
from api.pairings.ratings import queries
from api.pairings.ratings.asking import meet_remotely, next_rating, session_interval
from api.pairings.ratings.schemas import DuePage, DueRating, Named


def page_of_due(scope: ClinicScope, limit: int, after: UUID | None) -> DuePage:
    """Up to `limit` active pairings after the one named, with the items to ask."""
    until = utc_now() - session_interval(scope)
    rows = queries.due(scope, until, after, limit + 1)
    shown, more = rows[:limit], len(rows) > limit
    met = queries.formats_met(scope, [row.id for row in shown])
    items = []
    for row in shown:
        remote = meet_remotely(met.get(row.id, ()), row.request)
        asked = next_rating(scope, row.last_session, row.since, remote=remote)
        items.append(
            DueRating(
                **asked.model_dump(),
                pairing_id=row.id,
                client=Named(id=row.client_id, reference=row.client_reference),
                therapist=Named(id=row.therapist_id, reference=row.therapist_reference),
            )
        )
    scope.unit.begin_write()
    record(scope, "ratings_due.listed", details={"items": len(items)})
    return DuePage(items=items, next_cursor=encode_cursor(shown[-1].id) if more else None)
