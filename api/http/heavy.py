"""Work that takes seconds takes turns, so that matches never wait behind it.

Figures over thousands of matches keep a processor and a thread busy for a second or more. A few at
a time in each worker leave the others free; who comes meanwhile waits without a thread.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from api.auth.scope import admit
from api.http.transactions import ClinicRoute
from api.problems import Unavailable

# At a time, in one worker; more would only share the interpreter among them.
AT_ONCE = 2
# Of one caller, at work and waiting together.
MOST_OF_ONE = 3
WAIT_SECONDS = 20.0
_BUSY = "Other figures are being worked out. Try again shortly."


class Turns:
    """Lets a few of those who ask work at a time."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(AT_ONCE)
        self._asking: Counter[bytes] = Counter()

    @asynccontextmanager
    async def turn(self, caller: bytes) -> AsyncIterator[None]:
        """Wait for a turn, and hold it until the block ends.

        Raises:
            Unavailable: the caller asks for too much at once, or the wait was too long.
        """
        if self._asking[caller] >= MOST_OF_ONE:
            raise Unavailable(_BUSY)
        self._asking[caller] += 1
        try:
            await self._wait()
            try:
                yield
            finally:
                self._free.release()
        finally:
            self._asking[caller] -= 1
            if not self._asking[caller]:
                del self._asking[caller]

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self._free.acquire(), WAIT_SECONDS)
        except TimeoutError:
            raise Unavailable(_BUSY) from None


class HeavyRoute(ClinicRoute):
    """A `ClinicRoute` whose work takes a turn of its own."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, which waits before it takes a thread."""
        handle = APIRoute.get_route_handler(self)

        async def handle_in_turn(request: Request) -> Response:
            caller = request.state.caller = await admit(request)
            async with request.app.state.turns.turn(caller.key_hash):
                return await handle(request)

        return handle_in_turn
