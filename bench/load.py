"""A load of keep-alive connections from one process, bounded in number and time.

Each connection sends its next request when it has the whole answer to the last one. Written on raw
streams, since a full client would be slower than the server that it measures.
"""

import asyncio
import time
from dataclasses import dataclass

CONNECTIONS = 8


@dataclass(frozen=True)
class Measured:
    """Requests a second, and how long they took in milliseconds."""

    per_second: float
    p50: float
    p99: float
    requests: int


def request_bytes(host: str, path: str, key: str, body: bytes) -> bytes:
    """One POST request, ready to send."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def measure(port: int, request: bytes, requests: int, expect: int) -> Measured:
    """Send `request` so often over `CONNECTIONS` connections; every answer must be `expect`."""
    return asyncio.run(_measure(port, request, requests, expect))


async def _measure(port: int, request: bytes, requests: int, expect: int) -> Measured:
    share = requests // CONNECTIONS
    started = time.perf_counter()
    spans = await asyncio.gather(
        *(_connection(port, request, share, expect) for _ in range(CONNECTIONS))
    )
    seconds = time.perf_counter() - started
    taken = sorted(span for each in spans for span in each)
    return Measured(
        len(taken) / seconds,
        taken[len(taken) // 2] * 1000,
        taken[int(len(taken) * 0.99)] * 1000,
        len(taken),
    )


async def _connection(port: int, request: bytes, count: int, expect: int) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    spans = []
    status = f"HTTP/1.1 {expect} ".encode()
    for _ in range(count):
        started = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(status):
            raise RuntimeError(f"the server answered {head.split(b' ', 2)[1].decode()}")
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length))
        spans.append(time.perf_counter() - started)
    writer.close()
    await writer.wait_closed()
    return spans
