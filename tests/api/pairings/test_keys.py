"""A therapist's own key: made by staff, shown once, for a while."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from api.auth.roles import Role
from api.clock import utc_now
from api.db.tables import AccessKey, AuditRow, IdempotentReply
from tests.factories.clinics import ClinicApi, make_clinic
from tests.factories.pairings import chosen, match_of, moved, roster, rows_of


def test_with_their_key_a_therapist_answers_what_they_are_asked(clinic: ClinicApi) -> None:
    (therapist,) = roster(clinic, 1)
    pairing = chosen(clinic, match_of(clinic), therapist)
    made = clinic.post(f"/v1/therapists/{therapist}/keys", {"days": 30}, Role.STAFF)
    assert made.status_code == 201
    clinic.keys[Role.THERAPIST] = made.json()["key"]
    assert moved(clinic, pairing, "accept", None, Role.THERAPIST)["status"] == "active"
    assert clinic.get("/v1/therapists", Role.THERAPIST).status_code == 403
    lasts = datetime.fromisoformat(made.json()["expires_at"]) - utc_now()
    assert timedelta(days=29) < lasts <= timedelta(days=30)


@pytest.mark.parametrize("body", [{}, {"days": 0}, {"days": 366}, {"days": "30"}, {"day": 3}, None])
def test_a_key_lasts_a_day_to_a_year(clinic: ClinicApi, body: Any) -> None:
    (therapist,) = roster(clinic, 1)
    assert clinic.post(f"/v1/therapists/{therapist}/keys", body).status_code == 422


def test_for_another_clinics_therapist_there_is_no_key(clinic: ClinicApi) -> None:
    (theirs,) = roster(make_clinic(clinic.client, "Other"), 1)
    for unknown in (theirs, str(uuid4())):
        made = clinic.post(f"/v1/therapists/{unknown}/keys", {"days": 1})
        assert made.status_code == 404


def test_the_same_call_again_makes_no_second_key_and_shows_none(clinic: ClinicApi) -> None:
    (therapist,) = roster(clinic, 1)
    before = len(rows_of(clinic, AccessKey))
    path, headers = f"/v1/therapists/{therapist}/keys", {"Idempotency-Key": "once"}
    first, second = (clinic.post(path, {"days": 1}, headers=headers) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    key = first.json()["key"]
    assert second.json() == {**first.json(), "key": None}
    assert len(rows_of(clinic, AccessKey)) == before + 1
    # Of a key only the hash is kept, here too.
    (kept,) = rows_of(clinic, IdempotentReply)
    assert key.encode() not in kept["body"]


def test_that_a_key_was_made_is_recorded(clinic: ClinicApi) -> None:
    (therapist,) = roster(clinic, 1)
    made = clinic.post(f"/v1/therapists/{therapist}/keys", {"days": 1}).json()
    (row,) = (row for row in rows_of(clinic, AuditRow) if row["action"] == "key.created")
    assert str(row["subject_id"]) == made["id"]
    assert row["details"] == {"therapist_id": therapist}
