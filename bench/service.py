"""Table 4: `POST /v1/matches`, whole, beside a POST route of the same server that does nothing.

The call is authenticated, ranks 1,000 therapists, answers three, and stores the answer and an audit
row before it is acknowledged. One worker; rounds of each route in turn, so that a change in the
machine's speed meets both.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from api.auth.keys import create_key
from api.auth.roles import Role
from api.auth.system import clinic_scope
from api.clinics.creation import create_clinic
from api.db.database import Database
from api.db.migrate import upgrade
from api.limits import FILE_BYTES
from api.roster.landing import THERAPISTS
from api.serving import listen
from bench.load import Measured, measure, request_bytes
from seed.clinic import ClinicSpec, generate
from seed.demo import DEMO_REQUEST

ROSTER_SIZE = 1000
ROUNDS = 5
REQUESTS = 1600
ROUTES = {"match": "/v1/matches", "empty": "/bench/empty", "validate": "/bench/validate"}
GOAL_RATIO, GOAL_SPREAD = 0.25, 10


def run(database_url: str | None = None, rounds: int = ROUNDS) -> dict[str, Any]:
    """The figures of table 4 on a database (SQLite in a temporary folder by default)."""
    with tempfile.TemporaryDirectory() as folder:
        url = database_url or f"sqlite:///{Path(folder) / 'bench.db'}"
        key = _prepare(url, Path(folder))
        with _server(url) as port:
            measured = _rounds(port, key, rounds)
    return _figures("sqlite" if url.startswith("sqlite") else "postgresql", measured)


def table(figures: list[dict[str, Any]]) -> str:
    """The figures as text, ratios first."""
    head = (
        f"{'database':<11}{'of empty route':>15}{'of validating':>15}{'p99/p50':>9}"
        f"{'requests/s':>12}{'p50 ms':>8}{'p99 ms':>8}"
    )
    title = f"Table 4. Service: POST /v1/matches ({ROSTER_SIZE} therapists, 3 results, stored)"
    lines = [title, head, *(_line(row) for row in figures)]
    lines.append(f"Goals: ≥ {GOAL_RATIO} of the empty route, p99 ≤ {GOAL_SPREAD} × p50.")
    return "\n".join(lines)


def _line(row: dict[str, Any]) -> str:
    return (
        f"{row['database']:<11}{row['ratio_to_empty']:>15.3f}{row['ratio_to_validate']:>15.3f}"
        f"{row['p99_over_p50']:>9.1f}{row['match']['per_second']:>12.0f}"
        f"{row['match']['p50']:>8.2f}{row['match']['p99']:>8.2f}"
    )


def _prepare(url: str, folder: Path) -> str:
    database = Database(url)
    upgrade(database.engine)
    with database.writing() as connection:
        clinic_id = create_clinic(connection, "Bench")
        _, key = create_key(connection, clinic_id, Role.INTAKE)
    rows = generate(ClinicSpec(therapists=ROSTER_SIZE, past_clients=0, unseen_clients=0)).therapists
    roster = folder / "roster.ndjson"
    roster.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with clinic_scope(database, clinic_id) as scope:
        THERAPISTS.land(scope, roster, "application/x-ndjson", FILE_BYTES)
    database.dispose()
    return key


@contextmanager
def _server(url: str) -> Iterator[int]:
    listener = listen("127.0.0.1", 18000, attempts=200)
    port: int = listener.getsockname()[1]
    listener.close()
    command = [sys.executable, "-m", "uvicorn", "bench.service_app:create", "--factory"]
    command += ["--port", str(port), "--log-level", "error", "--no-access-log"]
    environment = {**os.environ, "RAPPORT_DATABASE_URL": url}
    with subprocess.Popen(command, env=environment) as process:  # noqa: S603 - our own words
        try:
            _wait_for(port)
            yield port
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            measure(port, request_bytes("127.0.0.1", "/bench/empty", "-", b"{}"), 8, 201)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")


def _rounds(port: int, key: str, rounds: int) -> dict[str, list[Measured]]:
    body = json.dumps({**DEMO_REQUEST, "limit": 3}).encode()
    requests = {name: request_bytes("127.0.0.1", path, key, body) for name, path in ROUTES.items()}
    for request in requests.values():
        measure(port, request, REQUESTS // 4, 201)
    measured: dict[str, list[Measured]] = {name: [] for name in ROUTES}
    for _ in range(rounds):
        for name, request in requests.items():
            measured[name].append(measure(port, request, REQUESTS, 201))
    return measured


def _figures(database: str, measured: dict[str, list[Measured]]) -> dict[str, Any]:
    def ratio(other: str) -> float:
        pairs = zip(measured["match"], measured[other], strict=True)
        return statistics.median(ours.per_second / theirs.per_second for ours, theirs in pairs)

    figures: dict[str, Any] = {
        "database": database,
        "ratio_to_empty": ratio("empty"),
        "ratio_to_validate": ratio("validate"),
        "p99_over_p50": statistics.median(each.p99 / each.p50 for each in measured["match"]),
    }
    for name, rounds in measured.items():
        figures[name] = {
            part: statistics.median(getattr(each, part) for each in rounds)
            for part in ("per_second", "p50", "p99")
        }
    return figures
