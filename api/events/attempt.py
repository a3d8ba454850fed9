"""One attempt at one delivery: to whom it may go, and what came of it, as codes."""

import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass

import httpcore
import httpx

from api.events.addresses import NoAddressError, RefusedAddressError, Resolver, addresses_of
from api.events.destinations import AllowedHosts, Destination, read_destination
from api.events.transport import PinnedTransport

# From the beginning of a connection to the answer's status.
ATTEMPT_SECONDS = 10.0


class HostNotAllowedError(Exception):
    """The operator does not let events go there, or no longer."""


_FAILURES: Mapping[type[Exception], str] = {
    HostNotAllowedError: "host_not_allowed",
    NoAddressError: "no_address",
    RefusedAddressError: "address_refused",
    httpcore.TimeoutException: "timed_out",
    httpcore.NetworkError: "connection_failed",
    httpcore.ProtocolError: "bad_answer",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer's HTTP status where there was one, and why it failed, where it did."""

    status: int | None
    failure: str | None


class Post:
    """Posts bodies to where the operator lets them go."""

    def __init__(self, hosts: AllowedHosts, resolve: Resolver = socket.getaddrinfo) -> None:
        self._hosts = hosts
        self._resolve = resolve
        self._tls = httpx.create_ssl_context()

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> Outcome:
        """Post once; a failure is an outcome too."""
        try:
            status = self._status(url, headers, body)
        except tuple(_FAILURES) as error:
            return Outcome(None, _code(error))
        return Outcome(status, None if 200 <= status < 300 else "status")

    def _status(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        destination = self._allowed(url)
        addresses = addresses_of(
            destination.host,
            destination.port,
            private=self._hosts.private,
            resolve=self._resolve,
        )
        whole = {
            "Host": destination.authority,
            "Content-Type": "application/json",
            "User-Agent": "Rapport",
            **headers,
        }
        request = httpx.Request("POST", destination.url, headers=whole, content=body)
        with PinnedTransport(destination, addresses, ATTEMPT_SECONDS, self._tls) as transport:
            return transport.handle_request(request).status_code

    def _allowed(self, url: str) -> Destination:
        try:
            destination = read_destination(url)
        except ValueError:
            raise HostNotAllowedError from None
        if not self._hosts.allows(destination):
            raise HostNotAllowedError
        return destination


def _code(error: Exception) -> str:
    # httpcore takes the cause away again, and leaves the context.
    if isinstance(error.__context__, ssl.SSLError):
        return "tls_failed"
    return next(code for kind, code in _FAILURES.items() if isinstance(error, kind))
