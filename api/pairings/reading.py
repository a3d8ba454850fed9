"""Pairings read: one by itself, or a caseload page by page. Every read is recorded."""

from typing import Any
from uuid import UUID

from api.audit.record import record
from api.auth.roles import Role
from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.db.tables.pairings import STATUSES
from api.http.pages import encode_cursor
from api.pairings import queries
from api.pairings.answers import THERAPIST_KNOWS, listed, shown
from api.pairings.ratings.view import course_of
from api.pairings.schemas import PairingPage, PairingWithCourse
from api.problems import NotFound
from api.store.clinics import hold_clinic
from api.store.pairing_moves import expire_overdue
from api.store.pairings import existing_pairing, has_passed, overdue

# Of these a therapist has not heard yet.
NOT_ASKED = frozenset({"offered", "awaiting_staff"})


def show_pairing(scope: ClinicScope, pairing_id: UUID) -> PairingWithCourse:
    """A pairing, with how it goes as far as the caller may know.

    Raises:
        NotFound, Gone: the clinic has no such pairing, or it was erased.
    """
    now = utc_now()
    pairing = existing_pairing(scope, pairing_id)
    if scope.role is Role.THERAPIST and pairing.status in NOT_ASKED:
        raise NotFound("The clinic has no such pairing.")
    if has_passed(pairing, now):
        hold_clinic(scope)
        expire_overdue(scope, now, id=pairing_id)
    scope.unit.begin_write()
    record(scope, "pairing.read", pairing_id)
    row = queries.shown_row(scope, pairing_id)
    members = shown(scope, row, now).model_dump() | course_of(scope, row)
    return PairingWithCourse.model_validate(members)


def page_of_pairings(
    scope: ClinicScope, limit: int, after: UUID | None, of: dict[str, Any]
) -> PairingPage:
    """Up to `limit` pairings after the one named, a therapist's key being shown its own only."""
    now = utc_now()
    if overdue(scope, now, at_most=1):
        hold_clinic(scope)
        expire_overdue(scope, now)
    own = [("therapist_id", scope.subject_id)] if scope.role is Role.THERAPIST else []
    known = THERAPIST_KNOWS if scope.role is Role.THERAPIST else STATUSES
    rows = queries.page(scope, after, limit + 1, [*of.items(), *own], known)
    scope.unit.begin_write()
    record(scope, "pairings.listed", details={"items": min(len(rows), limit)})
    items = [listed(scope, row) for row in rows[:limit]]
    more = len(rows) > limit
    return PairingPage(items=items, next_cursor=encode_cursor(items[-1].id) if more else None)
