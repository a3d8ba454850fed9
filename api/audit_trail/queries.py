"""The SQL of reading the trail page by page, and of finding what is to be sealed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, func, literal, or_, select

from api.audit.rows import first_id_of
from api.audit_trail.schemas import AuditFilter
from api.auth.scope import ClinicScope
from api.db.tables import AuditRow, AuditSeal, Clinic
from api.db.tables.base import table_of

_rows = table_of(AuditRow)
_seals = table_of(AuditSeal)
_clinics = table_of(Clinic)
_NO_ID = UUID(int=0)
# An id is made in the moment of its row; so far apart only where a clock was set in between.
_APART = timedelta(days=1)


def page(
    scope: ClinicScope, wanted: AuditFilter, after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Up to `limit` rows after the one named, in the order that is wanted."""
    query = select(_rows).where(_rows.c.clinic_id == scope.clinic_id, *_wanted(wanted))
    oldest_first = wanted.order == "oldest"
    if after is not None:
        query = query.where(_rows.c.id > after if oldest_first else _rows.c.id < after)
    query = query.order_by(_rows.c.id if oldest_first else _rows.c.id.desc())
    return scope.connection.execute(query.limit(limit)).all()


def _wanted(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    where = [
        _rows.c[name] == value
        for name in ("action", "subject_id", "key_id")
        if (value := getattr(wanted, name)) is not None
    ]
    # By the id too, since the rows lie in its order.
    if wanted.since is not None:
        where += [_rows.c.at >= wanted.since, _rows.c.id >= first_id_of(wanted.since - _APART)]
    if wanted.until is not None:
        where += [_rows.c.at < wanted.until, _rows.c.id < first_id_of(wanted.until + _APART)]
    return where


def clinics_to_seal(
    connection: Connection, now: datetime, lately: timedelta, late: timedelta
) -> Sequence[UUID]:
    """The clinics with rows newer than their last seal, or whose last seal is younger than `late`.

    Those sealed within `lately` are left out. The one query over all clinics: who looks for work
    cannot know whose it is. It reads ids and times only.
    """
    every = _seals.alias()
    newest_seal = select(func.max(every.c.number)).where(every.c.clinic_id == _clinics.c.id)
    last = and_(
        _seals.c.clinic_id == _clinics.c.id,
        _seals.c.number == newest_seal.correlate(_clinics).scalar_subquery(),
    )
    newest = func.coalesce(_seals.c.latest, literal(_NO_ID, _rows.c.id.type))
    newer = exists().where(_rows.c.clinic_id == _clinics.c.id, _rows.c.id > newest)
    # A time ahead of now is that of a clock which was set back: not lately.
    sealed_lately = and_(_seals.c.sealed_at > now - lately, _seals.c.sealed_at <= now)
    query = (
        select(_clinics.c.id)
        .select_from(_clinics.outerjoin(_seals, last))
        .where(
            or_(_seals.c.number.is_(None), ~sealed_lately),
            or_(newer, _seals.c.sealed_at > now - late),
        )
        .order_by(_clinics.c.id)
    )
    return connection.execute(query).scalars().all()


def every_clinic(connection: Connection) -> Sequence[UUID]:
    """The id of every clinic of the installation."""
    return connection.execute(select(_clinics.c.id).order_by(_clinics.c.id)).scalars().all()
