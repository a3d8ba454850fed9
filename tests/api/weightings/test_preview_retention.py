"""A preview that has ended goes after the clinic's period, and nothing else does."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from api.clock import utc_now
from api.weightings.preview import retention, worker
from api.weightings.preview.jobs import PREVIEWS
from api.weightings.preview.retention import PreviewDuty, delete_old_previews
from tests.factories.clinics import ClinicApi, make_clinic
from tests.factories.models import LEASE, database_of
from tests.factories.weightings import active, preview

DAYS = 90


@pytest.fixture(autouse=True)
def _nothing_failed(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A clinic's failure is logged and stops no other, so it would look like nothing to do."""
    yield
    assert [one.msg for one in caplog.get_records("call") if one.levelname == "ERROR"] == []


def asked(clinic: ClinicApi) -> str:
    """The path of a job that waits."""
    response = preview(clinic, active(clinic), background=True)
    assert response.status_code == 202, response.text
    path: str = response.headers["Location"]
    return path


def ended(clinic: ClinicApi) -> str:
    """The path of a job that was done."""
    path = asked(clinic)
    held = PREVIEWS.claim(database_of(clinic), clinic.clinic_id, LEASE)
    assert held is not None
    worker.work(database_of(clinic), held, LEASE)
    return path


def status(clinic: ClinicApi, path: str) -> int:
    return clinic.get(path).status_code


def delete_after(clinic: ClinicApi, days: float) -> None:
    delete_old_previews(database_of(clinic), utc_now() + timedelta(days=days))


def expired(clinic: ClinicApi) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = clinic.get("/v1/audit?action=preview.expired").json()["items"]
    return found


def test_what_has_ended_goes_after_the_clinics_period(clinic: ClinicApi) -> None:
    done, cancelled = ended(clinic), asked(clinic)
    assert clinic.post(f"{cancelled}/cancel", {}).status_code == 200
    delete_after(clinic, DAYS - 0.1)
    assert [status(clinic, path) for path in (done, cancelled)] == [200, 200]
    delete_after(clinic, DAYS + 0.1)
    assert [status(clinic, path) for path in (done, cancelled)] == [404, 404]
    rows = expired(clinic)
    assert {row["subject_id"] for row in rows} == {
        path.rpartition("/")[2] for path in (done, cancelled)
    }
    assert {row["key_id"] for row in rows} == {None}
    delete_after(clinic, DAYS + 0.1)
    assert len(expired(clinic)) == 2


def test_what_is_under_way_stays(clinic: ClinicApi) -> None:
    before, waiting = ended(clinic), asked(clinic)
    delete_after(clinic, 10 * DAYS)
    assert status(clinic, before) == 404
    assert PREVIEWS.claim(database_of(clinic), clinic.clinic_id, LEASE) is not None
    delete_after(clinic, 10 * DAYS)
    assert status(clinic, waiting) == 200


def test_each_clinic_has_its_own_period(clinic: ClinicApi) -> None:
    other = make_clinic(clinic.client)
    ours, theirs = ended(clinic), ended(other)
    answer = clinic.patch("/v1/settings", {"intake_retention_days": 10})
    assert answer.status_code == 200, answer.text
    delete_after(clinic, 11)
    assert (status(clinic, ours), status(other, theirs)) == (404, 200)


def test_the_duty_looks_about_once_an_hour(
    clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = ended(clinic)
    later = utc_now() + timedelta(days=DAYS + 1)
    monkeypatch.setattr(retention, "utc_now", lambda: later)
    duty = PreviewDuty()
    duty(database_of(clinic))
    assert status(clinic, path) == 404
    again = ended(clinic)
    duty(database_of(clinic))
    assert status(clinic, again) == 200
