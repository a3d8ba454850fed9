"""Around every request: an id, a size limit, safe headers, and one line in the log."""

import logging
import time
from collections.abc import Mapping
from uuid import UUID

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.measures import count_request
from api.ids import new_id

logger = logging.getLogger("rapport.requests")

# Nothing that is answered may be kept by a cache, framed, or read as another type.
SAFE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
# A method is a word of the caller's; only those that mean something are logged.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})


class RequestContext:
    """Gives each request a `request_id` of our own making, and logs it by its route's template."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; other kinds of connection pass through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = new_id()
        scope.setdefault("state", {})["request_id"] = request_id
        started = time.perf_counter()
        status = 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                add_headers(MutableHeaders(scope=message), request_id)
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        finally:
            seconds = time.perf_counter() - started
            method, route = _named(scope)
            count_request(method, route, status, seconds)
            _log(scope, request_id, method, route, status, seconds)


def add_headers(headers: MutableHeaders, request_id: UUID) -> None:
    """Add what every answer carries; a route's own word on its content stands."""
    headers["X-Request-Id"] = str(request_id)
    for name, value in SAFE_HEADERS.items():
        headers.setdefault(name, value)


def _named(scope: Scope) -> tuple[str, str]:
    """Method and route template; "-" for words of the caller's that mean nothing here."""
    route = scope.get("route")
    known = route and scope["method"] in _METHODS
    return scope["method"] if known else "-", route.path if route else "-"


def _log(
    scope: Scope, request_id: UUID, method: str, route: str, status: int, seconds: float
) -> None:
    if not logger.isEnabledFor(logging.INFO):
        return
    state = scope.get("state", {})
    fields = {
        "request_id": str(request_id),
        "method": method,
        "route": route,
        "status": status,
        "milliseconds": round(seconds * 1000, 2),
        "clinic_id": str(state["clinic_id"]) if "clinic_id" in state else None,
        "role": state.get("role"),
    }
    logger.info("request", extra=fields)


class BodyLimit:
    """Stops reading a body past `max_bytes`, or past what `own` has for its path.

    None there: the route counts for itself what it reads.
    """

    def __init__(self, app: ASGIApp, max_bytes: int, own: Mapping[str, int | None]) -> None:
        self.app = app
        self.max_bytes = max_bytes
        self.own = own

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request, counting what it sends."""
        limit = self.own.get(scope.get("path", ""), self.max_bytes)
        if scope["type"] != "http" or limit is None:
            await self.app(scope, receive, send)
            return
        seen = 0

        async def counted_receive() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise BodyTooLargeError(limit)
            return message

        await self.app(scope, counted_receive, send)


class BodyTooLargeError(Exception):
    """A body went past its limit of `max_bytes`."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__("body too large")
        self.max_bytes = max_bytes
