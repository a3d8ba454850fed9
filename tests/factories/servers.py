"""The real command line and real servers, as subprocesses on loopback."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from api.auth.keys import create_key
from api.auth.roles import Role
from api.clinics.creation import create_clinic
from api.db.database import Database

RAPPORT = str(Path(sys.executable).parent / "rapport")
START_SECONDS = 60
# Made once: reading the certificates takes longer than a request, and nothing here is encrypted.
TLS = ssl.create_default_context()


def environment(database_url: str, **more: str) -> dict[str, str]:
    return {**os.environ, "RAPPORT_DATABASE_URL": database_url, **more}


def rapport(database_url: str, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    done = subprocess.run(  # noqa: S603 - our own command
        [RAPPORT, *words],
        env=environment(database_url),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    if check:
        assert done.returncode == 0, done.stderr
    return done


def last_json(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """The one line of JSON that each command prints last."""
    document: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return document


def administrator(database_url: str, clinic: str = "Clinic") -> str:
    """The key of an administrator of a new clinic, without the time that commands take."""
    database = Database(database_url)
    try:
        with database.writing() as connection:
            clinic_id = create_clinic(connection, clinic)
            return create_key(connection, clinic_id, Role.ADMIN)[1]
    finally:
        database.dispose()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """A running `rapport serve`."""

    def __init__(self, database_url: str, log: Path, *words: str) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = log
        self._database_url, self._words = database_url, words
        self.start()

    def start(self) -> None:
        """Start it, at its first start or again at the same address."""
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603 - our own command
                [RAPPORT, "serve", "--port", str(self.port), *self._words],
                env=environment(self._database_url),
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self.kill()
            raise

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text()
            try:
                if httpx.get(f"{self.address}/readyz", timeout=5, verify=TLS).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def post(self, path: str, key: str, body: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {key}"}
        url = f"{self.address}{path}"
        return httpx.post(url, json=body, headers=headers, timeout=60, verify=TLS)

    def get(self, path: str, key: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {key}"}
        return httpx.get(f"{self.address}{path}", headers=headers, timeout=60, verify=TLS)

    def kill(self) -> None:
        """End it as a power cut would: without a chance to tidy up."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Ask it to stop, and its workers with it."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.kill()


@contextmanager
def serving(database_url: str, log: Path, *words: str) -> Iterator[Server]:
    server = Server(database_url, log, *words)
    try:
        yield server
    finally:
        server.stop()
