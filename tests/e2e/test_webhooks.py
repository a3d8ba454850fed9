"""Events out as an operator sees them: real servers, a real receiver, real kills."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from api.auth.keys import create_key
from api.auth.roles import Role
from api.clinics.creation import create_clinic
from api.clock import utc_now
from api.db.database import Database
from api.events.attempt import Post
from api.events.destinations import AllowedHosts
from api.events.dispatch import LEASE, Dispatcher
from tests.api.events.receiver import Receiver, is_signed, receiving
from tests.factories.servers import Server, serving

PATIENCE = 60
CANARY = "zqcanary7x"


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A receiver that the servers of a test may send to."""
    with receiving() as made:
        monkeypatch.setenv("RAPPORT_WEBHOOK_HOSTS", made.host)
        monkeypatch.setenv("RAPPORT_WEBHOOK_PRIVATE", "true")
        yield made


def wait_for(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def admin_key(database_url: str) -> str:
    database = Database(database_url)
    with database.writing() as connection:
        clinic_id = create_clinic(connection, "Clinic")
        key = create_key(connection, clinic_id, Role.ADMIN)[1]
    database.dispose()
    return key


def matched(server: Server, key: str) -> str:
    body = {"client": {"reference": CANARY}, "preferences": {}}
    answer = server.post("/v1/matches", key, body)
    assert answer.status_code == 201, answer.text
    match_id: str = answer.json()["id"]
    return match_id


def hooked(server: Server, key: str, receiver: Receiver) -> str:
    added = server.post("/v1/webhooks", key, {"url": receiver.url})
    assert added.status_code == 201, added.text
    secret: str = added.json()["secret"]
    return secret


def test_several_workers_send_each_event_once(
    database_url: str, tmp_path: Path, receiver: Receiver
) -> None:
    key, log = admin_key(database_url), tmp_path / "log"
    with serving(database_url, log, "--workers", "3") as server:
        secret = hooked(server, key, receiver)
        matches = [matched(server, key) for _ in range(20)]
        wait_for(lambda: len(receiver.received) >= len(matches))
        # Long enough for every worker to look again.
        time.sleep(2.5)
    assert all(is_signed(request, secret) for request in receiver.received)
    bodies = [json.loads(request.body) for request in receiver.received]
    assert [body["data"]["match_id"] for body in bodies] == matches
    assert CANARY not in str([request.body for request in receiver.received])
    assert CANARY not in log.read_text()
    assert receiver.host not in log.read_text()


def test_what_was_acknowledged_before_a_kill_is_told_of_after_it(
    database_url: str, tmp_path: Path, receiver: Receiver
) -> None:
    key, log = admin_key(database_url), tmp_path / "log"
    receiver.gate.clear()
    with serving(database_url, log) as server:
        secret = hooked(server, key, receiver)
        first = matched(server, key)
        assert receiver.arrived.wait(PATIENCE)
        # The receiver has the first and has not answered: nobody has noted it yet.
        second = matched(server, key)
        server.kill()
    receiver.gate.set()
    database = Database(database_url)
    post = Post(AllowedHosts(receiver.host, private=True))
    late = Dispatcher(database, post, now=lambda: utc_now() + LEASE + timedelta(seconds=1))
    assert late.send_due() == 2
    assert late.send_due() == 0
    database.dispose()
    sent, again, next_one = receiver.received
    assert (sent.id, sent.body) == (again.id, again.body)
    assert is_signed(again, secret)
    assert [json.loads(one.body)["data"]["match_id"] for one in (again, next_one)] == [
        first,
        second,
    ]
