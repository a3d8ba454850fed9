"""The thread that sends: begins, goes on whatever happens, and ends when asked."""

import time
from collections.abc import Callable

import pytest

from api.events import sender
from api.events.sender import Sender
from api.settings import Settings
from tests.api.events.conftest import Stage


def wait_for(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_it_sends_and_goes_on_after_a_fault(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sender, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(sender, "_FAULT_SECONDS", 0.02)
    allowed = Settings(webhook_hosts=stage.receiver.host, webhook_private=True)
    made = Sender(stage.database, allowed)
    real, faults = made._dispatcher.send_due, [ZeroDivisionError("zqcanary7x")]

    def send_due(stopped: Callable[[], bool]) -> int:
        if faults:
            raise faults.pop()
        return real(stopped)

    monkeypatch.setattr(made._dispatcher, "send_due", send_due)
    stage.hook()
    stage.clinic.match()
    made.start()
    wait_for(lambda: len(stage.receiver.received) == 1)
    made.stop()
    assert faults == []
    told = [record for record in caplog.records if record.name == "rapport.events"]
    assert [record.exc_info is not None for record in told] == [True]
    stage.clinic.match()
    time.sleep(0.2)
    assert len(stage.receiver.received) == 1


def test_a_host_taken_off_the_list_gets_nothing_more(stage: Stage) -> None:
    webhook = stage.hook()
    stage.clinic.match()
    made = Sender(stage.database, Settings(webhook_hosts="hooks.example.org"))
    assert made._dispatcher.send_due() == 1
    assert stage.receiver.received == []
    assert stage.deliveries(webhook)[0]["last_failure"] == "host_not_allowed"
