"""One request, one transaction, committed before the answer is sent."""

from collections.abc import Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any

from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute

from api.auth.scope import ClinicScope


class ClinicRoute(APIRoute):
    """A route whose `scope` is committed when its function returns, in the thread that it ran in.

    So the commit is part of the work: where it fails, the answer is an error.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **more: Any) -> None:
        super().__init__(path, _committed(endpoint), **more)


def _committed(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    if iscoroutinefunction(endpoint):

        @wraps(endpoint)
        async def run_and_commit_later(scope: ClinicScope, **given: Any) -> Any:
            answer = await endpoint(scope=scope, **given)
            await run_in_threadpool(scope.unit.commit)
            return answer

        return run_and_commit_later

    @wraps(endpoint)
    def run_and_commit(scope: ClinicScope, **given: Any) -> Any:
        answer = endpoint(scope=scope, **given)
        scope.unit.commit()
        return answer

    return run_and_commit
