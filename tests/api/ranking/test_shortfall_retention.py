"""Versions of shortfalls that nothing goes by any more are deleted, and no others."""

from datetime import timedelta

import pytest

from api.auth.roles import Role
from api.clock import utc_now
from api.exposure import retention
from api.exposure.retention import ShortfallDuty, delete_unused_shortfalls
from api.ranking.shortfalls import shortfall_now
from tests.factories.clinics import ClinicApi, make_clinic
from tests.factories.shortfalls import (
    ASKED,
    database_of,
    go_by_exposure,
    kept_now,
    stored_shortfall,
    three_women,
    versions,
)

LATER = timedelta(days=1, minutes=1)


def delete_at(clinic: ClinicApi, after: timedelta) -> None:
    delete_unused_shortfalls(database_of(clinic), utc_now() + after)


@pytest.fixture
def by_exposure(clinic: ClinicApi) -> ClinicApi:
    three_women(clinic)
    go_by_exposure(clinic, 0.9)
    return clinic


def test_the_newest_and_those_that_a_match_names_stay(by_exposure: ClinicApi) -> None:
    clinic = by_exposure
    kept_now(clinic, shortfall_now)
    named = kept_now(clinic, shortfall_now)
    match = clinic.match(**ASKED)
    assert stored_shortfall(clinic, match["id"]) == named
    kept_now(clinic, shortfall_now)
    delete_at(clinic, LATER)
    assert versions(clinic) == 2
    assert clinic.post(f"/v1/matches/{match['id']}/replay").json()["identical"]
    assert len(clinic.get("/v1/audit?action=exposure.expired").json()["items"]) == 1

    assert clinic.call(Role.STAFF, "DELETE", f"/v1/matches/{match['id']}").status_code == 200
    delete_at(clinic, LATER)
    assert versions(clinic) == 1
    delete_at(clinic, 100 * LATER)
    assert versions(clinic) == 1


def test_what_was_superseded_just_now_is_left_to_requests_under_way(
    by_exposure: ClinicApi,
) -> None:
    kept_now(by_exposure, shortfall_now)
    kept_now(by_exposure, shortfall_now)
    delete_at(by_exposure, timedelta(hours=23))
    assert versions(by_exposure) == 2


def test_a_newer_version_of_another_clinic_supersedes_nothing(by_exposure: ClinicApi) -> None:
    other = make_clinic(by_exposure.client)
    for clinic in (by_exposure, other):
        for _ in range(2):
            kept_now(clinic, shortfall_now)
    delete_at(by_exposure, LATER)
    assert (versions(by_exposure), versions(other)) == (1, 1)


def test_the_duty_looks_about_once_an_hour(
    by_exposure: ClinicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = utc_now() + LATER
    monkeypatch.setattr(retention, "utc_now", lambda: later)
    duty = ShortfallDuty()
    for _ in range(2):
        kept_now(by_exposure, shortfall_now)
    duty(database_of(by_exposure))
    assert versions(by_exposure) == 1
    kept_now(by_exposure, shortfall_now)
    duty(database_of(by_exposure))
    assert versions(by_exposure) == 2
