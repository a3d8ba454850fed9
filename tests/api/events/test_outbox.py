"""An event is written with what it tells of, and holds ids only."""

import json
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from api.auth.system import clinic_scope
from api.events import queries
from api.events.payload import event_body
from api.ids import new_id
from api.store.outbox import EVENT_TYPES, emit, forget_events
from tests.api.events.conftest import Stage
from tests.factories.sql import statements

IDS = ("match_id", "pairing_id", "therapist_id", "wait_id", "task_id")


def counted(stage: Stage, table: str) -> int:
    with stage.database.reading() as connection:
        found: int = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608 - a name of ours
        return found


def test_a_match_is_told_of(stage: Stage) -> None:
    webhook = stage.hook()
    match = stage.clinic.match()
    (delivery,) = stage.deliveries(webhook)
    assert delivery["type"] == "match.created"
    assert (delivery["status"], delivery["attempts"]) == ("waiting", 0)
    assert stage.dispatcher.send_due() == 1
    body = json.loads(stage.receiver.received[0].body)
    assert body["data"] == {"match_id": match["id"]}


def test_without_a_webhook_nothing_is_written_or_read(stage: Stage) -> None:
    with clinic_scope(stage.database, stage.clinic.clinic_id) as scope:
        scope.unit.begin_write()
        with statements(stage.database.engine) as seen:
            emit(scope, "match.created", new_id())
    assert seen == []
    webhook = stage.hook(events=["task.opened"])
    stage.clinic.match()
    assert stage.deliveries(webhook) == []
    assert counted(stage, "events") == 0


def test_who_wants_what_is_read_once(stage: Stage) -> None:
    stage.hook(events=["task.opened"])
    for wanted in (1, 0):
        with clinic_scope(stage.database, stage.clinic.clinic_id) as scope:
            scope.unit.begin_write()
            with statements(stage.database.engine) as seen:
                emit(scope, "match.created", new_id())
        assert len(seen) == wanted


def test_each_webhook_gets_what_it_wants(stage: Stage) -> None:
    every = stage.hook()
    some = stage.hook(events=["match.created", "task.opened"])
    other = stage.hook(events=["wait.offered"])
    stage.clinic.match()
    assert [len(stage.deliveries(webhook)) for webhook in (every, some, other)] == [1, 1, 0]
    # One event, whoever is told of it.
    assert stage.deliveries(every)[0]["event_id"] == stage.deliveries(some)[0]["event_id"]
    stage.change(f"/v1/webhooks/{every['id']}", {"events": ["wait.offered"]})
    stage.clinic.match()
    assert [len(stage.deliveries(webhook)) for webhook in (every, some, other)] == [1, 2, 0]


def test_what_is_undone_is_not_told_of(stage: Stage) -> None:
    stage.hook()

    def undone() -> None:
        with clinic_scope(stage.database, stage.clinic.clinic_id) as scope:
            scope.unit.begin_write()
            emit(scope, "match.created", new_id())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undone()
    assert counted(stage, "events") == 0
    assert stage.dispatcher.send_due() == 0


def test_an_event_needs_a_transaction_and_a_type(stage: Stage) -> None:
    with clinic_scope(stage.database, stage.clinic.clinic_id) as scope:
        with pytest.raises(RuntimeError):
            emit(scope, "match.created", new_id())
        scope.unit.begin_write()
        with pytest.raises(ValueError, match="no such type"):
            emit(scope, "match.read", new_id())


def test_nothing_but_ids_is_in_any_body(stage: Stage) -> None:
    webhook = UUID(stage.hook()["id"])
    clinic_id = stage.clinic.clinic_id

    @settings(max_examples=30)
    @given(
        st.sampled_from(sorted(EVENT_TYPES)),
        st.uuids(),
        st.dictionaries(st.sampled_from(IDS), st.none() | st.uuids()),
    )
    def check(type_: str, subject_id: UUID, ids: dict[str, UUID | None]) -> None:
        with clinic_scope(stage.database, clinic_id) as scope:
            scope.unit.begin_write()
            emit(scope, type_, subject_id, **ids)
        with clinic_scope(stage.database, clinic_id) as scope:
            (row,) = queries.deliveries(scope, webhook, None, 1)
        body = json.loads(event_body(row))
        assert body.keys() == {"id", "type", "created_at", "clinic_id", "data"}
        assert (body["type"], body["clinic_id"]) == (type_, str(clinic_id))
        given_ids = {name: str(id_) for name, id_ in ids.items() if id_ is not None}
        assert body["data"] == given_ids
        assert list(body["data"]) == sorted(given_ids)

    check()


def test_what_was_erased_is_not_told_of(stage: Stage) -> None:
    webhook = stage.hook()
    kept, erased = stage.clinic.match(), stage.clinic.match()
    stage.dispatcher.send_due()
    with clinic_scope(stage.database, stage.clinic.clinic_id) as scope:
        forget_events(scope, [UUID(erased["id"])])
    assert counted(stage, "events") == counted(stage, "deliveries") == 1
    (left,) = stage.deliveries(webhook)
    with stage.database.reading() as connection:
        subject = connection.execute(text("SELECT data FROM events")).scalar_one()
    assert kept["id"] in str(subject)
    assert left["status"] == "delivered"
