"""Consents: to matching and to learning apart, given, taken back and given again."""

from typing import Any

import pytest
from sqlalchemy import select

from api.auth.roles import Role
from api.auth.system import clinic_scope
from api.db.tables import AuditRow
from api.db.tables.base import table_of
from api.store.ratings import learnable_counts
from tests.api.clients.life import client_id_of, created, database_of, furnish, held, intake
from tests.factories.clinics import ClinicApi, key_of
from tests.factories.ratings import rating_row, send


@pytest.fixture
def furnished(clinic: ClinicApi) -> ClinicApi:
    furnish(clinic)
    return clinic


def say(clinic: ClinicApi, reference: str, role: Role = Role.STAFF, **said: Any) -> dict[str, Any]:
    path = f"/v1/clients/{client_id_of(clinic, reference)}/consents"
    answer = clinic.call(role, "PUT", path, json=said)
    assert answer.status_code == 200, answer.text
    consents: dict[str, Any] = answer.json()
    return consents


def choose(clinic: ClinicApi, reference: str, place: int = 0) -> dict[str, Any]:
    matched = clinic.match(**intake(reference))
    chosen = {"therapist_id": matched["candidates"][place]["therapist"]["id"]}
    return created(clinic.post(f"/v1/matches/{matched['id']}/selection", chosen))


def status_of(clinic: ClinicApi, pairing: dict[str, Any]) -> str:
    return str(clinic.get(f"/v1/pairings/{pairing['id']}").json()["status"])


def learnable(clinic: ClinicApi) -> int:
    with clinic_scope(database_of(clinic), clinic.clinic_id) as scope:
        return learnable_counts(scope).ratings


def test_each_is_kept_apart_and_what_is_left_out_stays(furnished: ClinicApi) -> None:
    furnished.match(client={"reference": "c-1"})
    first = say(furnished, "c-1")
    assert (first["matching"], first["learning"], first["changed_at"]) == (None, None, None)
    said = say(furnished, "c-1", learning=True)
    assert (said["matching"], said["learning"]) == (None, True)
    said = say(furnished, "c-1", matching=False)
    assert (said["matching"], said["learning"]) == (False, True)
    assert furnished.get(f"/v1/clients/{client_id_of(furnished, 'c-1')}").json()["consents"] == said


@pytest.mark.parametrize("wrong", [{"matching": "yes"}, {"learning": 1}, {"other": True}])
def test_what_is_no_answer_is_refused(furnished: ClinicApi, wrong: dict[str, Any]) -> None:
    furnished.match(client={"reference": "c-1"})
    path = f"/v1/clients/{client_id_of(furnished, 'c-1')}/consents"
    assert furnished.call(Role.STAFF, "PUT", path, json=wrong).status_code == 422


def test_without_consent_to_matching_nothing_is_looked_for(furnished: ClinicApi) -> None:
    active, asked = choose(furnished, "c-1"), choose(furnished, "c-1", 1)
    created(furnished.post(f"/v1/pairings/{active['id']}/accept"))
    nobody = furnished.match(**intake("c-1", jurisdiction="US-CA"))
    wait = created(furnished.post(f"/v1/matches/{nobody['id']}/wait", {}))
    say(furnished, "c-1", matching=False)
    assert status_of(furnished, active) == "active"
    assert status_of(furnished, asked) == "withdrawn"
    assert furnished.get(f"/v1/waits/{wait['id']}").json()["status"] == "left"
    assert furnished.post("/v1/matches", intake("c-1")).status_code == 409


def test_the_places_of_requests_are_free_again(furnished: ClinicApi) -> None:
    choose(furnished, "c-1")
    choose(furnished, "c-2")
    assert held(furnished) == 2
    say(furnished, "c-1", matching=False)
    assert held(furnished) == 1


def test_consent_given_again_lets_matches_be_made(furnished: ClinicApi) -> None:
    furnished.match(client={"reference": "c-1"})
    say(furnished, "c-1", matching=False)
    say(furnished, "c-1", matching=True)
    assert furnished.match(client={"reference": "c-1"})["candidates"]


def test_without_consent_to_learning_their_ratings_do_not_count(furnished: ClinicApi) -> None:
    send(
        furnished,
        *(rating_row(session_number=number) for number in (1, 2)),
        rating_row(client_reference="c-2"),
    )
    assert learnable(furnished) == 3
    say(furnished, "c-1", learning=False)
    assert learnable(furnished) == 1
    say(furnished, "c-1", learning=True)
    assert learnable(furnished) == 3


def test_the_trail_is_the_history_of_consents(furnished: ClinicApi) -> None:
    furnished.match(client={"reference": "c-1"}, consent={"learning": True})
    for _ in range(2):
        say(furnished, "c-1", learning=False)
    say(furnished, "c-1", matching=True, learning=True)
    audit = table_of(AuditRow)
    query = select(audit.c.details).where(audit.c.action == "client.consents_changed")
    with database_of(furnished).reading() as connection:
        told = connection.execute(query.order_by(audit.c.id)).scalars().all()
    assert told == [{"learning": True}, {"learning": False}, {"matching": True, "learning": True}]


def test_a_client_speaks_for_themselves_and_for_nobody_else(furnished: ClinicApi) -> None:
    for reference in ("c-1", "c-2"):
        furnished.match(client={"reference": reference})
    furnished.keys[Role.CLIENT] = key_of(furnished, Role.CLIENT, client_id_of(furnished, "c-1"))
    assert say(furnished, "c-1", Role.CLIENT, matching=False)["matching"] is False
    others = f"/v1/clients/{client_id_of(furnished, 'c-2')}/consents"
    refused = furnished.call(Role.CLIENT, "PUT", others, json={"matching": False})
    assert refused.status_code == 404
