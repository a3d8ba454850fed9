"""The audit trail: complete, append-only, and without anything a person said."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from api.audit.record import record
from api.auth.system import clinic_scope
from api.db.database import Database
from tests.factories.clinics import ClinicApi
from tests.factories.ratings import send as send_ratings
from tests.factories.ratings import short_row


def database_of(clinic: ClinicApi) -> Database:
    database: Database = clinic.client.app.state.database  # type: ignore[attr-defined]
    return database


def trail(clinic: ClinicApi) -> list[tuple[str, Any]]:
    with database_of(clinic).reading() as connection:
        query = text("SELECT action, subject_id FROM audit ORDER BY id")
        return [(row.action, row.subject_id) for row in connection.execute(query)]


def test_everything_that_changes_or_reads_a_client_leaves_a_row(clinic: ClinicApi) -> None:
    therapist = clinic.add(reference="t-1")
    path = f"/v1/therapists/{therapist['id']}"
    clinic.patch(path, {"gender": "woman"}, headers={"If-Match": '"1"'})
    clinic.post(f"{path}/confirm-availability")
    clinic.post("/v1/vocabulary", {"facet": "needs", "code": "own", "label": "Own"})
    clinic.patch("/v1/settings", {"intake_retention_days": 30})
    match_id = clinic.match()["id"]
    clinic.get(f"/v1/matches/{match_id}")
    clinic.post(f"/v1/matches/{match_id}/replay")
    clinic.post(
        "/v1/imports/therapists",
        content=b'{"reference": "t-2", "name": "Bo"}\n',
        headers={"Content-Type": "application/x-ndjson"},
    )
    send_ratings(clinic, short_row())
    assert [action for action, _ in trail(clinic)] == [
        "therapist.created",
        "therapist.changed",
        "therapist.availability_confirmed",
        "vocabulary.added",
        "settings.changed",
        "match.created",
        "match.read",
        "match.replayed",
        "roster.imported",
        "ratings.imported",
    ]


def test_what_was_refused_leaves_no_row(clinic: ClinicApi) -> None:
    clinic.post("/v1/therapists", {"reference": "t-1", "name": "A", "needs": ["nothing"]})
    clinic.post("/v1/matches", {"preferences": {}, "needs": ["nothing"]})
    assert trail(clinic) == []


@pytest.mark.parametrize("statement", ["UPDATE audit SET action = 'x'", "DELETE FROM audit"])
def test_the_database_refuses_to_change_a_row(clinic: ClinicApi, statement: str) -> None:
    clinic.match()
    before = trail(clinic)
    with database_of(clinic).engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseError, match="append-only"):
            connection.execute(text(statement))
    assert trail(clinic) == before


def test_a_row_is_undone_with_what_it_records(clinic: ClinicApi) -> None:
    class StopError(Exception):
        pass

    def stop_after_recording() -> None:
        with clinic_scope(database_of(clinic), clinic.clinic_id) as scope:
            scope.unit.begin_write()
            record(scope, "something.done")
            raise StopError

    with pytest.raises(StopError):
        stop_after_recording()
    assert trail(clinic) == []


def test_a_row_outside_a_write_is_an_error(clinic: ClinicApi) -> None:
    with (
        clinic_scope(database_of(clinic), clinic.clinic_id) as scope,
        pytest.raises(RuntimeError),
    ):
        record(scope, "something.done")


def test_no_row_holds_what_a_person_said(clinic: ClinicApi) -> None:
    clinic.add(reference="ref-canary", name="Name Canary", pronouns="canary")
    clinic.match(client={"reference": "client-canary"}, payer="payer-canary", needs=["suicidality"])
    clinic.patch("/v1/settings", {"named_reader": "Reader Canary"})
    with database_of(clinic).reading() as connection:
        rows = connection.execute(text("SELECT * FROM audit")).all()
    shown = repr(rows).lower()
    assert "canary" not in shown
    assert "suicidality" not in shown
