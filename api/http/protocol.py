"""HTTP/1.1 on the wire, with an end to how much a request line and its headers may hold."""

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.limits import HEAD_BYTES


class BoundedHttpProtocol(HttpToolsProtocol):
    """Closes a connection whose request head does not end; the parser alone would keep all of it.

    What arrived with the first piece of a head is not counted: the body of the request before may
    stand in it. So a head takes at most `HEAD_BYTES` and one read of the socket.
    """

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._in_head = False
        self._head_bytes = 0

    def data_received(self, data: bytes) -> None:
        """Parse a piece of what the client sends."""
        was_in_head = self._in_head
        super().data_received(data)
        if was_in_head and self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES:
                self.transport.abort()

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._in_head = True
        self._head_bytes = 0

    def on_headers_complete(self) -> None:
        """A head ends."""
        self._in_head = False
        super().on_headers_complete()
