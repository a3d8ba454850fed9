"""Tasks for staff: one of a kind at a time, read by page, resolved once."""

import threading
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from api.auth.roles import Role
from api.auth.system import clinic_scope
from api.clock import utc_now
from api.db.database import Database
from api.store.clients import client_id_of
from api.store.places import set_hold, standing_of
from api.store.tasks import TASK_KINDS, forget_tasks, open_task
from api.tasks.schemas import RESOLUTIONS
from tests.factories.barrage import echoed
from tests.factories.clinics import ClinicApi, make_clinic


def database_of(clinic: ClinicApi) -> Database:
    made: Database = clinic.client.app.state.database  # type: ignore[attr-defined]
    return made


def opened(clinic: ClinicApi, kind: str = "rupture", **about: UUID) -> str:
    with clinic_scope(database_of(clinic), clinic.clinic_id) as scope:
        return str(open_task(scope, kind, **about))


def resolved(clinic: ClinicApi, task_id: str, resolution: str, **more: Any) -> Any:
    body = {"resolution": resolution, **more}
    return clinic.post(f"/v1/tasks/{task_id}/resolve", body, role=Role.STAFF)


def listed(clinic: ClinicApi, **query: str) -> list[str]:
    answer = clinic.get("/v1/tasks", role=Role.STAFF, params=query)
    return [item["id"] for item in answer.json()["items"]]


def takes_new(clinic: ClinicApi, therapist_id: str) -> bool:
    with clinic_scope(database_of(clinic), clinic.clinic_id) as scope:
        return standing_of(scope, UUID(therapist_id), utc_now()).takes_new


def reported(clinic: ClinicApi, therapist_id: str, pairing_id: UUID) -> str:
    """What a report about a therapist does."""
    therapist = UUID(therapist_id)
    with clinic_scope(database_of(clinic), clinic.clinic_id) as scope:
        set_hold(scope, therapist, on_hold=True)
        return str(open_task(scope, "safety", therapist_id=therapist, pairing_id=pairing_id))


def test_one_task_of_a_kind_about_the_same_is_open_at_a_time(clinic: ClinicApi) -> None:
    pairing = uuid4()
    first = opened(clinic, pairing_id=pairing)
    assert opened(clinic, pairing_id=pairing) == first
    others = [
        opened(clinic, pairing_id=uuid4()),
        opened(clinic, match_id=pairing),
        opened(clinic, "staff_selection", pairing_id=pairing),
        opened(clinic),
    ]
    assert len({first, *others}) == 5
    assert resolved(clinic, first, "done").status_code == 200
    assert opened(clinic, pairing_id=pairing) not in {first, *others}
    with pytest.raises(ValueError, match="no such kind"):
        opened(clinic, "no_such_kind")


def test_opened_by_many_at_once_it_is_one(clinic: ClinicApi) -> None:
    pairing, ids, failures = uuid4(), set[str](), list[BaseException]()

    def work() -> None:
        try:
            for _ in range(5):
                ids.add(opened(clinic, pairing_id=pairing))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert listed(clinic) == list(ids)


def test_tasks_are_listed_by_status_and_kind_newest_first(clinic: ClinicApi) -> None:
    old = [opened(clinic, pairing_id=uuid4()) for _ in range(3)]
    reader = opened(clinic, "name_reader")
    resolved(clinic, old[0], "dismissed")
    assert listed(clinic) == [reader, old[2], old[1], old[0]]
    assert listed(clinic, status="open") == [reader, old[2], old[1]]
    assert listed(clinic, status="done", kind="rupture") == [old[0]]
    assert listed(clinic, kind="safety") == []
    page = clinic.get("/v1/tasks", params={"limit": 3, "status": "open"}).json()
    assert page["next_cursor"] is None
    page = clinic.get("/v1/tasks", params={"limit": 2}).json()
    rest = listed(clinic, limit="2", cursor=page["next_cursor"])
    assert [item["id"] for item in page["items"]] + rest == [reader, old[2], old[1], old[0]]
    for wrong in ({"kind": "zqcanary7x"}, {"status": "zqcanary7x"}):
        refused = clinic.get("/v1/tasks", params=wrong)
        assert refused.status_code == 422
        assert not echoed(refused.text)


def test_a_task_is_resolved_once_in_a_way_of_its_kind(clinic: ClinicApi) -> None:
    assert set(RESOLUTIONS) == TASK_KINDS
    task_id = opened(clinic)
    assert resolved(clinic, task_id, "cleared").status_code == 422
    assert resolved(clinic, task_id, "zqcanary7x").status_code == 422
    assert resolved(clinic, task_id, "done", note="x" * 2001).status_code == 422
    done = resolved(clinic, task_id, "done", note="They talked.\nAll is well.").json()
    assert (done["status"], done["resolution"]) == ("done", "done")
    assert done["note"] == "They talked.\nAll is well."
    assert done["resolved_at"] > done["opened_at"]
    assert done["resolved_by"] is not None
    assert clinic.get(f"/v1/tasks/{task_id}").json() == done
    assert resolved(clinic, task_id, "dismissed").status_code == 409
    assert clinic.get(f"/v1/tasks/{task_id}").json() == done


def test_what_staff_wrote_is_in_the_task_alone(clinic: ClinicApi) -> None:
    resolved(clinic, opened(clinic), "done", note="zqcanary7x")
    with database_of(clinic).reading() as connection:
        rows = connection.execute(text("SELECT action, details FROM audit")).all()
    assert {row.action for row in rows} >= {"task.opened", "task.resolved"}
    assert not echoed(str(rows))


def test_another_clinics_task_is_not_there(clinic: ClinicApi, client: TestClient) -> None:
    task_id = opened(clinic)
    other = make_clinic(client, "Other")
    assert other.get(f"/v1/tasks/{task_id}").status_code == 404
    assert resolved(other, task_id, "done").status_code == 404
    assert listed(other) == []
    assert listed(clinic, status="open") == [task_id]


def test_a_hold_ends_when_what_was_reported_is_cleared(clinic: ClinicApi) -> None:
    therapist = clinic.add(reference="t-1")["id"]
    task_id = reported(clinic, therapist, uuid4())
    assert not takes_new(clinic, therapist)
    assert resolved(clinic, task_id, "done").status_code == 422
    assert not takes_new(clinic, therapist)
    assert resolved(clinic, task_id, "cleared").status_code == 200
    assert takes_new(clinic, therapist)


def test_a_hold_that_is_kept_stays_until_it_is_cleared(clinic: ClinicApi) -> None:
    therapist = clinic.add(reference="t-1")["id"]
    task_id = reported(clinic, therapist, uuid4())
    assert resolved(clinic, task_id, "kept").status_code == 200
    assert not takes_new(clinic, therapist)
    assert resolved(clinic, task_id, "kept").status_code == 409
    assert resolved(clinic, task_id, "cleared").json()["resolution"] == "cleared"
    assert takes_new(clinic, therapist)
    assert resolved(clinic, task_id, "cleared").status_code == 409


@pytest.mark.parametrize("first", ["cleared", "kept"])
def test_a_hold_stays_while_another_report_is_open_or_kept(clinic: ClinicApi, first: str) -> None:
    therapist = clinic.add(reference="t-1")["id"]
    one, two = (reported(clinic, therapist, uuid4()) for _ in range(2))
    resolved(clinic, one, first)
    assert not takes_new(clinic, therapist)
    resolved(clinic, two, "cleared")
    assert takes_new(clinic, therapist) is (first == "cleared")


def test_tasks_about_what_is_erased_are_erased(clinic: ClinicApi) -> None:
    pairing = uuid4()
    with clinic_scope(database_of(clinic), clinic.clinic_id) as scope:
        scope.unit.begin_write()
        client_id = client_id_of(scope, "c-1", utc_now())
    about = opened(clinic, "staff_selection", client_id=client_id)
    resolved(clinic, about, "done", note="zqcanary7x")
    opened(clinic, pairing_id=pairing)
    kept = opened(clinic, pairing_id=uuid4())
    with clinic_scope(database_of(clinic), clinic.clinic_id) as scope:
        forget_tasks(scope, [client_id, pairing])
    assert listed(clinic) == [kept]
    assert clinic.get(f"/v1/tasks/{about}").status_code == 404
