"""One request, one transaction, committed before the answer is sent."""

from collections.abc import Callable, Coroutine
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute

from api.auth.scope import Caller, admit


class ClinicRoute(APIRoute):
    """A route that gets the scope of its caller's clinic, and is committed when it returns.

    Looking the key up, the work and the commit happen in one thread, one after the other; so a
    commit that fails is an error, never an answer.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **more: Any) -> None:
        super().__init__(path, _in_scope(endpoint), **more)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, which turns callers away before it reads what they send."""
        handle = super().get_route_handler()

        async def handle_admitted(request: Request) -> Response:
            # Dependencies alone would come too late: the body is read and parsed before them.
            request.state.caller = await admit(request)
            return await handle(request)

        return handle_admitted


def _in_scope(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    if iscoroutinefunction(endpoint):

        @wraps(endpoint)
        async def run_async(scope: Caller, **given: Any) -> Any:
            opened = await run_in_threadpool(scope.open)
            try:
                answer = await endpoint(scope=opened, **given)
                if opened.unit.writing:
                    # A commit from here would wait for a thread, and threads wait for the turn.
                    raise RuntimeError("a streamed route commits in the thread that writes")
            finally:
                opened.unit.close()
            return answer

        return run_async

    @wraps(endpoint)
    def run(scope: Caller, **given: Any) -> Any:
        opened = scope.open()
        try:
            answer = endpoint(scope=opened, **given)
            opened.unit.commit()
        finally:
            opened.unit.close()
        return answer

    return run
