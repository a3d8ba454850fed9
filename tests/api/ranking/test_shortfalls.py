"""Whose exposure fell short: what counts, when it is measured anew, and what is kept of it."""

from dataclasses import replace

import pytest
from sqlalchemy import delete, select

from api.auth.scope import ClinicScope
from api.db.tables import AuditRow, ExposureShortfall
from api.db.tables.base import table_of
from api.exposure.duty import ExposureDuty, measure_exposure
from api.ids import new_id
from api.ranking import shortfalls
from api.ranking.shortfalls import shortfall_now
from api.store.rosters import current_roster
from api.store.shortfalls import Shortfall, newest_shortfall, shortfall_on
from matching.exposure import LEAST_MATCHES
from tests.factories.clinics import ClinicApi, make_clinic
from tests.factories.shortfalls import (
    database_of,
    first_shown,
    go_by_exposure,
    measured_now,
    scope_of,
    three_women,
    versions,
)


def test_a_version_holds_for_so_many_matches(
    clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shortfalls, "MATCHES_A_VERSION", 3)
    three_women(clinic)
    measure_exposure(database_of(clinic))
    assert versions(clinic) == 0  # off

    go_by_exposure(clinic, 0.1)
    made = []
    for _ in range(8):
        measure_exposure(database_of(clinic))
        made.append(versions(clinic))
        first_shown(clinic, 1)

    assert made == [1, 1, 1, 2, 2, 2, 3, 3]


def test_a_duty_looks_at_once_and_then_leaves_off(clinic: ClinicApi) -> None:
    duty = ExposureDuty()
    go_by_exposure(clinic, 0.1)
    duty(database_of(clinic))
    assert versions(clinic) == 1

    go_by_exposure(clinic, 0.0)
    with scope_of(clinic) as scope:
        scope.unit.begin_write()
        table = table_of(ExposureShortfall)
        scope.connection.execute(delete(table).where(table.c.clinic_id == clinic.clinic_id))
    go_by_exposure(clinic, 0.1)
    duty(database_of(clinic))
    assert versions(clinic) == 0


def test_of_two_that_measure_at_once_one_keeps_a_version(
    clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_by_exposure(clinic, 0.1)
    measured = shortfalls.shortfall_now

    def meanwhile_another(scope: ClinicScope) -> Shortfall:
        monkeypatch.setattr(shortfalls, "shortfall_now", measured)
        measure_exposure(database_of(clinic))
        return measured(scope)

    monkeypatch.setattr(shortfalls, "shortfall_now", meanwhile_another)
    measure_exposure(database_of(clinic))

    assert versions(clinic) == 1


def test_what_few_clients_were_shown_says_nothing(clinic: ClinicApi) -> None:
    three_women(clinic)
    first_shown(clinic, LEAST_MATCHES - 1)
    # Neither one who comes again and again, nor what staff review.
    first_shown(clinic, 2, client={"reference": "c-1"}, staff_review=True)
    assert measured_now(clinic) == {}

    first_shown(clinic, 1, client={"reference": "c-1"})
    assert set(measured_now(clinic)) == {"t-1", "t-2"}


def test_a_client_counts_once(clinic: ClinicApi) -> None:
    three_women(clinic)
    first_shown(clinic, LEAST_MATCHES - 1)
    first_shown(clinic, 5, client={"reference": "c-1"})
    once = measured_now(clinic)
    first_shown(clinic, 5, client={"reference": "c-1"})
    assert measured_now(clinic) == once == {"t-1": 0.55, "t-2": 0.55}


def test_one_who_comes_again_and_again_takes_nobodys_place(
    clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shortfalls, "CLIENTS", LEAST_MATCHES)
    three_women(clinic)
    first_shown(clinic, LEAST_MATCHES - 1)
    first_shown(clinic, LEAST_MATCHES + 5, client={"reference": "c-1"})
    # Neither do those whom staff look after.
    first_shown(clinic, 5, staff_review=True)
    assert measured_now(clinic) == {"t-1": 0.55, "t-2": 0.55}


def test_who_was_not_eligible_was_owed_nothing(clinic: ClinicApi) -> None:
    three_women(clinic)
    clinic.add(reference="t-3", gender="woman", modalities=["cbt"], accepting=False)
    first_shown(clinic)
    clinic.add(reference="t-4", gender="woman", modalities=["cbt"])
    first_shown(clinic, 1)

    assert set(measured_now(clinic)) == {"t-1", "t-2"}


def test_matches_before_the_window_and_of_other_clinics_do_not_count(
    clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_clinic(clinic.client, "Another")
    three_women(clinic)
    three_women(other)
    first_shown(clinic, LEAST_MATCHES)
    assert measured_now(other) == {}
    monkeypatch.setattr(shortfalls, "CLIENTS", LEAST_MATCHES - 1)
    assert measured_now(clinic) == {}


def test_what_would_be_kept_is_what_is_shown_by(clinic: ClinicApi) -> None:
    three_women(clinic)
    first_shown(clinic)
    with scope_of(clinic) as scope:
        foreseen = shortfall_now(scope)
    assert foreseen.id is None
    assert versions(clinic) == 0

    go_by_exposure(clinic, 0.9)
    measure_exposure(database_of(clinic))

    with scope_of(clinic) as scope:
        newest = newest_shortfall(scope)
    assert newest is not None
    assert newest.by_therapist == foreseen.by_therapist


def test_who_came_after_a_roster_has_no_row_in_it(clinic: ClinicApi) -> None:
    three_women(clinic)
    first_shown(clinic)
    with scope_of(clinic) as scope:
        before, measured = current_roster(scope), shortfall_now(scope)
        named = {**measured.by_therapist, str(new_id()): 0.5}
        by_row = shortfall_on(scope, replace(measured, by_therapist=named), before)
    assert sorted(by_row.tolist()) == [0.0, 0.55, 0.55]


def test_a_version_is_recorded_by_counts_alone(clinic: ClinicApi) -> None:
    three_women(clinic)
    go_by_exposure(clinic, 0.9)
    first_shown(clinic)
    measure_exposure(database_of(clinic))

    table = table_of(AuditRow)
    query = select(table.c.subject_id, table.c.details).where(
        table.c.clinic_id == clinic.clinic_id, table.c.action == "exposure.measured"
    )
    with scope_of(clinic) as scope:
        newest = newest_shortfall(scope)
        (row,) = scope.connection.execute(query).all()
    assert newest is not None
    assert (row.subject_id, row.details) == (newest.id, {"therapists": 2})
