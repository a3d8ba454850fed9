"""Work that takes seconds takes turns: a few at a time, and none of one caller without end."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from api.http import heavy
from api.http.heavy import AT_ONCE, MOST_OF_ONE, HeavyRoute, Turns
from api.insights import routes as insights
from api.problems import Unavailable
from api.weightings.preview import routes as previews
from api.weightings.sensitivity import routes as sensitivity


def test_a_few_work_at_a_time_and_others_wait_their_turn() -> None:
    async def work() -> list[int]:
        turns, at_work, seen = Turns(), 0, []

        async def one(number: int) -> None:
            nonlocal at_work
            async with turns.turn(bytes([number])):
                at_work += 1
                seen.append(at_work)
                await asyncio.sleep(0)
                at_work -= 1

        await asyncio.gather(*(one(number) for number in range(20)))
        return seen

    seen = asyncio.run(work())
    assert len(seen) == 20
    assert max(seen) == AT_ONCE


def test_one_caller_asks_for_so_much_at_once_and_no_more() -> None:
    async def ask(turns: Turns, caller: bytes, until: asyncio.Event) -> None:
        async with turns.turn(caller):
            await until.wait()

    async def work() -> None:
        turns, until = Turns(), asyncio.Event()
        greedy = [asyncio.create_task(ask(turns, b"greedy", until)) for _ in range(MOST_OF_ONE)]
        await asyncio.sleep(0)
        with pytest.raises(Unavailable):
            await ask(turns, b"greedy", until)
        other = asyncio.create_task(ask(turns, b"other", until))
        until.set()
        await asyncio.gather(*greedy, other)
        # What ended counts no more.
        await ask(turns, b"greedy", until)

    asyncio.run(work())


def test_who_waits_too_long_is_told_so_and_leaves_the_turn_to_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(heavy, "WAIT_SECONDS", 0.01)

    async def work() -> None:
        turns = Turns()
        async with AsyncExitStack() as held:
            for number in range(AT_ONCE):
                await held.enter_async_context(turns.turn(bytes([number])))
            with pytest.raises(Unavailable):
                async with turns.turn(b"late"):
                    pass
        async with turns.turn(b"late"):
            pass

    asyncio.run(work())


def test_what_takes_long_takes_turns() -> None:
    for feature in (insights, sensitivity, previews):
        assert feature.router.routes
        assert all(isinstance(route, HeavyRoute) for route in feature.router.routes)
