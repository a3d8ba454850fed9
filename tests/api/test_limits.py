"""Bounds: of bodies, of heads, of work for one request, and what the wire itself may bring."""

import re
import selectors
import socket
import threading
import time
import tracemalloc
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from api.auth.roles import Role
from api.http.protocol import BoundedHttpProtocol
from api.limits import HEAD_BYTES
from api.text import language_tag
from tests.factories.barrage import echoed, faults
from tests.factories.clinics import ClinicApi, make_clinic, service
from tests.factories.hostile import CANARY
from tests.factories.servers import Server, administrator, serving

CAN = CANARY.encode()
LIMIT = 4096


@pytest.fixture
def bounded(database_url: str) -> Iterator[ClinicApi]:
    with service(database_url, max_body_bytes=LIMIT, max_import_bytes=LIMIT) as client:
        yield make_clinic(client)


def pieces(size: int) -> Iterator[bytes]:
    """A body that comes without its length."""
    yield b'{"preferences":{}}'
    for _ in range((size - 18) // 64):
        yield b" " * 64
    yield b" " * ((size - 18) % 64)


@pytest.mark.parametrize("length_known", [True, False])
def test_a_body_may_be_as_long_as_the_limit_and_no_longer(
    bounded: ClinicApi, length_known: bool
) -> None:
    for size, status in ((LIMIT, 201), (LIMIT + 1, 413), (LIMIT * 50, 413)):
        body = b"".join(pieces(size)) if length_known else pieces(size)
        headers = {"Content-Type": "application/json"}
        sent = bounded.call(Role.ADMIN, "POST", "/v1/matches", content=body, headers=headers)
        assert (sent.status_code, faults(sent)) == (status, [])


IMPORTED = {
    "/v1/imports/therapists": b'{"reference":"t-1","name":"A"}\n',
    "/v1/imports/ratings": b'{"client_reference":"c","therapist_reference":"t-1","safe":1}\n',
}


@pytest.mark.parametrize("path", IMPORTED)
@pytest.mark.parametrize("length_known", [True, False])
def test_a_file_may_be_as_long_as_the_limit_and_no_longer(
    bounded: ClinicApi, path: str, length_known: bool
) -> None:
    bounded.add(reference="t-1")
    row = IMPORTED[path]
    for size, status in ((LIMIT, 200), (LIMIT + 1, 413), (LIMIT * 50, 413)):
        whole = row + b" " * (size - len(row))
        body = whole if length_known else iter([whole[:100], whole[100:]])
        headers = {"Content-Type": "application/x-ndjson"}
        sent = bounded.call(Role.ADMIN, "POST", path, content=body, headers=headers)
        assert (sent.status_code, faults(sent)) == (status, [])
    assert bounded.match()["considered"] == 1


def test_a_long_run_of_marks_is_never_composed(
    clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    lengths: list[int] = []

    def composed(form: str, text: str) -> str:
        lengths.append(len(text))
        return unicodedata_normalize(form, text)  # type: ignore[arg-type]

    unicodedata_normalize = unicodedata.normalize
    monkeypatch.setattr(unicodedata, "normalize", composed)
    marks = "a" + "\u0315\u0300" * 5_000
    body = {"preferences": {}, "client": {"reference": marks}, "payer": marks}
    assert clinic.post("/v1/matches", body).status_code == 422
    assert clinic.post("/v1/therapists", {"reference": marks, "name": marks}).status_code == 422
    named = clinic.add(reference="e\u0301", name="  " * 1_000 + "e\u0301")
    assert (named["reference"], named["name"]) == ("\xe9", "\xe9")
    assert max(lengths) < 1_000


def test_padded_tags_are_not_remembered() -> None:
    tracemalloc.start()
    try:
        for number in range(50):
            assert language_tag(" " * (1_000_000 + number) + "es") == "es"
        assert tracemalloc.get_traced_memory()[0] < 1_000_000
    finally:
        tracemalloc.stop()


async def empty_app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


@pytest.fixture
def bounded_port() -> Iterator[int]:
    """The port of an empty application behind the bounded protocol."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(
            empty_app, http=BoundedHttpProtocol, log_config=None, access_log=False
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield listener.getsockname()[1]
        server.should_exit = True
        thread.join()


def is_cut_off(caller: socket.socket, sent: bytes) -> bool:
    try:
        caller.sendall(sent)
        return caller.recv(1) == b""
    except ConnectionError:
        return True


@pytest.mark.parametrize("line", [b"X-Long: " + b"a" * 10_000_000, b"X-Many: a\r\n" * 1_000_000])
def test_a_head_without_an_end_is_cut_off(bounded_port: int, line: bytes) -> None:
    with socket.create_connection(("127.0.0.1", bounded_port), timeout=20) as caller:
        caller.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        assert is_cut_off(caller, line)


def test_long_bodies_and_many_requests_pass_the_bound_of_heads(bounded_port: int) -> None:
    body = b"a" * (HEAD_BYTES * 8)
    request = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    with socket.create_connection(("127.0.0.1", bounded_port), timeout=20) as caller:
        for _ in range(3):
            caller.sendall(request)
            assert caller.recv(65536).startswith(b"HTTP/1.1 204")


@pytest.fixture
def server(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Server, bytes]]:
    """A real server that logs all it can, and the key of an administrator."""
    monkeypatch.setenv("RAPPORT_LOG_LEVEL", "debug")
    key = administrator(database_url)
    with serving(database_url, tmp_path / "log") as running:
        yield running, key.encode()


def talk(port: int, request: bytes, seconds: float = 10) -> bytes:
    """All that is answered to `request`, until the server closes or says no more."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as caller:
        answer = b""
        try:
            caller.sendall(request)
            while piece := caller.recv(65536):
                answer += piece
        except (TimeoutError, ConnectionError):
            pass
        return answer


GET, POST, LINE = b"GET /v1/settings", b"POST /v1/matches", b" HTTP/1.1\r\n"
BODY = b'{"preferences":{}}'
LENGTH = b"Content-Length: "
CHUNKED = b"Transfer-Encoding: chunked\r\n"
# What goes before the common headers, what comes after them, and the statuses that may answer it.
ON_THE_WIRE: dict[str, tuple[bytes, bytes, set[int]]] = {
    "absolute form": (b"GET http://evil.%b/v1/settings" % CAN + LINE, b"\r\n", {200}),
    "HTTP/1.0": (GET + b" HTTP/1.0\r\n", b"\r\n", {200}),
    "HTTP/0.9": (GET + b"\r\n", b"\r\n", {200, 400, 401}),
    "HTTP/2 preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n", b"\r\n", {400}),
    "TLS": (b"\x16\x03\x01\x02\x00" + CAN, b"\r\n\r\n", {400}),
    "unknown method": (CAN.upper() + b" /" + LINE, b"\r\n", {400, 404, 405}),
    "CONNECT": (b"CONNECT %b:443" % CAN + LINE, b"\r\n", {400, 404, 405}),
    "TRACE": (b"TRACE /v1/settings" + LINE, b"X: %b\r\n\r\n" % CAN, {405}),
    "OPTIONS *": (b"OPTIONS *" + LINE, b"\r\n", {400, 404, 405}),
    "bytes in the path": (b"GET /v1/\xff\xfe" + CAN + LINE, b"\r\n", {400, 404}),
    "NUL in the path": (b"GET /v1/\0" + CAN + LINE, b"\r\n", {400, 404}),
    "escaped NUL in the path": (b"GET /v1/matches/%00" + CAN + LINE, b"\r\n", {422}),
    "traversal": (b"GET /v1/../../etc/" + CAN + LINE, b"\r\n", {404}),
    "bytes in the query": (b"GET /v1/therapists?cursor=\xff" + CAN + LINE, b"\r\n", {400, 422}),
    "bytes in a header": (GET + LINE, b"If-Match: \xff\x80%b\r\n\r\n" % CAN, {200}),
    "control characters": (GET + LINE, b"X: \x01\x02%b\r\n\r\n" % CAN, {200, 400}),
    "no colon": (GET + LINE, CAN + b"\r\n\r\n", {400}),
    "folded header": (GET + LINE, b"X: a\r\n %b\r\n\r\n" % CAN, {200, 400}),
    "many headers": (GET + LINE, b"X: %b\r\n" % CAN * 2_000 + b"\r\n", {200, 400, 431}),
    "upgrade": (b"GET /v1/%b" % CAN + LINE, b"Upgrade: %b\r\n\r\n" % CAN, {404}),
    "h2c": (GET + LINE, b"Upgrade: h2c\r\nHTTP2-Settings: AAMA\r\n\r\n", {200}),
    "length too short": (POST + LINE, LENGTH + b"5\r\n\r\n" + BODY, {400, 422}),
    "length negative": (POST + LINE, LENGTH + b"-1\r\n\r\n" + BODY, {400}),
    "length huge": (POST + LINE, LENGTH + b"9" * 40 + b"\r\n\r\n" + BODY, {400, 413}),
    "two lengths": (POST + LINE, (LENGTH + b"5\r\n") * 2 + b"\r\n" + BODY, {400, 422}),
    "length and chunks": (POST + LINE, LENGTH + b"5\r\n" + CHUNKED + b"\r\n0\r\n\r\n", {400}),
    "chunks": (POST + LINE, CHUNKED + b"\r\n12;%b\r\n" % CAN + BODY + b"\r\n0\r\n\r\n", {201}),
    "trailer": (POST + LINE, CHUNKED + b"\r\n0\r\nX: %b\r\n\r\n" % CAN, {400, 422}),
    "chunk without a size": (POST + LINE, CHUNKED + b"\r\nzz%b\r\n" % CAN, {400}),
    "chunk of any size": (POST + LINE, CHUNKED + b"\r\n" + b"F" * 20 + b"\r\n", {400, 413}),
    "unknown coding": (POST + LINE, b"Transfer-Encoding: %b\r\n\r\n" % CAN, {400, 501}),
    "expectation": (POST + LINE, b"Expect: %b\r\n" % CAN + LENGTH + b"0\r\n\r\n", {417, 422}),
    "too long": (POST + LINE, LENGTH + b"3000000\r\n\r\n" + b" " * 3_000_000, {413}),
    "too long in chunks": (
        POST + LINE,
        CHUNKED + b"\r\n" + (b"10000\r\n" + b" " * 65536 + b"\r\n") * 40 + b"0\r\n\r\n",
        {413},
    ),
}


def test_whatever_comes_over_the_wire(server: tuple[Server, bytes]) -> None:
    running, key = server
    common = b"Host: x\r\nAuthorization: Bearer %b\r\nConnection: close\r\n" % key
    common += b"Content-Type: application/json\r\n"
    for name, (line, rest, statuses) in ON_THE_WIRE.items():
        answer = talk(running.port, line + common + rest)
        head = re.match(rb"HTTP/1\.1 (\d{3})", answer)
        assert head, (name, answer[:200])
        assert int(head[1]) in statuses, (name, answer[:200])
        assert CAN not in answer.lower(), name
    # Callers who go away in the middle.
    for path in (b"/v1/imports/therapists", b"/v1/matches"):
        with socket.create_connection(("127.0.0.1", running.port)) as caller:
            kind = b"Content-Type: text/csv\r\n" if b"imports" in path else b""
            begun = b"POST " + path + LINE + kind + common + LENGTH + b"999\r\n\r\n"
            caller.sendall(begun + b"reference,name\n" + CAN)
    assert running.post("/v1/matches", key.decode(), {"preferences": {}}).status_code == 201
    logged = running.log.read_text()
    assert not echoed(logged)
    assert key.decode() not in logged
    assert '"level": "error"' not in logged


def test_many_callers_at_once_are_all_answered(server: tuple[Server, bytes]) -> None:
    running, key = server
    common = b"Host: x\r\nAuthorization: Bearer %b\r\nConnection: close\r\n\r\n" % key
    callers = [socket.create_connection(("127.0.0.1", running.port)) for _ in range(200)]
    started = time.monotonic()
    for caller in callers:
        caller.sendall(GET + LINE + common)
    waiting = selectors.DefaultSelector()
    for caller in callers:
        waiting.register(caller, selectors.EVENT_READ)
    answers: list[bytes] = []
    while waiting.get_map() and time.monotonic() < started + 20:
        for ready, _ in waiting.select(timeout=1):
            waiting.unregister(ready.fileobj)
            assert isinstance(ready.fileobj, socket.socket)
            answers.append(ready.fileobj.recv(65536)[:12])
    for caller in callers:
        caller.close()
    assert answers == [b"HTTP/1.1 200"] * len(callers)
