"""Reading a clinic's weightings."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from api.auth.scope import ClinicScope
from api.http.pages import encode_cursor
from api.problems import NotFound
from api.weightings import queries
from api.weightings.schemas import WeightingOut, WeightingPage


def weighting(scope: ClinicScope, weighting_id: UUID) -> WeightingOut:
    """One version.

    Raises:
        NotFound: the clinic has none of that id.
    """
    row = queries.by_id(scope, weighting_id)
    if row is None:
        raise NotFound("The clinic has no such weighting.")
    return _shown(scope, row)


def page_of_weightings(scope: ClinicScope, limit: int, after: UUID | None) -> WeightingPage:
    """Up to `limit` versions after the one named, oldest first."""
    rows = queries.page(scope, after, limit + 1)
    items = [_shown(scope, row) for row in rows[:limit]]
    more = len(rows) > limit
    return WeightingPage(items=items, next_cursor=encode_cursor(items[-1].id) if more else None)


def _shown(scope: ClinicScope, row: Row[Any]) -> WeightingOut:
    if row.id == scope.clinic.weighting_id:
        status = "active"
    else:
        status = "retired" if row.activated_at else "draft"
    return WeightingOut.model_validate(
        {
            "id": row.id,
            "version": row.version,
            "status": status,
            **row.document,
            "note": row.note,
            "created_by": row.created_by,
            "created_at": row.created_at,
        }
    )
