"""Places: who may still be taken on, whatever is chosen, imported or lapses meanwhile."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from api.auth.roles import Role
from api.clock import utc_now
from tests.factories.clinics import ClinicApi
from tests.factories.pairings import (
    active,
    at,
    choose,
    chosen,
    held,
    match_of,
    moved,
    put_on_hold,
    roster,
)

NO_PLACE = "urn:rapport:problem:no-place"


def therapist_at(match: dict[str, Any], rank: int) -> str:
    therapist_id: str = match["candidates"][rank - 1]["therapist"]["id"]
    return therapist_id


@pytest.mark.parametrize(
    ("row", "taken"),
    [
        ({"accepting": False}, True),
        ({"availability_confirmed_at": "2020-01-01T00:00:00Z"}, True),
        ({"leaving_on": (utc_now() + timedelta(days=5)).date().isoformat()}, True),
        ({"caseload": 1}, False),
        ({"active": False}, False),
    ],
)
def test_an_override_needs_a_place_and_a_therapist_at_work(
    clinic: ClinicApi, row: dict[str, Any], taken: bool
) -> None:
    (therapist,) = roster(clinic, 1, **row)
    match = match_of(clinic)
    assert match["candidates"] == []
    response = choose(clinic, match, therapist, Role.ADMIN, override_reason="Agreed by phone")
    assert response.status_code == (201 if taken else 409)
    assert held(clinic, therapist) == taken


def test_nobody_goes_to_a_therapist_on_hold(clinic: ClinicApi) -> None:
    (therapist,) = roster(clinic, 1)
    match = match_of(clinic)
    put_on_hold(clinic, therapist)
    for role, more in ((Role.INTAKE, {}), (Role.ADMIN, {"override_reason": "Agreed by phone"})):
        response = choose(clinic, match, therapist, role, **more)
        assert response.status_code == 409
        assert response.json()["type"] == NO_PLACE


def test_a_choice_is_made_at_once_where_the_one_before_has_lapsed(
    clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    (therapist,) = roster(clinic, 1)
    first, second = match_of(clinic), match_of(clinic, "c-2")
    lapsed = chosen(clinic, first, therapist)
    assert choose(clinic, second, therapist).status_code == 409
    at(monkeypatch, datetime.fromisoformat(lapsed["respond_by"]))
    chosen(clinic, second, therapist)
    assert clinic.get(f"/v1/pairings/{lapsed['id']}").json()["status"] == "expired"
    assert held(clinic, therapist) == 1


def test_what_the_clinic_states_never_gives_or_loses_a_place(clinic: ClinicApi) -> None:
    therapist = clinic.add(reference="t-1", caseload=1, caseload_limit=3)["id"]
    matches = [match_of(clinic, f"c-{number}") for number in range(4)]
    first = active(clinic, matches[0], therapist)
    row = b'{"reference": "t-1", "name": "Somebody", "caseload": 1, "caseload_limit": 3}\n'
    for _ in range(2):
        imported = clinic.call(
            Role.ADMIN,
            "POST",
            "/v1/imports/therapists",
            content=row,
            headers={"Content-Type": "application/x-ndjson"},
        )
        assert imported.status_code == 200
        assert held(clinic, therapist) == 1
    chosen(clinic, matches[1], therapist)
    assert choose(clinic, matches[2], therapist).status_code == 409
    # A lower limit takes nothing away, and nobody new comes until there is room again.
    clinic.patch(f"/v1/therapists/{therapist}", {"caseload_limit": 1}, headers={"If-Match": "*"})
    assert held(clinic, therapist) == 2
    moved(clinic, first, "end", {"reason": "moved"})
    assert choose(clinic, matches[2], therapist).status_code == 409
    clinic.patch(f"/v1/therapists/{therapist}", {"caseload": 0}, headers={"If-Match": "*"})
    assert choose(clinic, matches[2], therapist).status_code == 409
    clinic.patch(f"/v1/therapists/{therapist}", {"caseload_limit": 2}, headers={"If-Match": "*"})
    chosen(clinic, matches[2], therapist)
    assert held(clinic, therapist) == 2
