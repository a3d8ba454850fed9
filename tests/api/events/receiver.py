"""A small real receiver on loopback, and an independent reading of what it was sent."""

import base64
import hashlib
import hmac
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Received:
    """One request as it came in; `name` is the TLS server name asked for."""

    path: str
    headers: dict[str, str]
    body: bytes
    name: str | None

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


class Receiver:
    """Answers with the statuses it is given, the last of them for good; `gate` holds answers."""

    def __init__(self) -> None:
        self.statuses = [200]
        self.extra: dict[str, str] = {}
        self.received: list[Received] = []
        self.arrived = threading.Event()
        self.gate = threading.Event()
        self.gate.set()
        self._lock = threading.Lock()
        self.names: list[str | None] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        self.port: int = self.server.server_address[1]
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.host}/in?token=zqcanary7x"

    @property
    def ids(self) -> list[str]:
        return [one.id for one in self.received]

    def take(self, request: Received) -> int:
        """Remember a request; the status to answer."""
        with self._lock:
            self.received.append(request)
            status = self.statuses[0] if len(self.statuses) == 1 else self.statuses.pop(0)
        self.arrived.set()
        self.gate.wait(30)
        return status

    def use_tls(self, certificate: str) -> None:
        """Speak TLS from now on."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        context.sni_callback = lambda _socket, name, _context: self.names.append(name)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            name = receiver.names[-1] if receiver.names else None
            status = receiver.take(Received(self.path, headers, body, name))
            try:
                self.send_response(status)
                for header, value in receiver.extra.items():
                    self.send_header(header, value)
                self.end_headers()
                self.wfile.write(b"zqcanary7x" * 1000)
            except OSError:
                pass  # the sender does not wait for the body

        def log_message(self, *_args: Any) -> None:
            pass

    return Handler


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    # A sender that hangs up, or does not trust it, is no failure of the receiver.
    receiver.server.handle_error = lambda *_args: None  # type: ignore[method-assign]
    thread = threading.Thread(target=receiver.server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield receiver
    finally:
        receiver.gate.set()
        receiver.server.shutdown()
        thread.join()
        receiver.server.server_close()


def is_signed(request: Received, secret: str) -> bool:
    """Whether a request is signed as Standard Webhooks has it, read from its text alone."""
    assert secret.startswith("whsec_")
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    assert 24 <= len(key) <= 64
    message = b".".join(
        [request.id.encode(), request.headers["webhook-timestamp"].encode(), request.body]
    )
    version, _, signature = request.headers["webhook-signature"].partition(",")
    expected = hmac.new(key, message, hashlib.sha256).digest()
    return version == "v1" and hmac.compare_digest(base64.b64decode(signature), expected)
