"""Intakes that led to nothing are erased after the clinic's period: a duty of the steward."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select

from api.audit.record import record
from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.db.database import Database
from api.db.tables import Client, Clinic, Departure, FitRating, Match, Pairing, StaffTask, Wait
from api.db.tables.base import table_of
from api.db.tables.pairings import WAITING
from api.steward import NowAndThen, in_each_clinic
from api.store.clinic_settings import read_settings
from api.store.clinics import hold_clinic
from api.store.erasure import erase_client, erase_intakes

# In one transaction: others of the clinic wait for it.
BATCH = 50

_clinics = table_of(Clinic)
_clients = table_of(Client)
_matches = table_of(Match)
_pairings = table_of(Pairing)
_waits = table_of(Wait)
_tasks = table_of(StaffTask)


class RetentionDuty(NowAndThen):
    """Looks at every clinic some times an hour, and goes on at once where there is more."""

    every_seconds = 600

    def look(self, database: Database) -> bool:
        """Erase a batch of each clinic's intakes that are due."""
        return erase_stale_intakes(database, utc_now()) > 0


def erase_stale_intakes(database: Database, now: datetime) -> int:
    """Erase a batch of each clinic's intakes that are due at `now`; how many went in all."""
    with database.reading() as connection:
        clinics = connection.execute(select(_clinics.c.id)).scalars().all()
    erased: list[int] = []
    in_each_clinic(database, clinics, lambda scope: erased.append(_erase_batch(scope, now)))
    return sum(erased)


def _erase_batch(scope: ClinicScope, now: datetime) -> int:
    before = now - timedelta(days=read_settings(scope).intake_retention_days)
    if not _stale(scope, before):
        return 0
    hold_clinic(scope)
    stale = _stale(scope, before)
    clients = _clients_of(scope, stale)
    erase_intakes(scope, stale, now)
    for match_id in stale:
        record(scope, "match.expired", match_id)
    for client_id in _with_nothing_left(scope, clients):
        erase_client(scope, client_id, now)
        record(scope, "client.expired", client_id)
    return len(stale)


def _stale(scope: ClinicScope, before: datetime) -> Sequence[UUID]:
    """The oldest matches from before that time which led to no pairing and to no wait that lasts.

    A wait that led to an offer is no end: the pairing names it.
    """
    waited = and_(_waits.c.clinic_id == _matches.c.clinic_id, _waits.c.match_id == _matches.c.id)
    their_waits = select(_waits.c.id).where(waited).correlate(_matches)
    paired = and_(
        _pairings.c.clinic_id == _matches.c.clinic_id,
        # By the client an index finds the few that matter.
        _pairings.c.client_id == _matches.c.client_id,
        or_(
            _pairings.c.match_id == _matches.c.id,
            _pairings.c.wait_id.in_(their_waits),
        ),
    )
    query = (
        select(_matches.c.id)
        .where(
            _matches.c.clinic_id == scope.clinic_id,
            _matches.c.created_at < before,
            ~exists().where(paired),
            ~exists().where(waited, _waits.c.status.in_(WAITING)),
        )
        .order_by(_matches.c.created_at, _matches.c.id)
        .limit(BATCH)
    )
    return scope.connection.execute(query).scalars().all()


def _clients_of(scope: ClinicScope, match_ids: Sequence[UUID]) -> set[UUID]:
    query = select(_matches.c.client_id).where(
        _matches.c.clinic_id == scope.clinic_id,
        _matches.c.id.in_(match_ids),
        _matches.c.client_id.is_not(None),
    )
    return set(scope.connection.execute(query).scalars())


def _with_nothing_left(scope: ClinicScope, client_ids: set[UUID]) -> Sequence[UUID]:
    """Those of whom there is no more than who they are, and whom they did not want to be shown."""
    tables = (_matches, _pairings, _waits, table_of(FitRating), table_of(Departure))
    of_client: list[ColumnElement[bool]] = [
        exists().where(table.c.clinic_id == scope.clinic_id, table.c.client_id == _clients.c.id)
        for table in tables
    ]
    open_task = exists().where(
        _tasks.c.clinic_id == scope.clinic_id,
        _tasks.c.client_id == _clients.c.id,
        _tasks.c.status == "open",
    )
    query = (
        select(_clients.c.id)
        .where(
            _clients.c.clinic_id == scope.clinic_id,
            _clients.c.id.in_(client_ids),
            ~or_(*of_client, open_task),
        )
        .order_by(_clients.c.id)
    )
    return scope.connection.execute(query).scalars().all()
