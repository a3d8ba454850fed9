"""The SQL of weightings."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from api.auth.scope import ClinicScope
from api.db.tables import WeightingRow
from api.db.tables.base import table_of

_weightings = table_of(WeightingRow)


def by_id(scope: ClinicScope, weighting_id: UUID) -> Row[Any] | None:
    """The clinic's weighting of that id."""
    query = select(_weightings).where(
        _weightings.c.clinic_id == scope.clinic_id, _weightings.c.id == weighting_id
    )
    return scope.connection.execute(query).one_or_none()


def page(scope: ClinicScope, after: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """Up to `limit` versions after the one named, oldest first."""
    query = select(_weightings).where(_weightings.c.clinic_id == scope.clinic_id)
    if after is not None:
        query = query.where(_weightings.c.id > after)
    return scope.connection.execute(query.order_by(_weightings.c.id).limit(limit)).all()
