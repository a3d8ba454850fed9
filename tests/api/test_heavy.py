"""Work that takes seconds takes turns: a few at a time, and none of one caller without end."""

import asyncio
from contextlib import AsyncExitStack
from uuid import UUID, uuid4

import pytest

from api.auth.roles import Role
from api.auth.scope import Holder
from api.http import heavy
from api.http.heavy import AT_ONCE, MOST_OF_ONE, HeavyRoute, Turns
from api.insights import routes as insights
from api.problems import Unavailable
from api.weightings.preview import routes as previews
from api.weightings.sensitivity import routes as sensitivity
from tests.factories.loops import run


def somebody(clinic_id: UUID | None = None) -> Holder:
    return Holder(Role.ADMIN, uuid4(), clinic_id or uuid4())


def test_a_few_work_at_a_time_and_others_wait_their_turn() -> None:
    async def work() -> list[int]:
        turns, at_work, seen = Turns(), 0, []

        async def one() -> None:
            nonlocal at_work
            async with turns.turn(somebody()):
                at_work += 1
                seen.append(at_work)
                await asyncio.sleep(0)
                at_work -= 1

        await asyncio.gather(*(one() for _ in range(20)))
        return seen

    seen = run(work())
    assert len(seen) == 20
    assert max(seen) == AT_ONCE


def test_one_caller_asks_for_so_much_at_once_and_no_more() -> None:
    async def ask(turns: Turns, caller: Holder, until: asyncio.Event) -> None:
        async with turns.turn(caller):
            await until.wait()

    async def work() -> None:
        turns, until, one = Turns(), asyncio.Event(), somebody()
        greedy = [asyncio.create_task(ask(turns, one, until)) for _ in range(MOST_OF_ONE)]
        await asyncio.sleep(0)
        with pytest.raises(Unavailable):
            await ask(turns, one, until)
        other = asyncio.create_task(ask(turns, somebody(), until))
        until.set()
        await asyncio.gather(*greedy, other)
        # What ended counts no more.
        await ask(turns, one, until)

    run(work())


def test_a_clinic_does_not_wait_behind_all_of_another() -> None:
    async def work() -> list[str]:
        turns, ended, large = Turns(), [], uuid4()

        async def ask(name: str, holder: Holder) -> None:
            async with turns.turn(holder):
                await asyncio.sleep(0)
                ended.append(name)

        many = [asyncio.create_task(ask("large", somebody(large))) for _ in range(20)]
        await asyncio.sleep(0)
        await ask("small", somebody())
        await asyncio.gather(*many)
        return ended

    ended = run(work())
    assert len(ended) == 21
    assert ended.index("small") <= AT_ONCE + 1


def test_who_goes_away_while_waiting_holds_nobody_up() -> None:
    async def work() -> None:
        turns, until = Turns(), asyncio.Event()

        async def ask() -> None:
            async with turns.turn(somebody()):
                await until.wait()

        first = [asyncio.create_task(ask()) for _ in range(AT_ONCE)]
        await asyncio.sleep(0)
        gone = [asyncio.create_task(ask()) for _ in range(5)]
        await asyncio.sleep(0)
        last = asyncio.create_task(ask())
        for one in gone:
            one.cancel()
        until.set()
        await asyncio.wait_for(asyncio.gather(*first, last), 5)
        async with turns.turn(somebody()), turns.turn(somebody()):
            pass

    run(work())


def test_who_waits_too_long_is_told_so_and_leaves_the_turn_to_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(heavy, "WAIT_SECONDS", 0.01)

    async def work() -> None:
        turns = Turns()
        async with AsyncExitStack() as held:
            for _ in range(AT_ONCE):
                await held.enter_async_context(turns.turn(somebody()))
            with pytest.raises(Unavailable):
                async with turns.turn(somebody()):
                    pass
        async with turns.turn(somebody()):
            pass

    run(work())


def test_what_takes_long_takes_turns() -> None:
    for feature in (insights, sensitivity, previews):
        assert feature.router.routes
        assert all(isinstance(route, HeavyRoute) for route in feature.router.routes)
