"""Run the service: migrate once, then start the workers."""

import errno
import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from api.db.database import Database
from api.db.migrate import upgrade
from api.http.measures import SHARED_FOLDER
from api.http.protocol import BoundedHttpProtocol
from api.settings import get_settings

BACKLOG = 2048
GRACE_SECONDS = 30
# How long a worker may be silent before it is replaced. On a busy machine its imports alone can
# take longer than the server's own five seconds, and it would be replaced again and again.
SILENT_SECONDS = 60


def migrate_database() -> None:
    """Bring the configured database to this release, before any worker reads it."""
    database = Database(get_settings().database_url)
    try:
        upgrade(database.engine)
    finally:
        database.dispose()


def listen(host: str, port: int, attempts: int = 1) -> socket.socket:
    """A socket bound to `port`, or the next free of `attempts` ports.

    Raises:
        OSError: none of them is free, or the host is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for offset in range(attempts):
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port + offset))
            listener.listen(BACKLOG)
        except OSError as error:
            listener.close()
            if offset == attempts - 1:
                raise OSError(_why_not(error, port)) from None
        else:
            return listener
    raise AssertionError("unreachable: attempts is at least 1")


def _why_not(error: OSError, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is taken: stop what uses it, or choose another with --port"
    if error.errno == errno.EACCES:
        return f"port {port} needs more rights: choose one above 1023 with --port"
    return "this machine has no such address: choose another with --host"


def run(host: str, port: int, workers: int = 1) -> None:
    """Serve until told to stop; open requests have `GRACE_SECONDS` to finish."""
    with _counted_together(workers):
        uvicorn.run("api.app:serve_app", workers=workers, **_options(host, port))


@contextmanager
def _counted_together(workers: int) -> Iterator[None]:
    """Let several workers put what they count into one folder, unless the operator named one."""
    if workers == 1 or SHARED_FOLDER in os.environ:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="rapport-") as folder:
        os.environ[SHARED_FOLDER] = folder
        yield


def run_on(listener: socket.socket, when_ready: Callable[[], None]) -> None:
    """Serve on a socket that is bound already, with one worker; say so once it answers."""
    host, port = listener.getsockname()[:2]
    config = uvicorn.Config("api.app:serve_app", **_options(host, port))
    _TellingServer(config, when_ready).run(sockets=[listener])


class _TellingServer(uvicorn.Server):
    """Tells when it is ready: from then on it also takes a signal to stop without fail."""

    def __init__(self, config: uvicorn.Config, when_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._when_ready = when_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._when_ready()


def _options(host: str, port: int) -> dict[str, Any]:
    return {
        "factory": True,
        "host": host,
        "port": port,
        "backlog": BACKLOG,
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "date_header": True,
        "proxy_headers": False,
        "timeout_graceful_shutdown": GRACE_SECONDS,
        "timeout_worker_healthcheck": SILENT_SECONDS,
        "http": BoundedHttpProtocol,
        "ws": "none",
    }
