"""The connection goes to what was checked, under the host's own name, and ends in time."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from api.events import attempt, dispatch, transport
from api.events.attempt import Outcome, Post
from api.events.destinations import AllowedHosts
from tests.api.events.receiver import Receiver, receiving

CERTIFICATE = Path(__file__).parent / "tls" / "hooks.example.org.pem"


class Names:
    """A resolver of names: each look-up gets the next answer, the last one for good."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.looked_up: list[str] = []

    def __call__(self, host: str, port: int, **_more: Any) -> list[tuple[Any, ...]]:
        self.looked_up.append(host)
        found = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def post(receiver: Receiver, names: Names, *, private: bool = True) -> Outcome:
    """Post to the receiver under the name hooks.example.org."""
    hosts = AllowedHosts(f"*.example.org:{receiver.port}", private=private)
    scheme = "http" if private else "https"
    return Post(hosts, names)(f"{scheme}://hooks.example.org:{receiver.port}/in", {}, b"{}")


def test_the_request_goes_to_the_address_that_was_checked(receiver: Receiver) -> None:
    names = Names(["127.0.0.1"])
    assert post(receiver, names) == Outcome(200, None)
    assert names.looked_up == ["hooks.example.org"]
    assert receiver.received[0].headers["host"] == f"hooks.example.org:{receiver.port}"


def test_a_name_that_changes_its_mind_is_looked_up_once(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected: list[str] = []
    real = socket.create_connection

    def note(place: tuple[str, int], *given: Any, **more: Any) -> socket.socket:
        connected.append(place[0])
        # The way to a public address ends at the receiver.
        return real(("127.0.0.1", place[1]), *given, **more)

    monkeypatch.setattr(socket, "create_connection", note)
    names = Names(["8.8.8.8"], ["127.0.0.1"])
    post(receiver, names, private=False)
    assert connected == ["8.8.8.8"]
    assert names.looked_up == ["hooks.example.org"]
    assert post(receiver, names, private=False) == Outcome(None, "address_refused")
    assert connected == ["8.8.8.8"]


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::ffff:7f00:1"]])
def test_nothing_goes_to_this_machine_unless_private_is_allowed(
    receiver: Receiver, addresses: list[str]
) -> None:
    refused = post(receiver, Names(addresses), private=False)
    assert refused == Outcome(None, "address_refused")
    assert receiver.received == []


@pytest.mark.parametrize(
    "url", ["https://other.org/", "http://127.0.0.1/", "https://a@hooks.example.org/", "", "x"]
)
def test_what_is_not_on_the_list_is_not_looked_up(url: str) -> None:
    names = Names(["8.8.8.8"])
    hosts = AllowedHosts("*.example.org", private=True)
    assert Post(hosts, names)(url, {}, b"") == Outcome(None, "host_not_allowed")
    assert names.looked_up == []


def test_the_next_address_is_tried_where_one_does_not_answer(receiver: Receiver) -> None:
    # The receiver does not listen there.
    assert post(receiver, Names(["::1", "127.0.0.1"])) == Outcome(200, None)
    assert post(receiver, Names(["::1"])) == Outcome(None, "connection_failed")


def test_a_proxy_of_the_environment_is_not_used(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/")
    assert post(receiver, Names(["127.0.0.1"])) == Outcome(200, None)


def tls(receiver: Receiver, host: str, monkeypatch: pytest.MonkeyPatch) -> Outcome:
    receiver.use_tls(str(CERTIFICATE))
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    hosts = AllowedHosts(f"*.example.org:{receiver.port}", private=True)
    url = f"https://{host}:{receiver.port}/in"
    return Post(hosts, Names(["127.0.0.1"]))(url, {}, b"{}")


def test_tls_names_the_host_and_not_the_address(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tls(receiver, "hooks.example.org", monkeypatch) == Outcome(200, None)
    assert receiver.received[0].name == "hooks.example.org"


def test_a_certificate_for_another_host_is_not_trusted(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tls(receiver, "other.example.org", monkeypatch) == Outcome(None, "tls_failed")
    assert receiver.received == []


def test_a_certificate_of_nobody_known_is_not_trusted(receiver: Receiver) -> None:
    receiver.use_tls(str(CERTIFICATE))
    hosts = AllowedHosts(f"*.example.org:{receiver.port}", private=True)
    url = f"https://hooks.example.org:{receiver.port}/in"
    refused = Post(hosts, Names(["127.0.0.1"]))(url, {}, b"{}")
    assert refused == Outcome(None, "tls_failed")


Talk = Callable[[socket.socket, threading.Event], None]


@contextmanager
def talking(talk: Talk) -> Iterator[int]:
    """A listener that reads a little and then talks as it likes, until the end; its port."""
    listener, over = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def serve() -> None:
        try:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                talk(connection, over)
        except OSError:
            pass  # the other side has had enough

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        over.set()
        listener.close()
        thread.join()


def drip(text: bytes) -> Talk:
    def talk(connection: socket.socket, over: threading.Event) -> None:
        while not over.wait(0.05):
            connection.sendall(text)

    return talk


def say(text: bytes) -> Talk:
    return lambda connection, _over: connection.sendall(text)


def timed(port: int) -> tuple[Outcome, float]:
    start = time.monotonic()
    hosts = AllowedHosts(f"127.0.0.1:{port}", private=True)
    outcome = Post(hosts)(f"http://127.0.0.1:{port}/", {}, b"{}")
    return outcome, time.monotonic() - start


@pytest.mark.parametrize(
    "talk",
    [
        drip(b""),
        drip(b"H"),
        drip(b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=("silence", "a letter at a time", "always to be continued"),
)
def test_one_that_takes_its_time_does_not_get_all_of_it(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempt, "ATTEMPT_SECONDS", 0.5)
    with talking(talk) as port:
        outcome, seconds = timed(port)
    assert outcome.failure in {"timed_out", "bad_answer"}
    assert outcome.status is None
    assert seconds < 3


def test_an_answer_without_an_end_is_not_read() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n"

    def talk(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(head)
        while not over.is_set():
            connection.sendall(b"x" * 65536)

    with talking(talk) as port:
        outcome, seconds = timed(port)
    assert outcome == Outcome(200, None)
    assert seconds < 3


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"zqcanary7x\r\n\r\n",
        b"HTTP/1.1 200\x00 OK\r\n\r\n",
        b"HTTP/1.1 999999 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50_000,
    ],
    ids=("nothing", "no http", "nul", "no status", "headers without an end"),
)
def test_what_is_no_answer_is_a_failure(text: bytes) -> None:
    with talking(say(text)) as port:
        outcome, _ = timed(port)
    assert outcome.status is None
    assert outcome.failure in {"bad_answer", "connection_failed"}


def test_a_turn_is_over_before_its_lease() -> None:
    resolver = 60.0
    longest = dispatch.TURN_SECONDS + resolver + attempt.ATTEMPT_SECONDS
    assert longest < dispatch.LEASE.total_seconds()
    assert transport.CONNECT_SECONDS < attempt.ATTEMPT_SECONDS / 2
