"""Retention: intakes that led to nothing go after the clinic's period, and nothing else does."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from api.clients import retention
from api.clients.retention import RetentionDuty, erase_stale_intakes
from api.clock import utc_now
from api.waits.duty import see_to_waits
from tests.api.clients.life import (
    client_id_of,
    created,
    database_of,
    furnish,
    id_of,
    intake,
    wait_for_somebody,
)
from tests.factories.clinics import ClinicApi, make_clinic
from tests.factories.ratings import rating_row, send

DAYS = 90


@pytest.fixture
def furnished(clinic: ClinicApi) -> ClinicApi:
    furnish(clinic)
    return clinic


@pytest.fixture(autouse=True)
def _nothing_failed(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A clinic's failure is logged and stops no other, so it would look like nothing to do."""
    yield
    assert [one.msg for one in caplog.get_records("call") if one.levelname == "ERROR"] == []


def erase_after(clinic: ClinicApi, days: float) -> int:
    return erase_stale_intakes(database_of(clinic), utc_now() + timedelta(days=days))


def status(clinic: ClinicApi, path: str) -> int:
    return clinic.get(path).status_code


def asked(clinic: ClinicApi, **body: Any) -> str:
    """The path of a match."""
    return f"/v1/matches/{clinic.match(**body)['id']}"


def test_an_intake_that_led_to_nothing_goes_with_its_client(furnished: ClinicApi) -> None:
    named, unnamed = asked(furnished, **intake("c-1")), asked(furnished)
    client = f"/v1/clients/{client_id_of(furnished, 'c-1')}"
    assert erase_after(furnished, DAYS - 0.1) == 0
    assert status(furnished, named) == 200
    assert erase_after(furnished, DAYS + 0.1) == 2
    assert [status(furnished, path) for path in (named, unnamed, client)] == [410, 410, 410]


def test_one_that_led_to_a_pairing_stays_whatever_became_of_it(furnished: ClinicApi) -> None:
    match = asked(furnished, **intake("c-1"))
    pairing = created(
        furnished.post(f"{match}/selection", {"therapist_id": id_of(furnished, "t-1")})
    )
    furnished.post(f"/v1/pairings/{pairing['id']}/decline", {"reason": "other"})
    assert erase_after(furnished, 1000) == 0
    assert status(furnished, match) == 200


def test_one_that_still_waits_stays_until_they_leave(furnished: ClinicApi) -> None:
    match_id, wait_id = wait_for_somebody(furnished, "c-1")
    assert erase_after(furnished, 1000) == 0
    created(furnished.post(f"/v1/waits/{wait_id}/leave"))
    assert erase_after(furnished, 1000) == 1
    paths = (f"/v1/matches/{match_id}", f"/v1/waits/{wait_id}")
    assert [status(furnished, path) for path in paths] == [410, 410]


def test_one_whose_wait_led_to_an_offer_stays_and_keeps_no_other(clinic: ClinicApi) -> None:
    therapist = clinic.add(reference="t-1", caseload=1, caseload_limit=1)
    references = ("c-1", "c-1", "c-2")
    offered, again, other = (clinic.match(client={"reference": one})["id"] for one in references)
    wait = created(clinic.post(f"/v1/matches/{offered}/wait", {}))
    path = f"/v1/therapists/{therapist['id']}"
    clinic.patch(path, {"caseload_limit": 2}, headers={"If-Match": "*"})
    see_to_waits(database_of(clinic))
    (pairing,) = clinic.get("/v1/pairings").json()["items"]
    created(clinic.post(f"/v1/pairings/{pairing['id']}/withdraw"))
    created(clinic.post(f"/v1/waits/{wait['id']}/leave"))
    assert erase_after(clinic, 1000) == 2
    found = [status(clinic, f"/v1/matches/{id_}") for id_ in (offered, again, other)]
    assert found == [200, 410, 410]


def test_a_client_of_whom_there_is_more_stays(furnished: ClinicApi) -> None:
    match = asked(furnished, **intake("c-1"))
    send(furnished, rating_row(client_reference="c-1"))
    client = f"/v1/clients/{client_id_of(furnished, 'c-1')}"
    assert erase_after(furnished, DAYS + 1) == 1
    assert (status(furnished, match), status(furnished, client)) == (410, 200)


def test_each_clinic_has_its_own_period(furnished: ClinicApi) -> None:
    other = make_clinic(furnished.client, "Other")
    other.patch("/v1/settings", {"intake_retention_days": 10})
    ours, theirs = asked(furnished), asked(other)
    assert erase_after(furnished, 11) == 1
    assert (status(furnished, ours), status(other, theirs)) == (200, 410)


def test_it_goes_in_small_batches(furnished: ClinicApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for _ in range(5):
        furnished.match()
    assert [erase_after(furnished, DAYS + 1) for _ in range(4)] == [2, 2, 1, 0]


def test_the_duty_looks_again_at_once_only_where_there_may_be_more(
    furnished: ClinicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [3, 0, 7]
    looked: list[int] = []

    def erase(*_: object) -> int:
        looked.append(found[len(looked)])
        return looked[-1]

    monkeypatch.setattr(retention, "erase_stale_intakes", erase)
    duty = RetentionDuty()
    for _ in range(5):
        duty(database_of(furnished))
    assert looked == [3, 0]


def test_the_same_intake_can_come_again_afterwards(furnished: ClinicApi) -> None:
    before = asked(furnished, **intake("c-1"))
    erase_after(furnished, DAYS + 1)
    again = asked(furnished, **intake("c-1"))
    assert (status(furnished, before), status(furnished, again)) == (410, 200)
