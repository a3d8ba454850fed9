"""One request to addresses that were checked, to its end within a time.

httpx resolves a host by itself and times each read alone; so the connection beneath it is made
here. It goes to an address that was checked, under the host's own name for TLS and for the Host
header, and every wait of it ends at one deadline.
"""

import ssl
import time
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Any, Self

import httpcore
import httpx

from api.events.destinations import Destination

# For each address of a host, so that one that does not answer leaves time for the next.
CONNECT_SECONDS = 3.0


class _Deadline:
    """The end of all waiting."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds that remain.

        Raises:
            httpcore.ReadTimeout: none do.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left


class _TimedStream(httpcore.NetworkStream):
    """A connection whose waits end at the deadline, whatever its user would wait."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - see above
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - see above
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - see above
    ) -> httpcore.NetworkStream:
        left = self._deadline.left()
        return _TimedStream(
            self._stream.start_tls(ssl_context, server_hostname, left), self._deadline
        )

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _PinnedBackend(httpcore.NetworkBackend):
    """Connects to the first of the addresses that answers, whatever the host says by now."""

    def __init__(self, addresses: Sequence[str], deadline: _Deadline) -> None:
        self._addresses = addresses
        self._deadline = deadline
        self._network = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,  # noqa: ARG002 - was resolved and checked
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline holds
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError()
        for address in self._addresses:
            wait = min(CONNECT_SECONDS, self._deadline.left())
            try:
                stream = self._network.connect_tcp(
                    address, port, wait, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self._deadline)
        raise failure


class PinnedTransport(httpx.BaseTransport):
    """Sends requests for one destination, on connections that are used once."""

    def __init__(
        self,
        destination: Destination,
        addresses: Sequence[str],
        seconds: float,
        tls: ssl.SSLContext,
    ) -> None:
        self._destination = destination
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls,
            max_keepalive_connections=0,
            network_backend=_PinnedBackend(addresses, _Deadline(seconds)),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer's status and headers; its body is not read.

        Raises:
            httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError: there is none.
        """
        place = self._destination
        url = httpcore.URL(
            scheme=place.scheme, host=place.host, port=place.port, target=place.target
        )
        body = request.read()
        with self._pool.stream(
            request.method, url, headers=request.headers.raw, content=body
        ) as answer:
            return httpx.Response(answer.status, headers=answer.headers)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None = None,
        _error: BaseException | None = None,
        _trace: TracebackType | None = None,
    ) -> None:
        self._pool.close()
