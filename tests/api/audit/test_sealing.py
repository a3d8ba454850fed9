"""Sealing: every row once, in a chain, whoever seals and in whatever order rows commit."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from api.audit import sealing
from api.audit.digests import entries_of
from api.audit.seals import Seal, last_seal, seal_after, seals_of
from api.audit_trail.duty import SealingDuty, seal_due
from api.clinics.creation import create_clinic
from api.clock import utc_now
from api.db.database import Database
from api.db.tables import AuditRow
from api.db.tables.base import table_of
from tests.factories.audit import add_rows, said, sealed, slip_in, verified
from tests.factories.clock import moved_clock


def chain(database: Database, clinic_id: UUID) -> list[Seal]:
    def seals() -> Iterator[Seal]:
        number = 0
        with database.reading() as connection:
            while seal := seal_after(connection, clinic_id, number):
                yield seal
                number = seal.number

    return list(seals())


def ids_in(seals: list[Seal]) -> list[UUID]:
    return [row_id for seal in seals for row_id, _ in entries_of(seal.entries)]


def all_ids(database: Database, clinic_id: UUID) -> list[UUID]:
    rows = table_of(AuditRow)
    with database.reading() as connection:
        query = select(rows.c.id).where(rows.c.clinic_id == clinic_id).order_by(rows.c.id)
        return list(connection.execute(query).scalars())


def test_every_row_is_sealed_once_and_in_order(
    database: Database, clinic_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "MOST_ROWS", 4)
    assert sealed(database, clinic_id) == 0
    add_rows(database, clinic_id, 10)
    assert sealed(database, clinic_id) == 10
    add_rows(database, clinic_id, 3)
    assert sealed(database, clinic_id) == 3
    assert sealed(database, clinic_id) == 0
    seals = chain(database, clinic_id)
    assert [seal.rows for seal in seals] == [4, 4, 2, 3]
    assert ids_in(seals) == all_ids(database, clinic_id)
    verdict = verified(database, clinic_id)
    assert (verdict.seals, verdict.rows, verdict.waiting) == (4, 13, 0)
    assert said(verdict) == set()


def test_a_row_that_commits_late_goes_into_a_later_seal(
    database: Database, clinic_id: UUID
) -> None:
    add_rows(database, clinic_id, 3)
    sealed(database, clinic_id)
    late = slip_in(database, clinic_id, sealing.LOOK_BACK / 2)
    assert sealed(database, clinic_id) == 1
    add_rows(database, clinic_id, 1)
    assert sealed(database, clinic_id) == 1
    assert ids_in(chain(database, clinic_id)[1:2]) == [late]
    assert said(verified(database, clinic_id)) == set()
    with database.reading() as connection:
        ids = all_ids(database, clinic_id)
        found = seals_of(connection, clinic_id, ids)
    assert [found[one] for one in ids] == [2, 1, 1, 1, 3]


def test_a_row_later_than_sealing_looks_back_is_never_sealed_and_said_to_be(
    database: Database, clinic_id: UUID
) -> None:
    add_rows(database, clinic_id, 3)
    sealed(database, clinic_id)
    late = slip_in(database, clinic_id, sealing.LOOK_BACK + timedelta(seconds=5))
    assert sealed(database, clinic_id) == 0
    assert said(verified(database, clinic_id)) == {("row_never_sealed", None, late)}


@pytest.mark.parametrize("ahead", [timedelta(hours=3), timedelta(days=-3)])
def test_a_clock_that_was_wrong_for_a_while_hides_no_row(
    database: Database, clinic_id: UUID, ahead: timedelta
) -> None:
    add_rows(database, clinic_id, 2)
    sealed(database, clinic_id)
    with moved_clock() as clock:
        clock.ahead = ahead
        slip_in(database, clinic_id, timedelta())
        sealed(database, clinic_id)
    add_rows(database, clinic_id, 2)
    assert sealed(database, clinic_id) == 2
    assert sorted(ids_in(chain(database, clinic_id))) == all_ids(database, clinic_id)


def test_many_who_seal_at_once_make_one_chain(
    database: Database, clinic_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "MOST_ROWS", 5)

    def work(_: int) -> None:
        add_rows(database, clinic_id, 7)
        sealed(database, clinic_id)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(12)))
    sealed(database, clinic_id)
    seals = chain(database, clinic_id)
    assert [seal.number for seal in seals] == list(range(1, len(seals) + 1))
    assert sorted(ids_in(seals)) == all_ids(database, clinic_id)
    assert len(ids_in(seals)) == 84
    assert said(verified(database, clinic_id)) == set()


def test_the_duty_seals_each_clinic_and_tells_the_head(
    database: Database, clinic_id: UUID, caplog: pytest.LogCaptureFixture
) -> None:
    with database.writing() as connection:
        other, idle = create_clinic(connection, "Other"), create_clinic(connection, "Idle")
    add_rows(database, clinic_id, 2)
    add_rows(database, other, 3)
    with caplog.at_level(logging.INFO, "rapport.audit"):
        SealingDuty()(database)
    assert [len(chain(database, one)) for one in (clinic_id, other, idle)] == [1, 1, 0]
    with database.reading() as connection:
        head = last_seal(connection, other)
    assert head is not None
    told = [vars(line) for line in caplog.records if line.getMessage() == "audit sealed"]
    assert (str(other), 1, 3, head.digest.hex()) in [
        (one["clinic_id"], one["number"], one["rows"], one["digest"]) for one in told
    ]


def test_the_duty_leaves_what_was_sealed_a_moment_ago_and_finds_late_rows(
    database: Database, clinic_id: UUID
) -> None:
    add_rows(database, clinic_id, 1)
    sealed(database, clinic_id)
    slip_in(database, clinic_id, sealing.LOOK_BACK / 2)
    seal_due(database, utc_now())
    assert len(chain(database, clinic_id)) == 1
    seal_due(database, utc_now() + timedelta(minutes=1))
    assert len(chain(database, clinic_id)) == 2
