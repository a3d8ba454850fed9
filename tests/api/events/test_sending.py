"""Sent, signed, in order, again where it was not taken, and given up in the end."""

import json
import logging
import socket
import threading
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from api.clock import utc_now
from api.events.attempt import Outcome, Post
from api.events.destinations import AllowedHosts
from api.events.dispatch import LEASE, REST, Dispatcher
from api.events.retention import KEPT_FOR, drop_old_events
from api.events.settling import DELAYS, JITTER
from tests.api.events.conftest import Stage
from tests.api.events.receiver import is_signed
from tests.factories.barrage import echoed


class KilledError(BaseException):
    """The end of a process, as the code in it sees it."""


def match_ids(stage: Stage) -> list[str]:
    return [json.loads(one.body)["data"]["match_id"] for one in stage.receiver.received]


def test_what_is_sent_is_signed_and_whole(stage: Stage) -> None:
    webhook = stage.hook()
    stage.clinic.match(client={"reference": "c-1"})
    before = utc_now()
    assert stage.dispatcher.send_due() == 1
    (request,) = stage.receiver.received
    assert is_signed(request, webhook["secret"])
    assert not is_signed(request, stage.hook()["secret"])
    assert request.path == "/in?token=zqcanary7x"
    assert request.headers["host"] == stage.receiver.host
    assert request.headers["content-type"] == "application/json"
    assert abs(int(request.headers["webhook-timestamp"]) - before.timestamp()) < 30
    body = json.loads(request.body)
    assert body["id"] == request.id
    assert body["clinic_id"] == str(stage.clinic.clinic_id)
    assert datetime.fromisoformat(body["created_at"]) <= utc_now()
    (delivery,) = stage.deliveries(webhook)
    assert (delivery["status"], delivery["last_status"], delivery["attempts"]) == (
        "delivered",
        200,
        1,
    )
    assert delivery["next_try_at"] is delivery["last_failure"] is None
    assert stage.clinic.get(f"/v1/webhooks/{webhook['id']}").json()["delivered_at"]
    assert stage.later(days=3) == 0


def test_events_come_in_the_order_in_which_they_happened(stage: Stage) -> None:
    stage.hook()
    matches = [stage.clinic.match()["id"] for _ in range(12)]
    assert stage.dispatcher.send_due() == 12
    assert match_ids(stage) == matches


def test_a_ping_is_sent_as_an_event_is(stage: Stage) -> None:
    webhook = stage.hook(events=["task.opened"])
    other = stage.hook()
    asked = stage.clinic.post(f"/v1/webhooks/{webhook['id']}/test")
    assert asked.status_code == 202
    stage.dispatcher.send_due()
    (request,) = stage.receiver.received
    assert request.id == asked.json()["event_id"]
    assert is_signed(request, webhook["secret"])
    body = json.loads(request.body)
    assert (body["type"], body["data"]) == ("ping", {"webhook_id": webhook["id"]})
    assert stage.deliveries(other) == []


def test_what_is_not_taken_is_sent_again_at_stated_times(stage: Stage) -> None:
    webhook = stage.hook(events=["match.created"])
    stage.receiver.statuses = [500]
    stage.clinic.match()
    assert stage.dispatcher.send_due() == 1
    for number, delay in enumerate(DELAYS, start=1):
        (delivery,) = stage.deliveries(webhook)
        assert (delivery["status"], delivery["attempts"]) == ("waiting", number)
        assert (delivery["last_status"], delivery["last_failure"]) == (500, "status")
        assert stage.later(seconds=delay.total_seconds() - 5) == 0
        assert stage.later(seconds=5) == 1
    assert len(stage.receiver.received) == len(DELAYS) + 1
    assert len(set(stage.receiver.ids)) == 1
    assert len({one.body for one in stage.receiver.received}) == 1
    assert stage.deliveries(webhook)[0]["status"] == "given_up"
    assert stage.later(days=10) == 0


def test_each_attempt_is_signed_with_its_own_time(stage: Stage) -> None:
    webhook = stage.hook()
    stage.receiver.statuses = [500, 204]
    stage.clinic.match()
    stage.dispatcher.send_due()
    assert stage.later(minutes=1) == 1
    first, second = stage.receiver.received
    assert is_signed(second, webhook["secret"])
    times = [int(one.headers["webhook-timestamp"]) for one in (first, second)]
    assert times[1] - times[0] >= 60


def test_a_webhook_that_takes_nothing_is_given_up_and_staff_are_told(stage: Stage) -> None:
    webhook = stage.hook(events=["match.created"])
    told = stage.hook(events=["task.opened"])
    stage.receiver.statuses = [500]
    stage.clinic.match()
    stage.dispatcher.send_due()
    for delay in DELAYS:
        stage.later(seconds=delay.total_seconds())
    assert stage.clinic.get(f"/v1/webhooks/{webhook['id']}").json()["status"] == "paused"
    (task,) = stage.clinic.get("/v1/tasks", params={"kind": "webhook_failing"}).json()["items"]
    assert task["status"] == "open"
    assert [one["type"] for one in stage.deliveries(told)] == ["task.opened"]
    # What happens meanwhile is held; made active, it gets all of it, the oldest first.
    late = stage.clinic.match()
    stage.receiver.statuses = [200]
    stage.receiver.received.clear()
    stage.change(f"/v1/webhooks/{told['id']}", {"active": False})
    assert stage.later(days=1) == 0
    stage.change(f"/v1/webhooks/{webhook['id']}", {"active": True})
    assert stage.later(seconds=0) == 2
    assert match_ids(stage)[1] == late["id"]
    assert {one["status"] for one in stage.deliveries(webhook)} == {"delivered"}


def test_one_event_that_is_not_taken_holds_no_other_up(stage: Stage) -> None:
    webhook = stage.hook(events=["match.created"])
    stage.receiver.statuses = [500, 200]
    first, second = stage.clinic.match()["id"], stage.clinic.match()["id"]
    assert stage.dispatcher.send_due() == 2
    assert match_ids(stage) == [first, second]
    stage.receiver.statuses = [500]
    for delay in DELAYS:
        stage.later(seconds=delay.total_seconds())
    states = [one["status"] for one in stage.deliveries(webhook)]
    assert states == ["delivered", "given_up"]
    # It took what came after the first: it is not paused, but staff are told.
    assert stage.clinic.get(f"/v1/webhooks/{webhook['id']}").json()["status"] == "active"
    assert len(stage.clinic.get("/v1/tasks").json()["items"]) == 1


def test_one_that_is_gone_is_paused_at_once(stage: Stage) -> None:
    webhook = stage.hook()
    stage.clinic.match()
    stage.dispatcher.send_due()
    stage.receiver.statuses = [410]
    stage.clinic.match()
    assert stage.dispatcher.send_due() == 1
    assert stage.clinic.get(f"/v1/webhooks/{webhook['id']}").json()["status"] == "paused"
    assert "given_up" in [one["status"] for one in stage.deliveries(webhook)]


@pytest.mark.parametrize("status", [301, 302, 307, 308, 304, 404, 429, 503])
def test_no_other_answer_counts_as_taken_and_none_is_followed(stage: Stage, status: int) -> None:
    webhook = stage.hook()
    stage.receiver.statuses = [status]
    stage.receiver.extra = {"Location": stage.receiver.url}
    stage.clinic.match()
    assert stage.dispatcher.send_due() == 1
    assert len(stage.receiver.received) == 1
    (delivery,) = stage.deliveries(webhook)
    assert (delivery["status"], delivery["last_status"]) == ("waiting", status)


def test_one_that_does_not_answer_is_left_alone_for_a_while(stage: Stage) -> None:
    webhook = stage.hook()
    for _ in range(3):
        stage.clinic.match()
    address = stage.receiver.server.server_address
    stage.receiver.server.shutdown()
    stage.receiver.server.server_close()
    # Held, so that no other test's server answers at this port.
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(address)
        assert stage.dispatcher.send_due() == 1
    assert stage.deliveries(webhook)[-1]["last_failure"] == "connection_failed"
    assert stage.later(seconds=REST.total_seconds() - 3) == 0
    assert stage.later(seconds=4) == 1


def test_what_was_taken_can_be_sent_again_under_its_id(stage: Stage) -> None:
    webhook = stage.hook()
    stage.clinic.match()
    stage.dispatcher.send_due()
    (delivery,) = stage.deliveries(webhook)
    path = f"/v1/webhooks/{webhook['id']}/deliveries/{delivery['event_id']}/retry"
    asked = stage.clinic.post(path)
    assert (asked.status_code, asked.json()["status"]) == (202, "waiting")
    assert stage.dispatcher.send_due() == 1
    first, second = stage.receiver.received
    assert (first.id, first.body) == (second.id, second.body)


def test_killed_between_sending_and_noting_it_is_sent_again_under_its_id(stage: Stage) -> None:
    webhook = stage.hook()
    stage.clinic.match()
    real = stage.dispatcher._post

    class Dies(Post):
        def __call__(self, url: str, headers: object, body: bytes) -> Outcome:
            real(url, headers, body)  # type: ignore[arg-type]
            raise KilledError

    hosts = AllowedHosts(stage.receiver.host, private=True)
    killed = Dispatcher(stage.database, Dies(hosts), now=stage.clock)
    with pytest.raises(KilledError):
        killed.send_due()
    assert len(stage.receiver.received) == 1
    # Whoever was killed may yet be at work, for all that others know.
    assert stage.later(seconds=LEASE.total_seconds() - 5) == 0
    assert stage.later(seconds=6) == 1
    first, second = stage.receiver.received
    assert (first.id, first.body) == (second.id, second.body)
    assert is_signed(second, webhook["secret"])
    assert [one["status"] for one in stage.deliveries(webhook)] == ["delivered"]


def test_several_senders_send_each_event_once_and_in_order(stage: Stage) -> None:
    for _ in range(2):
        stage.hook()
    matches = [stage.clinic.match()["id"] for _ in range(8)]
    failures: list[BaseException] = []

    def send() -> None:
        try:
            for _ in range(6):
                stage.dispatcher.send_due()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(stage.receiver.received) == 16
    seen = match_ids(stage)
    assert [seen.count(match_id) for match_id in matches] == [2] * 8
    firsts = sorted(matches, key=seen.index)
    assert firsts == matches


def test_a_result_that_comes_late_changes_nothing(stage: Stage) -> None:
    webhook = stage.hook()
    stage.clinic.match()
    real = stage.dispatcher._post

    class Slow(Post):
        def __call__(self, url: str, headers: object, body: bytes) -> Outcome:
            real(url, headers, body)  # type: ignore[arg-type]
            # Meanwhile the lease has ended, and somebody else has sent it.
            assert stage.later(seconds=LEASE.total_seconds() + 1) == 1
            return Outcome(410, "status")

    hosts = AllowedHosts(stage.receiver.host, private=True)
    assert Dispatcher(stage.database, Slow(hosts), now=stage.clock).send_due() == 1
    (delivery,) = stage.deliveries(webhook)
    assert (delivery["status"], delivery["attempts"]) == ("delivered", 1)
    assert delivery["last_failure"] is None
    assert stage.clinic.get(f"/v1/webhooks/{webhook['id']}").json()["status"] == "active"
    assert stage.later(days=1) == 0


def test_no_address_and_nothing_sent_is_in_a_log(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.hook()
    stage.receiver.statuses = [500, 200]
    stage.clinic.match(client={"reference": "zqcanary7x"})
    with caplog.at_level(logging.DEBUG):
        stage.dispatcher.send_due()
        stage.later(minutes=1)
    told = [record for record in caplog.records if record.name == "rapport.events"]
    assert [vars(record)["failure"] for record in told] == ["status"]
    assert [UUID(vars(record)["event_id"]) for record in told]
    written = str([vars(record) for record in caplog.records])
    assert not echoed(written)
    assert "/in" not in written
    assert "whsec_" not in written


def test_events_are_kept_for_a_while_only(stage: Stage) -> None:
    webhook = stage.hook()
    stage.clinic.match()
    with stage.database.writing() as connection:
        connection.execute(
            text("UPDATE events SET created_at = :then"),
            {"then": str(utc_now() - KEPT_FOR - timedelta(minutes=1))},
        )
    recent = stage.clinic.match()
    assert drop_old_events(stage.database, utc_now()) == 1
    assert len(stage.deliveries(webhook)) == 1
    assert drop_old_events(stage.database, utc_now()) == 0
    stage.dispatcher.send_due()
    assert match_ids(stage) == [recent["id"]]


@given(st.floats(0, 1), st.integers(0, len(DELAYS) - 1))
def test_the_jitter_only_ever_adds_and_keeps_the_order_of_the_delays(
    share: float, number: int
) -> None:
    wait = DELAYS[number] * (1 + JITTER * share)
    assert DELAYS[number] <= wait <= DELAYS[number] * 1.2
    assert all(wait < later for later in DELAYS[number + 1 :])
