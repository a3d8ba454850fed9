"""Work that takes seconds takes turns, so that matches never wait behind it.

Figures over thousands of matches keep a processor and a thread busy for a second or more. A few at
a time in each worker leave the others free; who comes meanwhile waits without a thread.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import Request, Response
from fastapi.routing import APIRoute

from api.auth.scope import Holder, admit, holder_of
from api.http.transactions import ClinicRoute
from api.problems import Unavailable

# At a time, in one worker; more would only share the interpreter among them.
AT_ONCE = 2
# Of one key and its sessions, at work and waiting together.
MOST_OF_ONE = 3
WAIT_SECONDS = 20.0
_BUSY = "Other figures are being worked out. Try again shortly."


class Turns:
    """Lets a few of those who ask work at a time, and no clinic wait behind all of another's."""

    def __init__(self) -> None:
        self._at_work: Counter[UUID] = Counter()
        self._waiting: list[_Waiting] = []
        self._asking: Counter[UUID | None] = Counter()

    @asynccontextmanager
    async def turn(self, holder: Holder) -> AsyncIterator[None]:
        """Wait for a turn, and hold it until the block ends.

        Raises:
            Unavailable: the key asks for too much at once, or the wait was too long.
        """
        if self._asking[holder.key_id] >= MOST_OF_ONE:
            raise Unavailable(_BUSY)
        self._asking[holder.key_id] += 1
        try:
            await self._take(holder.clinic_id)
            try:
                yield
            finally:
                self._give_back(holder.clinic_id)
        finally:
            self._asking[holder.key_id] -= 1
            if not self._asking[holder.key_id]:
                del self._asking[holder.key_id]

    async def _take(self, clinic_id: UUID) -> None:
        if self._at_work.total() < AT_ONCE:
            self._at_work[clinic_id] += 1
            return
        mine = _Waiting(clinic_id, asyncio.get_running_loop().create_future())
        self._waiting.append(mine)
        try:
            await asyncio.wait_for(mine.turn, WAIT_SECONDS)
        except BaseException as error:
            if mine in self._waiting:
                self._waiting.remove(mine)
            elif not mine.turn.cancelled():
                # The turn came in the very moment in which the wait ended.
                self._give_back(clinic_id)
            if isinstance(error, TimeoutError):
                raise Unavailable(_BUSY) from None
            raise

    def _give_back(self, clinic_id: UUID) -> None:
        """The next is the first of the clinic that has least at work."""
        self._at_work[clinic_id] -= 1
        if not self._at_work[clinic_id]:
            del self._at_work[clinic_id]
        waiting = [one for one in self._waiting if not one.turn.done()]
        if not waiting:
            return
        chosen = min(waiting, key=lambda one: self._at_work[one.clinic_id])
        self._waiting.remove(chosen)
        self._at_work[chosen.clinic_id] += 1
        chosen.turn.set_result(None)


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    clinic_id: UUID
    turn: asyncio.Future[None]


class HeavyRoute(ClinicRoute):
    """A `ClinicRoute` whose work takes a turn of its own."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, which waits before it takes a thread."""
        handle = APIRoute.get_route_handler(self)

        async def handle_in_turn(request: Request) -> Response:
            caller = request.state.caller = await admit(request)
            async with request.app.state.turns.turn(await holder_of(caller)):
                return await handle(request)

        return handle_in_turn
