"""The SQL of weightings, and of which of them is active."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, select, update

from api.auth.scope import ClinicScope
from api.db.tables import Clinic, WeightingRow
from api.db.tables.base import table_of
from api.weightings.schemas import Status

_weightings = table_of(WeightingRow)
_clinics = table_of(Clinic)


def active_id(scope: ClinicScope) -> UUID:
    """The active version, read anew: the scope's own may be out of date."""
    query = select(_clinics.c.weighting_id).where(_clinics.c.id == scope.clinic_id)
    active: UUID = scope.connection.execute(query).scalar_one()
    return active


def last_activated(scope: ClinicScope) -> datetime:
    """When a version was last made the active one."""
    query = select(func.max(_weightings.c.activated_at)).where(
        _weightings.c.clinic_id == scope.clinic_id
    )
    last: datetime = scope.connection.execute(query).scalar_one()
    return last


def by_id(scope: ClinicScope, weighting_id: UUID) -> Row[Any] | None:
    """The clinic's weighting of that id."""
    query = select(_weightings).where(
        _weightings.c.clinic_id == scope.clinic_id, _weightings.c.id == weighting_id
    )
    return scope.connection.execute(query).one_or_none()


def page(
    scope: ClinicScope, status: Status | None, active: UUID, after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Up to `limit` versions after the one named, oldest first; `active` is the active one's id."""
    query = select(_weightings).where(_weightings.c.clinic_id == scope.clinic_id)
    if status == "active":
        query = query.where(_weightings.c.id == active)
    elif status is not None:
        was_active = _weightings.c.activated_at.is_not(None)
        query = query.where(
            _weightings.c.id != active, was_active if status == "retired" else ~was_active
        )
    if after is not None:
        query = query.where(_weightings.c.id > after)
    return scope.connection.execute(query.order_by(_weightings.c.id).limit(limit)).all()


def newest_version(scope: ClinicScope) -> int:
    """The highest version number of the clinic's."""
    query = select(func.max(_weightings.c.version)).where(
        _weightings.c.clinic_id == scope.clinic_id
    )
    newest: int = scope.connection.execute(query).scalar_one()
    return newest


def insert_weighting(scope: ClinicScope, row: Mapping[str, Any]) -> None:
    """Add a version of the scope's clinic."""
    scope.connection.execute(insert(_weightings), {"clinic_id": scope.clinic_id, **row})


def set_active(scope: ClinicScope, weighting_id: UUID, now: datetime) -> None:
    """Rank with that version from the next request on."""
    scope.connection.execute(
        update(_clinics).where(_clinics.c.id == scope.clinic_id).values(weighting_id=weighting_id)
    )
    scope.connection.execute(
        update(_weightings)
        .where(_weightings.c.clinic_id == scope.clinic_id, _weightings.c.id == weighting_id)
        .values(activated_at=now)
    )
