"""A deadline that passed frees its place without anybody asking; and the thread that sees to it."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from api import steward
from api.auth.scope import ClinicScope
from api.db.database import Database
from api.db.tables import AuditRow
from api.pairings import deadlines
from api.pairings.deadlines import expire_passed
from api.steward import Steward, in_each_clinic
from tests.factories.clinics import ClinicApi, make_clinic
from tests.factories.pairings import at, chosen, database_of, held, match_of, roster, rows_of

WAIT_SECONDS = 20


def until(holds: Callable[[], bool]) -> None:
    """Wait until it holds; fail where it never does."""
    end = time.monotonic() + WAIT_SECONDS
    while not holds():
        assert time.monotonic() < end, "it never came to hold"
        time.sleep(0.01)


def test_every_clinics_deadlines_are_seen_to(
    clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinics = [clinic, make_clinic(clinic.client, "Other"), make_clinic(clinic.client, "Third")]
    asked = []
    for one in clinics:
        (therapist,) = roster(one, 1)
        asked.append((one, therapist, chosen(one, match_of(one), therapist)))
    last = max(datetime.fromisoformat(pairing["respond_by"]) for *_, pairing in asked)
    at(monkeypatch, last - timedelta(days=1))
    expire_passed(database_of(clinic))
    assert [held(one, therapist) for one, therapist, _ in asked] == [1, 1, 1]
    at(monkeypatch, last)
    expire_passed(database_of(clinic))
    assert [held(one, therapist) for one, therapist, _ in asked] == [0, 0, 0]
    for one, _therapist, pairing in asked:
        expired = [row for row in rows_of(one, AuditRow) if row["action"] == "pairing.expired"]
        assert [str(row["subject_id"]) for row in expired] == [pairing["id"]]
        # The service did it, and nobody's key.
        assert expired[0]["key_id"] is None


def test_many_deadlines_are_seen_to_a_part_at_a_time(
    clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadlines, "_AT_ONCE", 2)
    (therapist,) = roster(clinic, 1, caseload_limit=9)
    made = [chosen(clinic, match_of(clinic, f"c-{n}"), therapist) for n in range(3)]
    at(monkeypatch, datetime.fromisoformat(made[-1]["respond_by"]))
    left = []
    for _ in range(3):
        expire_passed(database_of(clinic))
        left.append(held(clinic, therapist))
    assert left == [1, 0, 0]


def test_several_workers_expire_a_pairing_once(
    clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    (therapist,) = roster(clinic, 1, caseload_limit=9)
    made = [chosen(clinic, match_of(clinic, f"c-{n}"), therapist) for n in range(4)]
    at(monkeypatch, datetime.fromisoformat(made[-1]["respond_by"]))
    threads = [threading.Thread(target=expire_passed, args=[database_of(clinic)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert held(clinic, therapist) == 0
    expired = [row for row in rows_of(clinic, AuditRow) if row["action"] == "pairing.expired"]
    assert len(expired) == len(made)


def test_one_clinics_trouble_is_not_the_others(
    clinic: ClinicApi, caplog: pytest.LogCaptureFixture
) -> None:
    other = make_clinic(clinic.client, "Other")
    done: list[UUID] = []

    def work(scope: ClinicScope) -> None:
        if scope.clinic_id == clinic.clinic_id:
            raise ValueError("a fault")
        done.append(scope.clinic_id)

    with caplog.at_level(logging.ERROR):
        in_each_clinic(database_of(clinic), [uuid4(), clinic.clinic_id, other.clinic_id], work)
    assert done == [other.clinic_id]
    # A clinic that was removed meanwhile and one that failed: both are told of.
    assert len(caplog.records) == 2


def test_the_steward_calls_every_duty_until_it_is_stopped(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steward, "LOOK_SECONDS", 0.01)
    calls: list[str] = []
    watcher = Steward(database, [lambda _: calls.append("a"), lambda _: calls.append("b")])
    watcher.start()
    until(lambda: len(calls) >= 6)
    watcher.stop()
    seen = len(calls)
    time.sleep(0.1)
    assert len(calls) == seen
    assert calls[:6] == ["a", "b", "a", "b", "a", "b"]


def test_a_duty_that_fails_is_left_alone_for_a_while_and_others_go_on(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(steward, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(steward, "FAULT_SECONDS", 0.2)
    failed: list[float] = []
    done: list[float] = []

    def failing(_database: Database) -> None:
        failed.append(time.monotonic())
        raise ValueError("a word that a client said")

    watcher = Steward(database, [failing, lambda _: done.append(time.monotonic())])
    with caplog.at_level(logging.ERROR):
        watcher.start()
        until(lambda: len(failed) >= 2)
        watcher.stop()
    assert failed[1] - failed[0] >= 0.2
    assert len(done) > len(failed)
    assert caplog.records[0].message == "duty"


def test_a_stop_does_not_wait_for_duties_not_yet_begun(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steward, "LOOK_SECONDS", 0.01)
    begun, go_on = threading.Event(), threading.Event()
    after: list[int] = []

    def slow(_database: Database) -> None:
        begun.set()
        go_on.wait(WAIT_SECONDS)

    watcher = Steward(database, [slow, lambda _: after.append(1)])
    watcher.start()
    assert begun.wait(WAIT_SECONDS)
    stopping = threading.Thread(target=watcher.stop)
    stopping.start()
    until(watcher._stopped.is_set)
    go_on.set()
    stopping.join()
    assert after == []
