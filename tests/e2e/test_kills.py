"""The server is killed at random moments, two hundred times: nothing acknowledged is lost."""

import os
import random
import signal
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from api.db.database import Database
from tests.factories.ledger import Caller, Case
from tests.factories.servers import Server, administrator

# For each database; the whole server and one of its workers in turn.
KILLS = 100
CALLERS = 4
THERAPISTS, PLACES = 6, 4
LIVE = ("offered", "awaiting_staff", "requested", "active")


def workers_of(server: Server) -> list[int]:
    """The processes that answer: those that the server's own process started."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                words = (entry / "cmdline").read_text()
            except OSError:
                continue
            if int(fields[1]) == server.process.pid and "spawn_main" in words:
                found.append(int(entry.name))
    return found


def plain(id_: object) -> str:
    """An id as both databases have it: SQLite keeps no hyphens."""
    return str(id_).replace("-", "")


def rows(connection: Connection, query: str) -> list[Any]:
    return list(connection.execute(text(query)).all())


def check_places(connection: Connection) -> None:
    """No place is lost or given twice."""
    held = dict(
        rows(
            connection,
            "SELECT therapist_id, held FROM therapist_availability WHERE valid_to IS NULL",
        )
    )
    live = Counter(
        row.therapist_id
        for row in rows(connection, "SELECT therapist_id, status FROM pairings")
        if row.status in LIVE
    )
    assert held == {therapist: live.get(therapist, 0) for therapist in held}
    assert max(held.values()) <= PLACES


def check_case(case: Case, status: dict[str, str], of_match: dict[str, list[str]]) -> None:
    """What was acknowledged of one case is there, and nothing of it was done twice."""
    pairings = of_match.get(case.match_id, [])
    assert len(pairings) <= 1
    found = status[pairings[0]] if pairings else None
    assert found in case.possible, (found, case)
    if case.pairing_id is not None:
        assert pairings == [case.pairing_id]


def check_ledger(connection: Connection, cases: list[Case]) -> None:
    status: dict[str, str] = {}
    of_match: dict[str, list[str]] = {}
    for row in rows(connection, "SELECT id, match_id, status FROM pairings"):
        status[plain(row.id)] = row.status
        of_match.setdefault(plain(row.match_id), []).append(plain(row.id))
    rated: dict[str, set[int]] = {}
    for row in rows(connection, "SELECT pairing_id, session_number FROM fit_ratings"):
        rated.setdefault(plain(row.pairing_id), set()).add(row.session_number)
    matches = {plain(row.id) for row in rows(connection, "SELECT id FROM matches")}
    waits = {plain(row.id) for row in rows(connection, "SELECT id FROM waits")}
    audited = {plain(row.subject_id) for row in rows(connection, "SELECT subject_id FROM audit")}
    for case in cases:
        case.match_id = plain(case.match_id)
        case.pairing_id = case.pairing_id and plain(case.pairing_id)
        assert case.match_id in matches & audited
        check_case(case, status, of_match)
        if case.pairing_id is not None:
            found = rated.get(case.pairing_id, set())
            assert case.rated <= found <= case.rated | case.maybe_rated
            assert case.pairing_id in audited
        assert case.wait_id is None or plain(case.wait_id) in waits


def test_two_hundred_kills_lose_nothing(database_url: str, tmp_path: Path) -> None:
    chance = random.Random(7)  # noqa: S311 - when to kill, repeatable
    key = administrator(database_url)
    server = Server(database_url, tmp_path / "log", "--workers", "2")
    for number in range(THERAPISTS):
        row = {"reference": f"t-{number}", "name": "Somebody", "caseload_limit": PLACES}
        assert server.post("/v1/therapists", key, row).status_code == 201
    callers = [Caller(server.address, key, seed) for seed in range(CALLERS)]
    stop = threading.Event()
    threads = [threading.Thread(target=caller.run, args=(stop,)) for caller in callers]
    for thread in threads:
        thread.start()
    try:
        for kill in range(KILLS):
            time.sleep(chance.uniform(0.05, 0.5))
            workers = workers_of(server)
            if kill % 4 and workers:
                # One at a time: its place is taken by a new one while the other answers.
                os.kill(chance.choice(workers), signal.SIGKILL)
            else:
                server.kill()
                server.start()
            if kill % 25 == 24:
                assert all(thread.is_alive() for thread in threads), [c.faults for c in callers]
    finally:
        stop.set()
        for thread in threads:
            thread.join(120)
        for caller in callers:
            caller.close()
        server.stop()
    assert [caller.faults for caller in callers] == [[]] * CALLERS
    assert sum(caller.lost for caller in callers) > KILLS / 4
    assert sum(caller.acknowledged for caller in callers) > KILLS
    database = Database(database_url)
    with database.reading() as connection:
        check_places(connection)
        check_ledger(connection, [case for caller in callers for case in caller.cases])
    database.dispose()
