"""The SQL of confirmations: whose is old, who was asked, who is leaving."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select

from api.auth.scope import ClinicScope
from api.db.tables import (
    Clinic,
    StaffTask,
    Therapist,
    TherapistAvailability,
    TherapistProfile,
)
from api.db.tables.base import table_of
from api.roster.availability.ages import Ages
from api.store.versions import holding_now

_clinics = table_of(Clinic)
_therapists = table_of(Therapist)
_profiles = table_of(TherapistProfile)
_free = table_of(TherapistAvailability)
_tasks = table_of(StaffTask)

KIND = "confirm_availability"


def to_confirm(
    scope: ClinicScope, ages: Ages, after: tuple[datetime | None, UUID] | None, limit: int
) -> Sequence[Row[Any]]:
    """Up to `limit` of those who would be ranked but for their age or have a caveat for it.

    Oldest confirmation first, then those never confirmed in the order they were added.
    """
    old = or_(_free.c.confirmed_at.is_(None), _free.c.confirmed_at < ages.doubted)
    query = (
        _named(scope)
        .where(_would_be_ranked(ages), old, *_later(after))
        .order_by(_free.c.confirmed_at.is_(None), _free.c.confirmed_at, _free.c.therapist_id)
        .limit(limit)
    )
    return scope.connection.execute(query).all()


def leaving(scope: ClinicScope, limit: int) -> Sequence[Row[Any]]:
    """Up to `limit` of those who say when they leave and hold places, the first to leave first."""
    query = (
        _named(scope)
        .where(_free.c.leaving_on.is_not(None), _free.c.held > 0)
        .order_by(_free.c.leaving_on, _free.c.therapist_id)
        .limit(limit)
    )
    return scope.connection.execute(query).all()


def gone_stale(scope: ClinicScope, ages: Ages, limit: int) -> Sequence[UUID]:
    """Up to `limit` therapists who are out for their age and of whom staff were not told since."""
    told = (
        select(_tasks.c.therapist_id, func.max(_tasks.c.opened_at).label("told_at"))
        .where(_tasks.c.clinic_id == scope.clinic_id, _tasks.c.kind == KIND)
        .group_by(_tasks.c.therapist_id)
        .subquery()
    )
    query = (
        select(_free.c.therapist_id, _free.c.confirmed_at, told.c.told_at)
        .outerjoin(told, told.c.therapist_id == _free.c.therapist_id)
        .where(
            _free.c.clinic_id == scope.clinic_id,
            _free.c.valid_to.is_(None),
            _free.c.confirmed_at < ages.stale,
            _would_be_ranked(ages),
        )
        .order_by(_free.c.confirmed_at)
    )
    untold = (
        row.therapist_id
        for row in scope.connection.execute(query)
        if row.told_at is None or row.told_at < ages.out_since(row.confirmed_at)
    )
    return [therapist_id for therapist_id, _ in zip(untold, range(limit), strict=False)]


def clinics(connection: Connection) -> Sequence[UUID]:
    """Every clinic. Ids alone, as they are of all."""
    return connection.execute(select(_clinics.c.id)).scalars().all()


def _would_be_ranked(ages: Ages) -> ColumnElement[bool]:
    staying = or_(_free.c.leaving_on.is_(None), _free.c.leaving_on > ages.last_start)
    return and_(_free.c.active, _free.c.accepting, staying)


def _later(after: tuple[datetime | None, UUID] | None) -> list[ColumnElement[bool]]:
    if after is None:
        return []
    confirmed_at, therapist_id = after
    if confirmed_at is None:
        return [_free.c.confirmed_at.is_(None), _free.c.therapist_id > therapist_id]
    same = and_(_free.c.confirmed_at == confirmed_at, _free.c.therapist_id > therapist_id)
    return [or_(_free.c.confirmed_at.is_(None), _free.c.confirmed_at > confirmed_at, same)]


def _named(scope: ClinicScope) -> Select[Any]:
    return (
        select(
            _free.c.therapist_id,
            _free.c.confirmed_at,
            _free.c.leaving_on,
            _free.c.held,
            _therapists.c.reference,
            _profiles.c.document["name"].as_string().label("name"),
        )
        .join(
            _therapists,
            and_(
                _therapists.c.clinic_id == _free.c.clinic_id,
                _therapists.c.id == _free.c.therapist_id,
            ),
        )
        .join(_profiles, holding_now(_profiles, _free.c.therapist_id))
        .where(_free.c.clinic_id == scope.clinic_id, _free.c.valid_to.is_(None))
    )
