"""What leaks: nothing that was sent comes back or is written down, whatever goes wrong."""

import asyncio
import io
import json
import logging
import os
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stderr
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import inspect, text

from api.auth.roles import Role
from api.db.database import Database
from api.http.logs import configure_logging
from api.ranking import answering, queries
from tests.factories.barrage import ID_NAMES, ROUTES, Barrage, echoed, faults
from tests.factories.clinics import ClinicApi
from tests.factories.hostile import BODIES, CANARY, PATHS, to_json
from tests.factories.loops import run
from tests.factories.samples import placed, places

MATCH = {"preferences": {}, "client": {"reference": f"c-{CANARY}"}, "payer": CANARY}


@contextmanager
def all_that_is_written() -> Iterator[io.StringIO]:
    """What goes to stderr meanwhile, with logs as a server writes them, at every level."""
    root = logging.getLogger()
    handlers, level, raising = root.handlers, root.level, logging.raiseExceptions
    stream = io.StringIO()
    with redirect_stderr(stream), warnings.catch_warnings():
        configure_logging("debug")
        # The client in front of the service is no part of it.
        for name in ("httpx2", "httpcore2", "asyncio"):
            logging.getLogger(name).setLevel(logging.WARNING)
        try:
            yield stream
        finally:
            root.handlers, root.level, logging.raiseExceptions = handlers, level, raising


def lines(written: io.StringIO) -> list[dict[str, Any]]:
    """Each line, which must be JSON."""
    return [json.loads(line) for line in written.getvalue().splitlines()]


def database_of(clinic: ClinicApi) -> Database:
    database: Database = clinic.client.app.state.database  # type: ignore[attr-defined]
    return database


def stored(clinic: ClinicApi, table: str) -> str:
    with database_of(clinic).reading() as connection:
        rows = connection.execute(text(f"SELECT * FROM {table}")).all()  # noqa: S608
    return " ".join(shown(part) for row in rows for part in row)


def shown(part: Any) -> str:
    return bytes(part).decode("latin-1") if isinstance(part, bytes | memoryview) else str(part)


def send_words_everywhere(barrage: Barrage, routes: Iterable[tuple[str, str]]) -> None:
    for method, path in routes:
        url = barrage.anew(path)
        good = barrage.body(method, path)
        for place in places(good) if good else ():
            barrage.send((path, place), method, url, to_json(placed(good, place, CANARY)))
        barrage.send(path, method, f"{url}?cursor={CANARY}&{CANARY}=1", CANARY.encode())
        barrage.send(
            path, method, url, b"{}", [("Idempotency-Key", f"{CANARY} "), ("Cookie", CANARY)]
        )
        barrage.send(path, method, url, b"{}", [("Authorization", f"Bearer {CANARY}")])
        hostile = dict.fromkeys(ID_NAMES, CANARY)
        barrage.send(path, method, barrage.path(path, **hostile))
        barrage.send(path, CANARY.upper(), url)
    for path in PATHS:
        barrage.send(path, CANARY.upper(), path, CANARY.encode())


def test_no_word_is_logged_or_audited(clinic: ClinicApi) -> None:
    barrage = Barrage(clinic)
    with all_that_is_written() as written:
        send_words_everywhere(barrage, [route for route in ROUTES if route[0] != "DELETE"])
        # It did come in, where it may be kept.
        for table in ("rating_notes", "pairings", "staff_tasks", "therapist_profiles"):
            assert echoed(stored(clinic, table)), table
        send_words_everywhere(barrage, [route for route in ROUTES if route[0] == "DELETE"])
    assert not echoed(stored(clinic, "rating_notes"))
    assert barrage.found == []
    assert barrage.refused > 100
    assert barrage.taken > 20
    logged = lines(written)
    assert len(logged) >= barrage.refused + barrage.taken
    assert not echoed(written.getvalue())
    assert not any(key in written.getvalue() for key in clinic.keys.values())
    # Nor one of those that were made meanwhile.
    assert "rapport_" not in written.getvalue()
    for table in ("audit", "events"):
        assert stored(clinic, table), table
        assert not echoed(stored(clinic, table)), table


def test_of_an_idempotency_key_and_its_request_only_hashes_are_kept(clinic: ClinicApi) -> None:
    headers = {"Idempotency-Key": f"key-{CANARY}"}
    assert clinic.post("/v1/matches", MATCH, headers=headers).status_code == 201
    kept = stored(clinic, "idempotent_replies")
    assert "candidates" in kept
    assert not echoed(kept)


def test_a_comment_is_kept_for_its_reader_and_nowhere_else(clinic: ClinicApi) -> None:
    barrage = Barrage(clinic)
    path = "/v1/pairings/{pairing_id}/ratings"
    said = {**barrage.body("POST", path), "comment": CANARY}
    sent = clinic.post(barrage.path(path), said, headers={"Idempotency-Key": "once"})
    assert sent.status_code == 201
    assert not echoed(sent.text)
    with database_of(clinic).reading() as connection:
        tables = inspect(connection).get_table_names()
    assert [table for table in tables if echoed(stored(clinic, table))] == ["rating_notes"]


def test_an_unexpected_error_is_logged_by_type_and_place_alone(
    clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        try:
            os.environ[f"no-{CANARY}"]
        except KeyError as error:
            raise ValueError(f"cannot rank {CANARY}") from error

    monkeypatch.setattr(answering, "rank", fail)
    monkeypatch.setattr(answering, "to_intake", fail)
    with all_that_is_written() as written:
        answer = clinic.post("/v1/matches", MATCH)
    assert answer.status_code == 500
    assert faults(answer) == ["a failure of the service"]
    assert not echoed(written.getvalue())
    (logged,) = [line for line in lines(written) if line["event"] == "unexpected"]
    assert logged["exception"] == "ValueError"
    assert logged["request_id"] == answer.headers["X-Request-Id"]
    assert any("fail" in place for place in logged["at"])


def test_a_failing_database_is_an_answer_without_its_words(
    clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(scope: Any, _row: object) -> None:
        scope.connection.execute(text(f"SELECT '{CANARY}' FROM missing"))  # noqa: S608

    monkeypatch.setattr(queries, "insert_match", fail)
    with all_that_is_written() as written:
        answer = clinic.post("/v1/matches", MATCH)
    assert faults(answer) == ["a failure of the service"]
    assert not echoed(written.getvalue())
    assert {"OperationalError", "ProgrammingError"} & {
        line.get("exception") for line in lines(written)
    }
    monkeypatch.undo()
    assert clinic.post("/v1/matches", MATCH).status_code == 201
    assert stored(clinic, "clients").count(CANARY) == 1


@pytest.mark.parametrize("backend", ["postgresql"])
def test_a_lost_connection_is_unavailable_and_the_next_call_works(
    clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert = queries.insert_match

    def lose(scope: Any, row: Any) -> None:
        own = scope.connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with scope.database.reading() as other:
            other.execute(text("SELECT pg_terminate_backend(:own)"), {"own": own})
        insert(scope, row)

    monkeypatch.setattr(queries, "insert_match", lose)
    with all_that_is_written() as written:
        answer = clinic.post("/v1/matches", MATCH)
    assert answer.status_code == 503
    assert faults(answer) == ["a failure of the service"]
    assert answer.headers["Retry-After"]
    monkeypatch.setattr(queries, "insert_match", insert)
    assert clinic.post("/v1/matches", MATCH).status_code == 201
    assert not echoed(written.getvalue())


def test_what_libraries_warn_of_is_logged_without_words() -> None:
    async def leave_a_failure() -> None:
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        future.set_exception(ValueError(CANARY))
        loop.call_exception_handler(
            {"message": "never retrieved", "future": future, "exception": future.exception()}
        )

    with all_that_is_written() as written:
        run(leave_a_failure())
        warnings.simplefilter("always")
        warnings.warn(f"unexpected value {CANARY}", stacklevel=1)
        logging.getLogger("library").error("%d", CANARY)
    assert [line["event"] for line in lines(written)] == ["never retrieved", "warning"]
    assert not echoed(written.getvalue())


def test_a_reference_changed_to_a_taken_one_says_nothing_of_the_other(clinic: ClinicApi) -> None:
    clinic.add(reference=f"t-{CANARY}")
    path = f"/v1/therapists/{clinic.add(reference='t-1')['id']}"
    taken = clinic.patch(path, {"reference": f"t-{CANARY}"}, headers={"If-Match": '"1"'})
    assert taken.status_code == 409
    assert faults(taken) == []


WRONG_KEYS = {
    "a word": CANARY,
    "no secret": "rapport_",
    "unknown": "rapport_" + "A" * 43,
    "not ASCII": "rapport_" + "\xf8" * 43,
    "long": "x" * 128,
    "sql": "' OR 1=1 --",
}


@pytest.mark.parametrize("key", WRONG_KEYS.values(), ids=WRONG_KEYS)
def test_every_wrong_key_gets_the_same_answer(client: TestClient, key: str) -> None:
    answers = []
    for wrong in (key, "rapport_" + "B" * 43):
        headers = {b"Authorization": f"Bearer {wrong}".encode()}
        answers.append(client.get("/v1/settings", headers=headers))
    assert [faults(answer) for answer in answers] == [[], []]
    assert answers[0].content == answers[1].content
    assert answers[0].status_code == 401


def test_a_callers_request_id_is_not_taken(clinic: ClinicApi) -> None:
    own = str(uuid4())
    answer = clinic.get("/v1/settings", headers={"X-Request-Id": own})
    assert answer.headers["X-Request-Id"] != own
    assert faults(answer) == []


@pytest.mark.parametrize("role", [None, Role.AUDITOR])
def test_what_is_sent_without_leave_is_not_looked_at(clinic: ClinicApi, role: Role | None) -> None:
    headers = {"Content-Type": "application/json"}
    if role:
        headers["Authorization"] = f"Bearer {clinic.keys[role]}"
    for name, body in BODIES.items():
        for path in ("/v1/matches", "/v1/therapists", "/v1/vocabulary"):
            turned_away = clinic.client.post(path, content=body, headers=headers)
            assert faults(turned_away) == []
            assert turned_away.status_code == (403 if role else 401), (path, name)
